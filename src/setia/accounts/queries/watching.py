"""Who still has leave to watch a live page, and what people have just done, for whoever shows it within its gates."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from setia.accounts.models import AuditEntry, Session, User


class Held(NamedTuple):
    """What lets somebody watch: their session, and its fingerprint, which a new password changes."""

    person: int
    session: str
    fingerprint: str


def held_of(request: HttpRequest) -> Held:
    """Of the session a request came with."""
    return Held(
        int(request.user.pk or 0), request.session.session_key or "", str(request.session.get(HASH_SESSION_KEY, ""))
    )


def still_signed_in(held: Collection[Held]) -> dict[Held, User]:
    """Those whose session has not ended, with the person as they are now. Two queries, whatever their number."""
    sessions = {one.session for one in held}
    alive = set(
        Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    people = User.objects.filter(is_active=True).in_bulk({one.person for one in held})
    return {
        one: person
        for one in held
        if one.session in alive
        and (person := people.get(one.person)) is not None
        and constant_time_compare(one.fingerprint, person.get_session_auth_hash())
    }


def deeds_of(people: Collection[int] | None, verbs: Sequence[str], *, since: datetime, most: int) -> list[AuditEntry]:
    """The latest lines of the trail with these verbs, of some people or (None) of all and of nobody, latest first.

    It asks no permission: what the lines speak of is found by the gates of whoever shows them.
    """
    rows = AuditEntry.objects.filter(verb__in=verbs, at__gte=since)
    if people is not None:
        rows = rows.filter(by__in=sorted(people))
    return list(rows.select_related("by").order_by("-at", "-id")[:most])
