"""What somebody sends by a form on the web becomes a prospect, or is told on the record of who was here already.

1. What looks like advertising is held for a person to look at.
2. Where the form wants an address confirmed, a letter goes out and nothing else happens before its link is opened.
3. Whoever is here almost certainly is that customer: nothing of their record is overwritten or added to, the timeline
   tells what was sent. Everybody else is a new prospect.

The sender is told the same in every case, so nobody learns who is a customer of the firm.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.actions.audit import mark
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import line
from setia.customers import actions as customers
from setia.customers.queries.contacts import split_name
from setia.customers.queries.known import known_as
from setia.orders.queries import first_bought
from setia.sales.actions._record_prospect import record
from setia.sales.actions.capture import write
from setia.sales.actions.number import number_kind
from setia.sales.actions.share import share
from setia.sales.models import Prospect, ProspectStep, Submission, WebForm
from setia.sales.queries.web_forms import questions_of, wording_of

GOOD_FOR = timedelta(days=7)
_LINK = re.compile(r"(?:https?://|www\.|\[url)", re.IGNORECASE)
_MOST_LINKS = 2


class LinkSpent(Exception):
    """No submission waits for this link: it was opened before, is too old, or was never sent."""


def submit(
    *,
    at: datetime,
    form: WebForm,
    answers: Mapping[str, Any],
    agreed: bool = False,
    trapped: bool = False,
    source: str = "",
    campaign: str = "",
    address: str = "",
) -> Submission:
    """Take what was sent. `answers` are checked texts by question; `agreed` that the box of consent was ticked;
    `trapped` that a field no person sees was filled in; `address` the sender's network address.
    """
    made = Submission(
        form=form,
        answers={key: value for key, value in answers.items() if value not in ("", None)},
        consent_text=wording_of(form) if agreed else None,
        source=line(source)[:60] or form.source,
        campaign=line(campaign)[:100] or form.campaign,
        place=mark(address),
        at=at,
    )
    with transaction.atomic():
        if trapped or _advertises(made.answers):
            made.state = Submission.State.HELD
            made.save(force_insert=True)
        elif form.confirm and made.answers.get("email"):
            made.state = Submission.State.WAITING
            made.save(force_insert=True)
            app.configure_task("sales.send_confirmation").defer(submission_id=made.pk)
        else:
            made.state = Submission.State.NEW
            made.save(force_insert=True)
            _take(made, at=at)
    return made


def fresh_link(*, submission: Submission) -> str:
    """The secret of a new link; the one before ends. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    Submission.objects.filter(pk=submission.pk).update(token_hash=_hash(token))
    return token


def confirm_submission(*, at: datetime, token: str) -> WebForm:
    """Somebody opened the link of the letter: now what they sent counts. Raises `LinkSpent`."""
    with transaction.atomic():
        found = (
            Submission.objects.select_for_update(of=("self",))
            .select_related("form")
            .filter(token_hash=_hash(token), state=Submission.State.WAITING, at__gt=at - GOOD_FOR)
            .first()
        )
        if found is None:
            raise LinkSpent
        found.token_hash, found.confirmed_at = "", at
        _take(found, at=at)
    return found.form


def accept_submission(*, by: User, at: datetime, submission: Submission) -> None:
    """Take up what was held as advertising, or still waits for its letter."""
    require(by, "sales.forms")
    with transaction.atomic():
        found = Submission.objects.select_for_update(of=("self",)).select_related("form").get(pk=submission.pk)
        if found.state not in (Submission.State.HELD, Submission.State.WAITING):
            return
        found.token_hash = ""
        _take(found, at=at)
        audit(by=by, at=at, verb="submission.accepted", about="web_form", about_id=found.form_id)


def _take(one: Submission, *, at: datetime) -> None:
    """Make a prospect of it, or tell it on the record of who was here already."""
    form, answers = one.form, one.answers
    contacts = [(number_kind(answers["whatsapp"]), answers["whatsapp"])] if answers.get("whatsapp") else []
    contacts += [("EMAIL", answers["email"])] if answers.get("email") else []
    named = split_name(line(str(answers.get("name", ""))))
    region = line(str(answers.get("region", "")))[:200]
    customers.take_turns(contacts)
    known = known_as(name=named.name, contacts=contacts, region=region)
    if known is None:
        facts: dict[str, Any] = {**named._asdict(), "region": region, "extra": _own(form, answers)}
        one.customer = customers.add(by=None, at=at, contacts=contacts, **facts)
        note = str(answers.get("message", ""))
        came = {"how": Prospect.How.FORM, "source": one.source, "campaign": one.campaign, "note": note}
        write(one.customer, by=None, at=at, came=came)  # type: ignore[arg-type]
        one.state = Submission.State.NEW
    else:
        one.customer, one.state = known, Submission.State.KNOWN
        _ask_again(one, at=at)
    one.save(update_fields=["customer", "state", "token_hash", "confirmed_at"])
    told = {key: str(value)[:300] for key, value in answers.items()}
    data = {"form": form.title, "answers": told, "known": known is not None, "agreed": one.consent_text_id is not None}
    record("form_sent", by=None, at=at, customer=one.customer, data=data, audited={"form": form.pk})
    share(at=at, customer_ids=[one.customer.pk])
    _consent(one, contacts, at=at, proven=known is None or one.confirmed_at is not None)


def _ask_again(one: Submission, *, at: datetime) -> None:
    """Somebody who is here asks: a prospect set aside is new again, a customer who never bought becomes one."""
    assert one.customer is not None
    found = Prospect.objects.select_for_update(of=("self",)).filter(customer=one.customer).first()
    if found is None and not first_bought([one.customer.pk]):
        came = {"how": Prospect.How.FORM, "source": one.source, "campaign": one.campaign}
        write(one.customer, by=None, at=at, came=came)  # type: ignore[arg-type]
    elif found is not None and found.status == Prospect.Status.UNQUALIFIED:
        ProspectStep.objects.create(prospect=found, before=found.status, after=Prospect.Status.NEW, at=at)
        found.status, found.reason, found.closed_at = Prospect.Status.NEW, "", None
        found.first_touch_at, found.moved_at, found.updated_at = None, at, at
        found.save(update_fields=["status", "reason", "closed_at", "first_touch_at", "moved_at", "updated_at"])


def _consent(one: Submission, contacts: list[tuple[str, str]], *, at: datetime, proven: bool) -> None:
    """Write the yes down: of somebody who was here already only where their own letter-box confirmed it."""
    assert one.customer is not None
    if one.consent_text is None or not contacts or not proven:
        return
    with suppress(customers.GuardianNeeded):  # a child who is here already: a form names no guardian
        customers.grant(
            by=None,
            at=at,
            customer=one.customer,
            purpose=one.form.consent_purpose,
            channels=[kind for kind, _text in contacts],
            how="FORM",
            said_at=one.at,
            text=one.consent_text,
            evidence=f"/f/{one.form.slug}/ #{one.pk}",
        )


def _own(form: WebForm, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the firm's own questions that still fit their fields."""
    own = {}
    for question in questions_of(form):
        if question.field is None or question.key not in answers:
            continue
        try:
            question.field.parse(answers[question.key])
        except ValidationError:  # the field changed since: the answer stays on the timeline
            continue
        own[question.key] = answers[question.key]
    return own


def _advertises(answers: Mapping[str, Any]) -> bool:
    texts = {key: str(value) for key, value in answers.items()}
    if any(_LINK.search(text) for key, text in texts.items() if key in ("name", "region")):
        return True
    return sum(len(_LINK.findall(text)) for text in texts.values()) > _MOST_LINKS


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
