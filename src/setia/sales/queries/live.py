"""The firm's day as the team board shows it: what was done by whom, the day's funnel, answers, what is late, ranking.

Every figure is of the firm's day so far (`since` midnight there) or of this moment, and of what the reader may see: of
prospects and opportunities by their gates, of people whose work the reader sees. Each is read off an index that holds
little but the day's rows, and counted up to `MOST`, where it says "or more".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Aggregate, Count, DurationField, F, Model, Q, QuerySet, Sum

from setia.accounts.models import AuditEntry, User
from setia.accounts.queries import deeds_of
from setia.core.permissions import Actor, may, owners_seen
from setia.core.queries import current_firm
from setia.core.words import verb_name
from setia.customers.queries import assignable, customers_for, may_see
from setia.orders.queries import orders_for
from setia.sales.models import Activity, Opportunity, Prospect, ProspectStep
from setia.sales.models.activities import OPEN
from setia.sales.queries.activities import activities_done_by, activities_for, day_begins
from setia.sales.queries.opportunities import opportunities_for
from setia.sales.queries.prospect_gate import prospects_for

MOST = 10_000
"""Nothing is counted any further."""
DEEDS = 12
RANKED = 10
_PEOPLE = 200
_LATE_EACH = 100

DEED_VERBS = (
    "opportunity.won",
    "opportunity.lost",
    "order.added",
    "opportunity.added",
    "opportunity.moved",
    "activity.finished",
    "customer.prospect_captured",
    "customer.prospect_stepped",
    "customer.prospect_form_sent",
    "customer.prospect_touched",
    "customer.prospect_won",
    "activity.planned",
)
"""What the board tells of. Several lines of one act (same person, same moment) are told once, by the first of these."""


class Deed(NamedTuple):
    """Somebody did something: `by` None is Setia itself, or somebody who sent a form. `thing` is what it was done to,
    as it is called, and `key` its record's; both are None where the reader may not see that.
    """

    verb: str
    at: datetime
    by: User | None
    thing: str | None
    about: str
    key: int | None

    @property
    def words(self) -> str:
        """What was done, in the reader's words."""
        return verb_name(self.verb)


class Answers(NamedTuple):
    """First answers to prospects: how many today, how many of them within their term (of `promised` with a term), the
    median time it took; who waits for one that was promised, and for how many of those the term is over.
    """

    today: int
    promised: int
    in_time: int
    median: timedelta | None
    waiting: int
    overdue: int


class Ranked(NamedTuple):
    """One person's day: opportunities won and their worth, activities done, and what is late (up to 100)."""

    person: User
    won: int
    worth: Decimal
    done: int
    late: int


@dataclass(frozen=True)
class Day:
    """The board's figures. `captured`, `qualified`, `entered`, `won`, `lost` are the funnel of today: counts of what
    happened, not of the same people; `ranking` the people ahead, best first, and `late` everybody's late activities.
    """

    since: datetime
    captured: int
    qualified: int
    entered: int
    entered_worth: Decimal
    won: int
    won_worth: Decimal
    lost: int
    answers: Answers
    late: int
    done: int
    ranking: list[Ranked]
    deeds: list[Deed]


class _Median(Aggregate):
    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def live_day(reader: Actor, *, at: datetime) -> Day:
    """The day so far, at a moment, as this reader may see it. 16 queries at most."""
    today = current_firm().day_of(at)
    since = day_begins(today)
    prospects = prospects_for(reader)
    seen = opportunities_for(reader, Opportunity.objects.filter(changes__at__gte=since, changes__before=None))
    entered = seen.aggregate(count=Count("pk"), worth=Sum("amount"))
    closed = {
        status: (count, worth or Decimal(0))
        for status, count, worth in opportunities_for(
            reader, Opportunity.objects.filter(status__in=["WON", "LOST"], closed_at__gte=since)
        )
        .order_by()
        .values("status")
        .annotate(count=Count("pk"), worth=Sum("amount"))
        .values_list("status", "count", "worth")
    }
    won, worth = closed.get("WON", (0, Decimal(0)))
    qualified = ProspectStep.objects.filter(after=Prospect.Status.QUALIFIED, at__gte=since, prospect__in=prospects)
    qualified = qualified.filter(prospect__status__in=[Prospect.Status.QUALIFIED, Prospect.Status.WON])
    mine = activities_done_by(reader)
    return Day(
        since=since,
        # By the index of states and days of capture, which has to be told every state.
        captured=_up_to(prospects.filter(status__in=Prospect.Status.values, captured_at__gte=since)),
        qualified=qualified.order_by().values("prospect").distinct().count(),
        entered=entered["count"],
        entered_worth=entered["worth"] or Decimal(0),
        won=won,
        won_worth=worth,
        lost=closed.get("LOST", (0, Decimal(0)))[0],
        answers=_answers(prospects, since=since, at=at),
        late=_up_to(mine.filter(OPEN, due_date__lt=today)),
        done=_up_to(mine.filter(done_at__gte=since)),
        ranking=_ranking(reader, since=since, today=today),
        deeds=_deeds(reader, since=since),
    )


def _up_to(rows: "QuerySet[Any]") -> int:
    return rows.order_by().values("pk")[:MOST].count()


def _answers(prospects: "QuerySet[Prospect]", *, since: datetime, at: datetime) -> Answers:
    touched = prospects.filter(first_touch_at__gte=since).aggregate(
        today=Count("pk"),
        promised=Count("pk", filter=Q(due_at__isnull=False)),
        in_time=Count("pk", filter=Q(first_touch_at__lte=F("due_at"))),
        median=_Median(F("first_touch_at") - F("captured_at"), output_field=DurationField()),
    )
    waiting = prospects.filter(closed_at=None, first_touch_at=None, due_at__isnull=False)
    return Answers(**touched, waiting=_up_to(waiting), overdue=_up_to(waiting.filter(due_at__lt=at)))


_EACH = """
SELECT p.id, COALESCE(w.won, 0), COALESCE(w.worth, 0),
  (SELECT count(*) FROM sales_activity a WHERE a.owner_id = p.id AND a.done_at >= %(since)s),
  (SELECT count(*) FROM (SELECT 1 FROM sales_activity a WHERE a.owner_id = p.id AND a.done_at IS NULL
     AND a.cancelled_at IS NULL AND a.due_date < %(today)s LIMIT %(late)s) x)
FROM unnest(%(people)s::bigint[]) AS p(id)
LEFT JOIN (SELECT owner_id, count(*) AS won, sum(amount) AS worth FROM sales_opportunity
  WHERE status = 'WON' AND closed_at >= %(since)s GROUP BY owner_id) w ON w.owner_id = p.id
"""


def _ranking(reader: Actor, *, since: datetime, today: Any) -> list[Ranked]:
    """Whose work the reader sees, by what they won today, then by what they did; without those of whom nothing is."""
    people = {one.pk: one for one in assignable(reader)[:_PEOPLE]}
    with connection.cursor() as cursor:
        cursor.execute(_EACH, {"since": since, "today": today, "late": _LATE_EACH, "people": list(people)})
        found = [Ranked(people[key], *rest) for key, *rest in cursor.fetchall()]
    found = [one for one in found if one.won or one.done or one.late]
    return sorted(found, key=lambda one: (-one.worth, -one.won, -one.done, one.late, str(one.person)))[:RANKED]


def _deeds(reader: Actor, *, since: datetime) -> list[Deed]:
    owners = owners_seen(reader)
    rank = {verb: place for place, verb in enumerate(DEED_VERBS)}
    acts: dict[tuple[datetime, int | None], AuditEntry] = {}
    for one in deeds_of(owners, DEED_VERBS, since=since, most=3 * DEEDS):
        key = (one.at, one.by_id)
        if key not in acts or rank[one.verb] < rank[acts[key].verb]:
            acts[key] = one
    told = sorted(acts.values(), key=lambda one: (one.at, one.pk), reverse=True)[:DEEDS]
    called = _called(reader, told)
    return [
        Deed(one.verb, one.at, one.by, name, one.about, one.about_id if name is not None else None)
        for one in told
        for name in [called.get((one.about, one.about_id or 0))]
    ]


def _called(reader: Actor, entries: list[AuditEntry]) -> dict[tuple[str, int], str]:
    """What the things of these lines are called, those alone that the reader may see."""
    keys: dict[str, set[int]] = {}
    for one in entries:
        keys.setdefault(one.about, set()).add(one.about_id or 0)
    found: dict[tuple[str, int], str] = {}
    gates: dict[str, QuerySet[Any]] = {
        "customer": customers_for(reader),
        "opportunity": opportunities_for(reader).select_related("customer"),
        "activity": activities_for(reader).select_related("customer"),
        "order": orders_for(reader).select_related("customer"),
    }
    for about, rows in gates.items():
        if about in keys:
            found |= {(about, one.pk): _name(reader, one) for one in rows.filter(pk__in=keys[about])}
    return found


def _name(reader: Actor, one: Model) -> str:
    if not isinstance(one, Opportunity | Activity):
        customer: Any = getattr(one, "customer", one)
        return str(customer.display_name) if customer is not None else f"#{one.pk}"
    if one.customer is None or not may_see(reader, one.customer):
        return one.title
    return f"{one.title} · {one.customer.display_name}"


def live_open_to(reader: Actor) -> bool:
    """Whether somebody may watch the board."""
    return may(reader, "sales.view")


_CONCERNED = """
SELECT owner_id FROM customers_customer WHERE id = ANY(%(customer)s)
UNION SELECT owner_id FROM sales_activity WHERE id = ANY(%(activity)s)
UNION SELECT owner_id FROM sales_opportunity WHERE id = ANY(%(opportunity)s)
UNION SELECT c.owner_id FROM sales_opportunity o JOIN customers_customer c ON c.id = o.customer_id
  WHERE o.id = ANY(%(opportunity)s)
UNION SELECT c.owner_id FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
  WHERE o.id = ANY(%(order)s)
"""


def whose(records: dict[str, set[int]]) -> set[int]:
    """Who is responsible for some customers, activities, opportunities and orders: keys by kind. One query."""
    given = {kind: sorted(records.get(kind, ())) for kind in ("customer", "activity", "opportunity", "order")}
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, given)
        return {key for (key,) in cursor.fetchall() if key is not None}
