"""How far customers' words reach: followers noted by hand, and the scores, worked out by night and on a change."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import today
from setia.customers.actions import hold, refuse_erased
from setia.service.actions._record import record
from setia.service.models import Followers, Reach
from setia.service.queries.reach import Evidence, evidence_of, parts_of, typical_order

if TYPE_CHECKING:
    from setia.customers.models import Customer

_BATCH = 5_000


def note_followers(*, by: User, at: datetime, customer: "Customer", channel: str, number: int, seen_date: date) -> None:
    """Note how many follow a customer on a channel (`Followers.Channel`), in place of what was noted.

    0 takes the channel's number away.
    """
    require(by, "service.followers")
    with transaction.atomic():
        key = hold(customer.pk)
        refuse_erased([key])
        theirs = Followers.objects.select_for_update().filter(customer=key, channel=Followers.Channel(channel))
        before = theirs.first()
        if number == (before.number if before else 0) and (before is None or before.seen_date == seen_date):
            return
        if number == 0:
            theirs.delete()
        else:
            facts = {"number": number, "seen_date": seen_date, "at": at, "by": by}
            Followers.objects.update_or_create(customer_id=key, channel=channel, defaults=facts)
        data = {"changes": {channel: [str(before.number) if before else "", str(number or "")]}}
        record("followers.noted", by=by, at=at, about_id=key, customer_id=key, data=data)
        keep_reach([key], at=at)


def keep_reach(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Work out the scores of some customers anew, after a change that touches them alone."""
    day, typical = today(at=at), typical_order()
    with transaction.atomic():
        for key in sorted(set(customer_ids)):
            Reach.objects.filter(customer=key).delete()
            _write(evidence_of(today=day, customer_id=key), typical=typical, at=at)


def work_out_reach(*, at: datetime) -> int:
    """Work out everybody's score; answers how many have one. All in one transaction, so that a list is never half."""
    with transaction.atomic():
        Reach.objects.all().delete()
        return _write(evidence_of(today=today(at=at)), typical=typical_order(), at=at)


def _write(found: list[Evidence], *, typical: Decimal | None, at: datetime) -> int:
    rows = [
        Reach(
            customer_id=one.customer_id,
            score=sum(part.points for part in parts_of(one, typical=typical)),
            brought=one.brought,
            buyers=one.buyers,
            spent=one.spent,
            linked=one.linked,
            followers=one.followers,
            worked_out_at=at,
        )
        for one in found
    ]
    Reach.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)
