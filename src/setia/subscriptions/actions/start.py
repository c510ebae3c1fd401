"""Let a customer subscribe to a plan."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import today
from setia.core.text import line, paragraph
from setia.customers.actions import hold, refuse_erased
from setia.subscriptions.actions._record import record
from setia.subscriptions.actions._steps import Progress
from setia.subscriptions.actions.follow import follow
from setia.subscriptions.models import Plan, Subscription, SubscriptionStep

if TYPE_CHECKING:
    from setia.customers.models import Customer

SOURCE = "main"
EARLIEST = date(1990, 1, 1)
"""Before it nothing begins: periods are written down one by one, and a slip of the pen would write thousands."""


class SubscriptionNumberTaken(Exception):
    """Another subscription has this number. `subscription` is that one."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(subscription.number)
        self.subscription = subscription


class WrongDay(Exception):
    """A day that cannot be: too early, too late, or in the wrong order. `field` says which, `after` its limit."""

    def __init__(self, field: str, after: date | None = None) -> None:
        super().__init__(field)
        self.field, self.after = field, after


def start(
    *,
    by: User,
    at: datetime,
    customer: "Customer",
    plan: Plan,
    started_date: date,
    quantity: Decimal = Decimal(1),
    price: Decimal | None = None,
    discount: Decimal = Decimal(0),
    trial_days: int | None = None,
    ends_date: date | None = None,
    number: str = "",
    note: str = "",
) -> Subscription:
    """Let a customer subscribe from a day on, which may have passed: all that was due since happens at once.

    `price` and `trial_days` are the plan's unless given, `discount` is in percent, `ends_date` the first day without it
    (None: until somebody cancels). Without a number it gets one of its own (`L-` and its key). Raises `WrongDay` and
    `SubscriptionNumberTaken`.
    """
    require(by, "subscriptions.add")
    now = today(at=at)
    if not EARLIEST <= started_date <= now + timedelta(days=3660):
        raise WrongDay("started_date", EARLIEST if started_date < EARLIEST else None)
    if ends_date is not None and ends_date <= started_date:
        raise WrongDay("ends_date", started_date)
    trial = plan.trial_days if trial_days is None else trial_days
    one = Subscription(
        source=SOURCE,
        number=line(number),
        plan=plan,
        quantity=quantity,
        price=plan.price if price is None else price,
        discount=discount,
        period=plan.period,
        days=plan.days,
        started_date=started_date,
        anchor_date=started_date,
        ends_date=ends_date,
        note=paragraph(note),
        created_at=at,
    )
    try:
        with transaction.atomic():
            one.customer_id = hold(customer.pk)
            refuse_erased([one.customer_id])
            if not one.number:
                one.pk = _next_key()
                one.number = _own_number(one.pk)
            progress = Progress(one, by=by, at=at)
            begin(progress, trial)
            one.updated_at = at
            one.save(force_insert=True)
            progress.advance(now)
            progress.write()
            follow([one.customer_id])
            record(
                "subscription.started",
                by=by,
                at=at,
                about="subscription",
                about_id=one.pk,
                customers={one.customer_id},
            )
    except IntegrityError:
        if other := Subscription.objects.filter(source=SOURCE, number=one.number).exclude(pk=one.pk).first():
            raise SubscriptionNumberTaken(other) from None
        raise
    return one


def begin(progress: Progress, trial_days: int) -> None:
    """The first day: on trial where there is one, else paying from the first period on."""
    one = progress.one
    if trial_days:
        one.status = Subscription.Status.TRIAL
        one.trial_until_date = one.anchor_date = one.started_date + timedelta(days=trial_days)
        progress.step(SubscriptionStep.Kind.STARTED, one.started_date)
    else:
        one.status = Subscription.Status.ACTIVE
        progress.step(SubscriptionStep.Kind.STARTED, one.started_date)
        progress.begin(one.started_date)


def _own_number(key: int) -> str:
    """`L-` and the key; a file may have brought that very number, and then something is put behind it."""
    number = f"L-{key}"
    while Subscription.objects.filter(source=SOURCE, number=number).exists():
        number += "-1"
    return number


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('subscriptions_subscription', 'id'))")
        return int(cursor.fetchone()[0])
