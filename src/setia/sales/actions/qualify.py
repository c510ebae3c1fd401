"""Say where a prospect stands, and why; take the latest such step back."""

from datetime import datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import paragraph
from setia.customers.actions import refuse_erased
from setia.sales.actions._record_prospect import record
from setia.sales.actions.follow_ups import prospect_back, prospect_rejected
from setia.sales.models import Prospect, ProspectStep

_CLOSED = (Prospect.Status.UNQUALIFIED, Prospect.Status.WON)


class ReasonNeeded(Exception):
    """Whoever is not suitable is so for a reason."""


class WonByOrder(Exception):
    """Only an order makes a prospect a customer, and only its end takes that back."""


class NothingToTakeBack(Exception):
    """No step can be taken back: there is none, or something came after it."""


def qualify(
    *,
    by: User,
    at: datetime,
    prospect: Prospect,
    status: str,
    reason: str = "",
    note: str = "",
    version: str = "",
) -> Prospect:
    """Put a prospect into a status other than won, with a reason and, if need be, a word.

    The same status with the same reason changes nothing. Raises `ReasonNeeded`, `WonByOrder`, `RecordErased`, and
    `ChangedMeanwhile` (of `core.versions`).
    """
    require(by, "sales.prospects")
    status, reason = Prospect.Status(status), Prospect.Reason(reason) if reason else ""
    if status == Prospect.Status.WON:
        raise WonByOrder
    if status == Prospect.Status.UNQUALIFIED and not reason:
        raise ReasonNeeded
    with transaction.atomic():
        current = Prospect.objects.select_for_update(of=("self",)).select_related("customer").get(pk=prospect.pk)
        versions.check(version, versions.version_of(current.updated_at))
        if current.status == Prospect.Status.WON:
            raise WonByOrder
        refuse_erased([current.customer_id])
        if (current.status, current.reason) == (status, reason):
            return current
        _step(current, status, by=by, at=at, reason=reason, note=paragraph(note))
        data = {"before": prospect.status, "after": status, "reason": reason}
        record(
            "stepped",
            by=by,
            at=at,
            customer=current.customer,
            data={**data, "note": paragraph(note)[:300]},
            audited=data,
        )
        if status == Prospect.Status.UNQUALIFIED:
            prospect_rejected(current.customer_id, by=by, at=at)
    return current


def undo_qualifying(*, by: User, at: datetime, prospect: Prospect) -> Prospect:
    """Take the latest step back; it stays in the history beside what it undid. Raises `NothingToTakeBack`."""
    require(by, "sales.prospects")
    with transaction.atomic():
        current = Prospect.objects.select_for_update(of=("self",)).select_related("customer").get(pk=prospect.pk)
        refuse_erased([current.customer_id])
        latest = list(current.steps.order_by("-at", "-id")[:2])
        if current.status == Prospect.Status.WON or not latest or not latest[0].before:
            raise NothingToTakeBack
        reason = latest[1].reason if len(latest) > 1 else ""
        before = Prospect.Status(latest[0].before)
        if before == Prospect.Status.WON:
            raise NothingToTakeBack
        data = {"before": current.status, "after": before}
        _step(current, before, by=by, at=at, reason=reason, note="")
        record("step_undone", by=by, at=at, customer=current.customer, data=data, audited=data)
        if current.is_open:
            prospect_back(current.customer_id, by=by, at=at, since=latest[0].at)
    return current


def _step(current: Prospect, status: Prospect.Status, *, by: User, at: datetime, reason: str, note: str) -> None:
    ProspectStep.objects.create(
        prospect=current, before=current.status, after=status, reason=reason, note=note, at=at, by=by
    )
    current.status, current.reason = status, reason
    current.moved_at = current.updated_at = at
    current.warned_at = None
    current.closed_at = at if status in _CLOSED else None
    current.save(update_fields=["status", "reason", "moved_at", "warned_at", "updated_at", "closed_at"])
