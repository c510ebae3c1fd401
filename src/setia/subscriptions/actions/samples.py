"""Plans, subscriptions and units that arrive together with what has happened to them, and leave together: a demo's.

Nothing is told for each row: whoever calls these writes one audit row for all and has the portraits computed after.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef

from setia.subscriptions.actions._steps import Progress
from setia.subscriptions.actions.follow import follow
from setia.subscriptions.actions.start import begin
from setia.subscriptions.models import Plan, RevenueTotal, Subscription, Unit, UnitService
from setia.subscriptions.terms import months_later


@dataclass(frozen=True)
class SamplePlan:
    """A plan to be offered. Where another has its code, `-DEMO` is put behind it. `price` is for one, each period."""

    code: str
    name: str
    product_id: int
    price: Decimal
    period: str
    trial_days: int = 0


@dataclass(frozen=True)
class SampleSubscription:
    """Who subscribed to which of the plans (by place), since when, and what came of it later.

    `changed_date` is the day from which there are `changed_quantity`, `ended_date` the first day without it.
    """

    customer_id: int
    plan: int
    started_date: date
    quantity: Decimal = Decimal(1)
    changed_date: date | None = None
    changed_quantity: Decimal | None = None
    ended_date: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class SampleUnit:
    """A unit at a customer's with a year's warranty, looked after every `service_every_months` up to `served_until`."""

    customer_id: int
    product_id: int
    serial: str
    installed_date: date
    service_every_months: int
    served_until: date
    done: str


@dataclass(frozen=True)
class Samples:
    """Keys of what was put there, to be taken out by."""

    plans: Sequence[int]
    subscriptions: Sequence[int]
    units: Sequence[int]


def put_samples(
    plans: Sequence[SamplePlan],
    subscriptions: Sequence[SampleSubscription],
    units: Sequence[SampleUnit],
    *,
    at: datetime,
    today: date,
) -> Samples:
    """Write them as they stand on a day of the firm, with every step, period and move of revenue until then."""
    with transaction.atomic():
        offered = [_plan(each, at=at) for each in plans]
        made = [
            _subscription(each, offered[each.plan], f"{place:04d}", at=at, today=today)
            for place, each in enumerate(subscriptions, 1)
        ]
        follow(each.customer_id for each in subscriptions)
        standing = [_unit(each, at=at) for each in units]
    return Samples([each.pk for each in offered], [each.pk for each in made], [each.pk for each in standing])


def take_samples_out(samples: Samples) -> None:
    """Take away what was put there, whatever has become of it; a plan that somebody else has subscribed to stays."""
    with transaction.atomic():
        there = Subscription.objects.filter(pk__in=samples.subscriptions)
        customers: Collection[int] = set(there.values_list("customer_id", flat=True))
        there.delete()
        follow(customers)
        RevenueTotal.objects.filter(amount=0, people=0).delete()
        Unit.objects.filter(pk__in=samples.units).delete()
        in_use = Subscription.objects.filter(plan=OuterRef("pk"))
        Plan.objects.filter(~Exists(in_use), pk__in=samples.plans).delete()


def _plan(sample: SamplePlan, *, at: datetime) -> Plan:
    code = sample.code
    while Plan.objects.filter(code=code).exists():
        code += "-DEMO"
    return Plan.objects.create(
        code=code,
        name=sample.name,
        product_id=sample.product_id,
        price=sample.price,
        period=sample.period,
        trial_days=sample.trial_days,
        created_at=at,
        updated_at=at,
    )


def _subscription(sample: SampleSubscription, plan: Plan, number: str, *, at: datetime, today: date) -> Subscription:
    one = Subscription(
        source="demo",
        number=f"{plan.code}-{number}",
        customer_id=sample.customer_id,
        plan=plan,
        quantity=sample.quantity,
        price=plan.price,
        period=plan.period,
        days=plan.days,
        started_date=sample.started_date,
        anchor_date=sample.started_date,
        created_at=at,
        updated_at=at,
    )
    progress = Progress(one, by=None, at=at)
    begin(progress, plan.trial_days)
    one.ends_date, one.reason = sample.ended_date, sample.reason
    if sample.changed_date and sample.changed_quantity:
        one.planned_date, one.planned = sample.changed_date, {"quantity": str(sample.changed_quantity)}
    one.save(force_insert=True)
    progress.advance(today)
    progress.write()
    return one


def _unit(sample: SampleUnit, *, at: datetime) -> Unit:
    installed, every = sample.installed_date, sample.service_every_months
    visits = []
    coming = months_later(installed, every)
    while coming <= sample.served_until:
        visits.append(coming)
        coming = months_later(installed, every * (len(visits) + 1))
    unit = Unit.objects.create(
        product_id=sample.product_id,
        serial=sample.serial,
        customer_id=sample.customer_id,
        installed_date=installed,
        warranty_from_date=installed,
        warranty_until_date=months_later(installed, 12),
        service_every_months=every,
        next_service_date=coming,
        created_at=at,
        updated_at=at,
    )
    UnitService.objects.bulk_create(UnitService(unit=unit, day=day, done=sample.done, at=at) for day in visits)
    return unit
