"""Somebody was in touch with a prospect: the clock of the first answer stops."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions import refuse_erased
from setia.sales.actions._record_prospect import record
from setia.sales.models import Prospect, ProspectStep


def touch(*, by: User, at: datetime, prospect: Prospect) -> None:
    """Write down that `by` was in touch with them, where nothing else tells it (an activity does so itself)."""
    require(by, "sales.prospects")
    with transaction.atomic():
        refuse_erased([prospect.customer_id])
        touched(customer_id=prospect.customer_id, by=by, at=at)
        record("touched", by=by, at=at, customer=prospect.customer)


def touched(*, customer_id: int, by: User | None, at: datetime) -> bool:
    """Tell a customer's prospect that somebody was in touch; answers whether it was the first time.

    Called by whatever is such a touch, in its transaction: a call made, a visit done. `at` is when it was. Somebody new
    is in talks from then on. Who bought before anybody was said to be in touch (an order taken on a visit, which is
    told of when it is over) was answered by then at the latest. Of anybody else who is no open prospect nothing is
    told.
    """
    bought = Q(status=Prospect.Status.WON, first_touch_at=None)
    rows = Prospect.objects.select_for_update(of=("self",))
    found = rows.filter(Q(closed_at=None) | bought, customer=customer_id).first()
    if found is None:
        return False
    if found.closed_at is not None:
        found.first_touch_at = max(min(at, found.closed_at), found.captured_at)
        found.save(update_fields=["first_touch_at"])
        return True
    first = found.first_touch_at is None
    if found.first_touch_at is None or at < found.first_touch_at:
        found.first_touch_at = max(at, found.captured_at)
    found.moved_at = max(found.moved_at, at)
    found.warned_at = None
    found.updated_at = max(found.updated_at, at)
    if found.status == Prospect.Status.NEW:
        ProspectStep.objects.create(prospect=found, before=found.status, after=Prospect.Status.WORKING, at=at, by=by)
        found.status = Prospect.Status.WORKING
    found.save(update_fields=["first_touch_at", "moved_at", "warned_at", "updated_at", "status"])
    return first
