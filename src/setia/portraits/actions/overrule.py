"""Say otherwise than what is computed about a customer, take it back, and let the computed value count again in time.

Each verb writes the customer's timeline, the audit trail and the outbox; a listener then recomputes that one portrait,
so that lists and counts show the word with the same commit.
"""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.core.text import line
from setia.customers.actions import hold, record
from setia.customers.queries import get_customer_for
from setia.portraits.models import VALUES, Overruling
from setia.portraits.queries.portraits import portrait_of

if TYPE_CHECKING:
    from setia.customers.models import Customer

_LOCKS = 0x5E71A0


class NoSuchClass(Exception):
    """There is no such class, or it has no such value."""


class ReasonNeeded(Exception):
    """A word without a reason helps nobody who reads it later."""


class DayPassed(Exception):
    """The last day it should count lies in the past."""


class Superseded(Exception):
    """Another word is in force meanwhile."""


def overrule(
    *,
    by: User,
    at: datetime,
    customer: "Customer",
    what: str,
    value: str,
    reason: str,
    until_date: date | None = None,
) -> Overruling:
    """Let `value` count for a class (`Overruling.What`) until `until_date`, that day included, or without end.

    A word in force on the same class ends. The same word once more changes nothing. Raises `PermissionDenied`,
    `NoSuchClass`, `ReasonNeeded`, `DayPassed`, and `Http404` for one merged meanwhile into somebody `by` may not see.
    """
    require(by, "portraits.overrule")
    if what not in VALUES or value not in VALUES[what].values:
        raise NoSuchClass(f"{what} {value}")
    reason = line(reason)[:500]
    if not reason:
        raise ReasonNeeded
    if until_date and until_date < firm().day_of(at):
        raise DayPassed
    with transaction.atomic():
        customer_id = hold(customer.pk)
        if customer_id != customer.pk:
            customer = get_customer_for(by, customer_id)
        _take_turns(customer_id)
        before = Overruling.objects.filter(customer=customer, what=what, ended_at=None).first()
        if before and (before.value, before.reason, before.until_date) == (value, reason, until_date):
            return before
        if before:
            _end(before, by=by, at=at, how=Overruling.Ended.REPLACED)
        computed, counted = _values(customer_id, what)
        made = Overruling.objects.create(
            customer=customer,
            what=what,
            value=value,
            instead_of=computed,
            reason=reason,
            until_date=until_date,
            at=at,
            by=by,
        )
        if until_date:
            _end_after(until_date)
        data: dict[str, Any] = {"changes": {what: [counted, value]}, "reason": reason}
        record(
            "overruled",
            by=by,
            at=at,
            customer=customer,
            data=data | ({"until": until_date.isoformat()} if until_date else {}),
            audited={"changes": {what: [counted, value]}},
        )
    return made


def withdraw_overruling(*, by: User, at: datetime, overruling: Overruling) -> None:
    """Let the computed value count again. One that has ended already changes nothing. Raises `PermissionDenied`."""
    require(by, "portraits.overrule")
    with transaction.atomic():
        _take_turns(overruling.customer_id)
        current = Overruling.objects.select_related("customer").get(pk=overruling.pk)
        if current.ended_at is None:
            _end(current, by=by, at=at, how=Overruling.Ended.WITHDRAWN)
            _tell_end(current, by=by, at=at)


def restore_overruling(*, by: User, at: datetime, overruling: Overruling) -> None:
    """Undo a withdrawal: the word counts again. Raises `PermissionDenied`, `Superseded` and `DayPassed`."""
    require(by, "portraits.overrule")
    with transaction.atomic():
        _take_turns(overruling.customer_id)
        current = Overruling.objects.select_related("customer").get(pk=overruling.pk)
        if current.ended_at is None:
            return
        if Overruling.objects.filter(customer=current.customer, what=current.what, ended_at=None).exists():
            raise Superseded
        if current.until_date and current.until_date < firm().day_of(at):
            raise DayPassed
        current.ended_at, current.ended_by, current.ended = None, None, ""
        current.save(update_fields=["ended_at", "ended_by", "ended"])
        changes = {current.what: [_values(current.customer_id, current.what)[0], current.value]}
        data = {"changes": changes, "reason": current.reason}
        record("overruled", by=by, at=at, customer=current.customer, data=data, audited={"changes": changes})


def end_expired(*, at: datetime, most: int | None = None) -> int:
    """End the words whose last day has passed; the computed values count again. Answers how many ended.

    One transaction a word, so that a crash loses nothing and a long night holds up nobody; `most` of them at once.
    """
    today = firm().day_of(at)
    # The record of somebody erased is closed; their portrait leaves passed words out by itself.
    open_records = Overruling.objects.filter(ended_at=None, customer__erased_at=None)
    due = open_records.filter(until_date__lt=today).order_by("until_date", "id")
    ended = 0
    for pk in list(due.values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            found = Overruling.objects.select_related("customer").filter(pk=pk, ended_at=None)
            current = found.select_for_update(of=("self",), skip_locked=True).first()
            if current is not None:
                _end(current, by=None, at=at, how=Overruling.Ended.EXPIRED)
                _tell_end(current, by=None, at=at)
                ended += 1
    return ended


def _end_after(day: date) -> None:
    """Ask the worker for the firm's midnight after a day, once however many words end with it."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(firm().zone))
    lock = f"portraits.end_expired {day}"
    try:
        with transaction.atomic():  # the queue's refusal of a second one must not undo the word
            app.configure_task("portraits.end_expired", queueing_lock=lock, schedule_at=midnight).defer()
    except AlreadyEnqueued:
        return


def _take_turns(customer_id: int) -> None:
    """Two people who decide about the same customer at once take turns, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, customer_id % 2**31])


def _end(overruling: Overruling, *, by: User | None, at: datetime, how: str) -> None:
    overruling.ended_at, overruling.ended_by, overruling.ended = at, by, how
    overruling.save(update_fields=["ended_at", "ended_by", "ended"])


def _tell_end(overruling: Overruling, *, by: User | None, at: datetime) -> None:
    changes = {overruling.what: [overruling.value, _values(overruling.customer_id, overruling.what)[0]]}
    data = {"changes": changes, "ended": overruling.ended}
    record("overruling_ended", by=by, at=at, customer=overruling.customer, data=data, audited={"changes": changes})


def _values(customer_id: int, what: str) -> tuple[str, str]:
    """What is computed for a class, and what counts at the moment; '' while nothing is."""
    portrait = portrait_of(customer_id)
    return (portrait.computed_value(what), portrait.counting_value(what)) if portrait else ("", "")
