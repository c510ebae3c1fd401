"""Consent: write down a yes or a no, and the wordings people are shown.

A yes opens a purpose on the channels it was given for; a no closes it at once, for `queries.may_contact` is asked at
every send. Both stay in the history with their proof.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import today
from setia.core.text import line, paragraph
from setia.customers.actions._record import record
from setia.customers.models import Answer, Consent, ConsentEntry, ConsentText, ContactPoint, Customer, How, Purpose
from setia.customers.queries.consent import ADULT_AGE, age_on, latest_text


class GuardianNeeded(Exception):
    """The customer is a child: a parent or guardian has to agree (article 25), and be named."""


class NoChannel(Exception):
    """No channel, or none that exists, was named."""


class EmptyText(Exception):
    """A wording says nothing."""


def grant(
    *,
    by: User | None,
    at: datetime,
    customer: Customer,
    purpose: str,
    channels: Collection[str],
    how: str = How.SPOKEN,
    said_at: datetime | None = None,
    text: ConsentText | None = None,
    evidence: str = "",
    guardian: str = "",
) -> None:
    """The customer says yes. `text` is the wording shown, else the latest of this purpose in the firm's language.

    `said_at` is the moment of the answer where it was written down later. `by` is None when the customer says so at a
    door of their own, such as a form. Raises `GuardianNeeded`, `NoChannel`.
    """
    if by is not None:
        require(by, "customers.consent")
    guardian = line(guardian)[:200]
    if _is_child(customer.birthday, at=at) and not guardian:
        raise GuardianNeeded
    _answer(
        Answer.State.GRANTED,
        by=by,
        at=at,
        customer=customer,
        purpose=purpose,
        channels=channels,
        how=how,
        said_at=said_at,
        text=text or latest_text(purpose),
        evidence=evidence,
        guardian=guardian,
    )


def withdraw(
    *,
    by: User | None,
    at: datetime,
    customer: Customer,
    purpose: str = "",
    channels: Collection[str] = (),
    how: str = How.SPOKEN,
    said_at: datetime | None = None,
    evidence: str = "",
) -> None:
    """The customer says no. Without a purpose to all but orders and service, without channels to every channel.

    `by` is None when the customer says so at a door of their own, such as an unsubscribe link.
    """
    if by is not None:
        require(by, "customers.consent")
    purposes = [purpose] if purpose else [one for one in Purpose.values if one != Purpose.SERVICE]
    with transaction.atomic():
        for one in purposes:
            _answer(
                Answer.State.WITHDRAWN,
                by=by,
                at=at,
                customer=customer,
                purpose=one,
                channels=channels or ContactPoint.Kind.values,
                how=how,
                said_at=said_at,
                text=None,
                evidence=evidence,
                guardian="",
            )


def word_consent(*, by: User, at: datetime, purpose: str, language: str, text: str) -> ConsentText:
    """Put a wording into use from now on; the same words again are no new version. Raises `EmptyText`."""
    require(by, "customers.word_consent")
    text = paragraph(text)
    if not text:
        raise EmptyText
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_consenttext'))")  # versions have no gaps
        known = ConsentText.objects.filter(purpose=purpose, language=language)
        if (current := known.order_by("-version").first()) and current.text == text:
            return current
        version = (known.aggregate(latest=Max("version"))["latest"] or 0) + 1
        made = ConsentText.objects.create(purpose=purpose, language=language, version=version, text=text, at=at, by=by)
        data = {"purpose": purpose, "language": language, "version": version}
        audit(by=by, at=at, verb="consent_text.added", about="consent_text", about_id=made.pk, data=data)
    return made


def _answer(
    state: str,
    *,
    by: User | None,
    at: datetime,
    customer: Customer,
    purpose: str,
    channels: Collection[str],
    how: str,
    said_at: datetime | None,
    text: ConsentText | None,
    evidence: str,
    guardian: str,
) -> None:
    wanted = [kind for kind in ContactPoint.Kind.values if kind in set(channels)]
    if not wanted or purpose not in Purpose.values:
        raise NoChannel
    said_at = min(said_at or at, at)
    proof = {"state": state, "at": said_at, "how": how, "text": text, "guardian": guardian}
    with transaction.atomic():
        # The customer's row is the lock: a yes and a no at the same moment take turns.
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        standing = {
            one.channel: one for one in Consent.objects.filter(customer=customer, purpose=purpose, channel__in=wanted)
        }
        ConsentEntry.objects.bulk_create(
            ConsentEntry(
                customer=customer,
                purpose=purpose,
                channel=channel,
                by=by,
                written_at=at,
                evidence=line(evidence)[:500],
                **proof,
            )
            for channel in wanted
        )
        # An answer found out about late does not undo one that was given after it.
        newer = [channel for channel in wanted if channel not in standing or standing[channel].at <= said_at]
        Consent.objects.bulk_create(
            [Consent(customer=customer, purpose=purpose, channel=channel, **proof) for channel in newer],
            update_conflicts=True,
            unique_fields=["customer", "purpose", "channel"],
            update_fields=list(proof),
        )
        verb = "consent_given" if state == Answer.State.GRANTED else "consent_withdrawn"
        data = {"purpose": purpose, "channels": wanted}
        record(verb, by=by, at=at, customer=customer, data=data, audited=data)


def _is_child(birthday: date | None, *, at: datetime) -> bool:
    return birthday is not None and age_on(birthday, today(at=at)) < ADULT_AGE
