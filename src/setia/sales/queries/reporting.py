"""What reports about selling count: how far prospects got, what was won and lost, what was done, month by month.

Each is a question over what a person may see, grouped by the database; `begins` and `ends` are moments, the end left
out, `first` and `final` the firm's days. The lists of prospects, opportunities and activities show the same rows by the
same days.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth

from setia.core.permissions import Actor, may, owners_seen
from setia.core.queries import current_firm
from setia.sales.models import Activity, DoneTally, FunnelTally, Opportunity, Prospect
from setia.sales.models.activities import OPEN
from setia.sales.queries.activities import activities_done_by, day_begins
from setia.sales.queries.opportunities import opportunities_for
from setia.sales.queries.prospect_gate import may_see_prospects, prospects_for

_STATUS = Prospect.Status


class Funnel(NamedTuple):
    """How far those got who were taken down in a time: each step holds those of the next, but for `chances`."""

    captured: int = 0
    touched: int = 0
    qualified: int = 0
    chances: int = 0
    won: int = 0
    unqualified: int = 0


class Closed(NamedTuple):
    """Opportunities that ended one way: how many, their worth, and how long they took on average."""

    status: str
    key: int | None
    number: int
    amount: Decimal
    days: float


def funnel_by(user: Actor, what: str, *, first: date, final: date) -> dict[str, Funnel]:
    """Prospects taken down on these days by `source` or by `how` they came, and how far each of them is today.

    Whoever sees all of them reads `FunnelTally`.
    """
    if owners_seen(user) is None and may_see_prospects(user):
        kept = FunnelTally.objects.filter(day__gte=first, day__lte=final).values(what)
        sums = kept.annotate(**{f"all_{name}": Sum(name) for name in Funnel._fields}).filter(all_captured__gt=0)
        found = sums.values_list(what, *(f"all_{name}" for name in Funnel._fields))
        return {key: Funnel(*numbers) for key, *numbers in found}
    begins, ends = day_begins(first), day_begins(final + timedelta(days=1))
    rows = prospects_for(user).filter(captured_at__gte=begins, captured_at__lt=ends).order_by()
    chance = Exists(Opportunity.objects.filter(customer=OuterRef("customer")))
    counts: dict[str, Any] = {
        "captured": Count("pk"),
        "touched": Count("pk", filter=Q(first_touch_at__isnull=False) | Q(status__in=[_STATUS.QUALIFIED, _STATUS.WON])),
        "qualified": Count("pk", filter=Q(status__in=[_STATUS.QUALIFIED, _STATUS.WON])),
        "chances": Count("pk", filter=Q(chance=True)),
        "won": Count("pk", filter=Q(status=_STATUS.WON)),
        "unqualified": Count("pk", filter=Q(status=_STATUS.UNQUALIFIED)),
    }
    found = rows.annotate(chance=chance).values(what).annotate(**counts).values_list(what, *Funnel._fields)
    return {key: Funnel(*numbers) for key, *numbers in found}


def closed_by(user: Actor, what: str, *, begins: datetime, ends: datetime) -> list[Closed]:
    """Opportunities won and lost in a time, by `lost_reason` or `owner`."""
    among = Opportunity.objects.exclude(status=Opportunity.Status.OPEN)
    rows = opportunities_for(user, among.filter(closed_at__gte=begins, closed_at__lt=ends)).order_by()
    found = rows.values("status", what).annotate(
        number=Count("pk"), worth=Sum("amount"), took=Avg(F("closed_at") - F("created_at"))
    )
    return [
        Closed(status, key, number, worth or Decimal(0), took.total_seconds() / 86_400)
        for status, key, number, worth, took in found.values_list("status", what, "number", "worth", "took")
    ]


def done_by_person(user: Actor, *, first: date, final: date) -> dict[int, dict[str, int]]:
    """Activities done on these days, by who was to do them and by kind. Two questions where whole months lie between:
    those are read from `DoneTally`.
    """
    found: dict[int, dict[str, int]] = {}
    months, others = _whole_months(first, final)
    told: list[tuple[int, str, int]] = []
    if others:
        within = Q()
        for begin, end in others:
            within |= Q(done_at__gte=day_begins(begin), done_at__lt=day_begins(end + timedelta(days=1)))
        each = activities_done_by(user).filter(within).order_by().values("owner", "kind")
        told += each.annotate(n=Count("pk")).values_list("owner", "kind", "n")
    if months and may(user, "sales.view"):
        kept = DoneTally.objects.filter(month__in=months)
        if (owners := owners_seen(user)) is not None:
            kept = kept.filter(owner_id__in=sorted(owners))
        told += kept.values("owner_id", "kind").annotate(n=Sum("number")).values_list("owner_id", "kind", "n")
    for owner, kind, number in told:
        kinds = found.setdefault(owner, {})
        kinds[kind] = kinds.get(kind, 0) + number
    return found


def _whole_months(first: date, final: date) -> tuple[list[date], list[tuple[date, date]]]:
    """The first days of the months that lie wholly in these days, and the other days from when to when."""
    start = first if first.day == 1 else _next_month(first)
    months = []
    while (following := _next_month(start)) <= final + timedelta(days=1):
        months.append(start)
        start = following
    if not months:
        return [], [(first, final)]
    ends = [(first, months[0] - timedelta(days=1)), (start, final)]
    return months, [(begin, end) for begin, end in ends if begin <= end]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def late_by_person(user: Actor, *, first: date, final: date) -> dict[int, int]:
    """Activities of these days that are still to be done, by who is to do them."""
    rows = activities_done_by(user).filter(OPEN, due_date__gte=first, due_date__lte=final).order_by()
    return dict(rows.values("owner").annotate(n=Count("pk")).values_list("owner", "n"))


def won_by_month(pipelines: Iterable[int], *, begins: datetime, ends: datetime) -> dict[tuple[int, date], Decimal]:
    """What was won in a time, by pipeline and the first day of the firm's month; for whoever sees the forecast."""
    rows = Opportunity.objects.filter(
        status=Opportunity.Status.WON, closed_at__gte=begins, closed_at__lt=ends, pipeline__in=list(pipelines)
    ).order_by()
    months = rows.annotate(month=TruncMonth("closed_at", tzinfo=current_firm().tz)).values("pipeline", "month")
    found = months.annotate(worth=Sum("amount")).values_list("pipeline", "month", "worth")
    return {(pipeline, month.date()): worth or Decimal(0) for pipeline, month, worth in found}


def activity_kinds() -> list[tuple[str, str]]:
    """The kinds of activities with their words."""
    return [(code, str(label)) for code, label in Activity.Kind.choices]


def doors() -> dict[str, str]:
    """The doors prospects come in by, with their words."""
    return {code: str(label) for code, label in Prospect.How.choices}
