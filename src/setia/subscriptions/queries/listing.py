"""The lists: which filters an address may name, and in which orders they are walked."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from setia.catalogue.queries import product_name
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor
from setia.core.text import line
from setia.customers.queries import name_of
from setia.subscriptions.codes import code
from setia.subscriptions.models import Plan, Reason, Subscription, SubscriptionStep, Unit
from setia.subscriptions.queries import cohorts

SUBSCRIPTION_SORTS = ("newest", "monthly")
UNIT_SORTS = ("newest", "service", "warranty")


def narrow_subscriptions(
    user: Actor, rows: QuerySet[Subscription], params: Mapping[str, str]
) -> tuple[QuerySet[Subscription], list[Chip]]:
    """Apply the filters an address names, and say which in the words this person may read.

    `status` (one of them, `RUNNING` for all that are not over, `LEAVING` for those whose end is set), `plan` and
    `customer` (keys), `reason`, `changed` (1: terms changed at least once), `length` and `cohort` (`cohorts.narrow`),
    `q` (the beginning of a number).
    """
    chips: list[Chip] = []
    status = params.get("status", "")
    if status in Subscription.Status.values:
        rows = rows.filter(status=status)
        chips.append(Chip(str(_("Status")), str(Subscription.Status(status).label), "status"))
    elif status == "RUNNING":
        rows = rows.filter(ended_date=None)
        chips.append(Chip(str(_("Status")), str(_("not over")), "status"))
    elif status == "LEAVING":
        rows = rows.filter(ended_date=None).exclude(reason="")
        chips.append(Chip(str(_("Status")), str(_("end is set")), "status"))
    if (plan := _key(params.get("plan", ""))) is not None:
        rows = rows.filter(plan=plan)
        name = Plan.objects.filter(pk=plan).values_list("name", flat=True).first()
        chips.append(Chip(str(_("Plan")), name or f"#{plan}", "plan"))
    rows, more = cohorts.narrow(rows, params)
    chips += more
    if (reason := params.get("reason", "")) in Reason.values:
        rows = rows.filter(reason=reason)
        chips.append(Chip(str(_("Why it was cancelled")), str(Reason(reason).label), "reason"))
    if params.get("changed") == "1":
        kinds = (SubscriptionStep.Kind.CHANGED, SubscriptionStep.Kind.SWITCHED)
        changed = SubscriptionStep.objects.filter(subscription=OuterRef("pk"), kind__in=kinds)
        rows = rows.filter(Exists(changed))
        chips.append(Chip(str(_("Terms")), str(_("changed")), "changed"))
    if (customer := _key(params.get("customer", ""))) is not None:
        rows = rows.filter(customer=customer)
        chips.append(Chip(str(_("Customer")), name_of(user, customer), "customer"))
    if q := line(params.get("q", ""))[:100]:
        begins = Q()
        for spelling in {q, q.upper(), q.lower()}:
            begins |= Q(number__startswith=spelling)
        rows = rows.filter(begins, source__in=_sources())
    return rows, chips


def subscription_sort(params: Mapping[str, str]) -> str:
    """The order an address asks for. Those of a status that brings nothing are all alike a month: the newest first."""
    paying = params.get("status", "") not in ("TRIAL", "PAUSED", "CANCELLED", "EXPIRED")
    return "monthly" if params.get("sort") == "monthly" and paying else "newest"


def subscription_legs(rows: QuerySet[Subscription], sort: str) -> list[Leg]:
    """The newest first, or by what they bring in a month, the highest first."""
    order = ("-monthly", "-id") if sort == "monthly" else ("-started_date", "-id")
    return [Leg(rows.select_related("customer", "plan"), order)]


def narrow_units(
    user: Actor, rows: QuerySet[Unit], params: Mapping[str, str], *, today: date
) -> tuple[QuerySet[Unit], list[Chip]]:
    """Apply the filters an address names.

    `retired` (1: out of use only; else those in use), `service` (`DUE` by today, `SOON` within 30 days), `warranty`
    (`YES`, `NO`, `ENDING` within 90 days), `customer` and `product` (keys), `q` (part of a serial number).
    """
    chips: list[Chip] = []
    rows = rows.filter(retired_date__isnull=params.get("retired") != "1")
    if params.get("retired") == "1":
        chips.append(Chip(str(_("Units")), str(_("out of use")), "retired"))
    for key, label, ways in (("service", _("Service"), _SERVICE), ("warranty", _("Warranty"), _WARRANTY)):
        if way := ways.get(params.get(key, "")):
            words, condition = way
            rows = rows.filter(condition(today))
            chips.append(Chip(str(label), str(words), key))
    if (customer := _key(params.get("customer", ""))) is not None:
        rows = rows.filter(customer=customer)
        chips.append(Chip(str(_("Customer")), name_of(user, customer), "customer"))
    if (product := _key(params.get("product", ""))) is not None:
        rows = rows.filter(product=product)
        chips.append(Chip(str(_("Product")), product_name(product), "product"))
    if q := code(params.get("q", "")[:100]):
        rows = rows.filter(serial__contains=q) if len(q) > 2 else rows.filter(serial__startswith=q)
    return rows, chips


def unit_legs(rows: QuerySet[Unit], sort: str) -> list[Leg]:
    """The newest first; or by the day of the next service, or of the warranty's end, the earliest first."""
    rows = rows.select_related("customer", "product")
    field = {"service": "next_service_date", "warranty": "warranty_until_date"}.get(sort)
    if field is None:
        return [Leg(rows, ("-installed_date", "-id"))]
    known, unknown = {f"{field}__isnull": False}, {field: None}
    return [Leg(rows.filter(**known), (field, "id")), Leg(rows.filter(**unknown), ("-installed_date", "-id"))]


def exported_subscriptions(rows: QuerySet[Subscription]) -> Iterator[list[Any]]:
    """Rows for a file, in the order they were written, read some thousand at a time."""
    for one in rows.select_related("customer", "plan").order_by("id").iterator(2000):
        yield [
            one.number,
            one.customer.number,
            one.customer.name,
            one.plan.code,
            one.get_status_display(),
            one.quantity,
            one.price,
            one.discount,
            one.get_period_display(),
            one.days,
            one.monthly,
            one.started_date,
            one.trial_until_date,
            one.until_date,
            one.ends_date,
            one.get_reason_display(),
            one.note,
        ]


def exported_units(rows: QuerySet[Unit]) -> Iterator[list[Any]]:
    """Rows for a file, in the order they were written."""
    for one in rows.select_related("customer", "product").order_by("id").iterator(2000):
        yield [
            one.serial,
            one.product.code,
            one.product.name,
            one.customer.number,
            one.customer.name,
            one.installed_date,
            one.warranty_from_date,
            one.warranty_until_date,
            one.service_every_months,
            one.next_service_date,
            one.place,
            one.retired_date,
            one.note,
        ]


_Condition = Callable[[date], Q]
_SERVICE: dict[str, tuple[Any, _Condition]] = {
    "DUE": (_("due"), lambda day: Q(next_service_date__lte=day)),
    "SOON": (_("within 30 days"), lambda day: Q(next_service_date__lte=day + timedelta(days=30))),
}
_WARRANTY: dict[str, tuple[Any, _Condition]] = {
    "YES": (_("under warranty"), lambda day: Q(warranty_until_date__gte=day)),
    "ENDING": (
        _("ends within 90 days"),
        lambda day: Q(warranty_until_date__range=(day, day + timedelta(days=90))),
    ),
    "NO": (_("over, or none"), lambda day: Q(warranty_until_date__lt=day) | Q(warranty_until_date=None)),
}


def unit_choices() -> dict[str, list[tuple[str, str]]]:
    """The choices of the units' filters, in words."""
    every = ("", str(_("all")))
    return {
        "service": [every, *((key, str(words)) for key, (words, _how) in _SERVICE.items())],
        "warranty": [every, *((key, str(words)) for key, (words, _how) in _WARRANTY.items())],
    }


_SOURCES = """
WITH RECURSIVE s AS (
  SELECT min(source) AS source FROM subscriptions_subscription
  UNION ALL
  SELECT (SELECT min(source) FROM subscriptions_subscription WHERE source > s.source) FROM s WHERE s.source IS NOT NULL)
SELECT source FROM s WHERE source IS NOT NULL LIMIT 100
"""


def _sources() -> list[str]:
    """The systems that numbers come from, each found by one step in the index: it begins with the source."""
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES)
        return [source for (source,) in cursor.fetchall()]


def _key(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 19 else None
