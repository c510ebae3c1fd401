"""Opportunities: the only gate to them, the list with its filters and sums, and what the page of one shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may, owners_seen
from setia.core.text import line
from setia.customers.queries import name_of
from setia.sales.models import Opportunity, OpportunityLine, Pipeline, Stage, StageChange
from setia.sales.queries.pipelines import pipelines, reasons

Status = Opportunity.Status
SORTS = {
    "moved": gettext_lazy("latest moved first"),
    "expected": gettext_lazy("soonest decision first"),
    "amount": gettext_lazy("highest amount first"),
}
NOBODY = "none"
MINE = "me"


def opportunities_for(user: Actor, among: "QuerySet[Opportunity] | None" = None) -> "QuerySet[Opportunity]":
    """The opportunities of the customers this person may see, and those that they or their team work on, of `among`
    where it is given. Both is asked of the opportunity's own row, so that no list or sum has to look at customers.
    """
    rows = Opportunity.objects.all() if among is None else among
    if not (may(user, "sales.view") and may(user, "customers.view")):
        return rows.none()
    owners = owners_seen(user)
    if owners is None:
        return rows
    keys = sorted({*owners, *([user.pk] if isinstance(user, User) else [])})
    return rows.filter(Q(customer_owner__in=keys) | Q(owner__in=keys))


def get_opportunity_for(user: Actor, pk: int) -> Opportunity:
    """One opportunity with all that it names. Raises `Http404`."""
    found = (
        opportunities_for(user, Opportunity.objects.filter(pk=pk))
        .select_related("customer", "owner", "stage", "pipeline", "lost_reason", "lost_to", "order", "subscription")
        .first()
    )
    if found is None:
        raise Http404
    return found


def may_see_opportunity(user: Actor, opportunity: Opportunity) -> bool:
    """Whether this person may see an opportunity at hand, named beside something else. Asks nothing."""
    if not (may(user, "sales.view") and may(user, "customers.view")):
        return False
    owners = owners_seen(user)
    if owners is None:
        return True
    keys = owners | ({user.pk} if isinstance(user, User) else set())
    return opportunity.customer_owner_id in keys or opportunity.owner_id in keys


def found_opportunities(user: Actor, q: str, *, most: int = 8) -> list[Opportunity]:
    """Open ones with a title like what was typed, the latest moved first: what a form offers while somebody types."""
    typed = line(q)
    if not typed:
        return []
    rows = opportunities_for(user, Opportunity.objects.filter(status=Status.OPEN, title__icontains=typed))
    return list(rows.select_related("customer").order_by("-entered_at", "-id")[:most])


def narrow_opportunities(
    user: User, params: Mapping[str, str], *, today: date, status: str = ""
) -> "tuple[QuerySet[Opportunity], list[Chip]]":
    """The opportunities an address asks for, and its filters in words. A value that is not one of a filter's is none.

    `status` (OPEN unless said), `pipeline`, `stage`, `owner` (a key, `me` or `none`), `customer`, `reason` (of a loss:
    a key or `none`), `late=1` (the day of the decision has passed), `aged=1` (longer in its stage than anything should
    be), `from` and `to` (days of the decision, for closed ones of the end), `q` (part of the title).
    """
    rows = Opportunity.objects.all()
    chips: list[Chip] = []
    said = params.get("status", "")
    wanted = status or (said if said in Status.values else Status.OPEN.value)
    rows = rows.filter(status=wanted)
    if not status and wanted != Status.OPEN:
        chips.append(Chip(_("State"), str(Status(wanted).label), "status"))
    for key, label in (("pipeline", _("Pipeline")), ("stage", _("Stage"))):
        if (found := _key(params.get(key, ""))) is not None:
            rows = rows.filter(**{key: found})
            chips.append(Chip(label, _named(key, found), key))
    if (owner := params.get("owner", "")) == NOBODY:
        rows = rows.filter(owner=None)
        chips.append(Chip(_("Responsible"), _("nobody"), "owner"))
    elif (person := user.pk if owner == MINE else _key(owner)) is not None:
        rows = rows.filter(owner=person)
        chips.append(Chip(_("Responsible"), str(next((one for one in everybody() if one.pk == person), "–")), "owner"))
    if (customer := _key(params.get("customer", ""))) is not None:
        rows = rows.filter(customer=customer)
        chips.append(Chip(_("Customer"), name_of(user, customer), "customer"))
    if params.get("reason") == NOBODY:
        rows = rows.filter(lost_reason=None)
        chips.append(Chip(_("Reason"), _("none given"), "reason"))
    elif (reason := _key(params.get("reason", ""))) is not None:
        rows = rows.filter(lost_reason=reason)
        chips.append(Chip(_("Reason"), next((one.name for one in reasons() if one.pk == reason), "–"), "reason"))
    if params.get("late") == "1":
        rows = rows.filter(status=Status.OPEN, expected_date__lt=today)
        chips.append(Chip(_("Decision"), _("overdue"), "late"))
    if params.get("aged") == "1":
        rows = rows.filter(_aged())
        chips.append(Chip(_("In its stage"), _("for too long"), "aged"))
    for key, label, sign in (("from", _("From"), 0), ("to", _("Until"), 1)):
        if (day := _day(params.get(key, ""))) is None:
            continue
        if wanted == Status.OPEN:
            rows = rows.filter(expected_date__lte=day) if sign else rows.filter(expected_date__gte=day)
        else:
            moment = datetime.combine(day + timedelta(days=sign), time(), timezone.get_current_timezone())
            rows = rows.filter(closed_at__lt=moment) if sign else rows.filter(closed_at__gte=moment)
        chips.append(Chip(label, date_format(day, "j M Y"), key))
    if q := line(params.get("q", ""))[:100]:
        rows = rows.filter(title__icontains=q)
    return opportunities_for(user, rows), chips


def opportunity_legs(rows: "QuerySet[Opportunity]", sort: str, *, closed: bool = False) -> list[Leg]:
    """The list in one of its orders; those without the day or amount asked for come last, latest moved first."""
    whole = rows.select_related("customer", "owner", "stage", "pipeline")
    if closed:
        return [Leg(whole, ("-closed_at", "-id"))]
    if sort == "expected":
        known, rest = whole.filter(expected_date__isnull=False), whole.filter(expected_date=None)
        return [Leg(known, ("expected_date", "id")), Leg(rest, ("-entered_at", "-id"))]
    if sort == "amount":
        known, rest = whole.filter(amount__isnull=False), whole.filter(amount=None)
        return [Leg(known, ("-amount", "-id")), Leg(rest, ("-entered_at", "-id"))]
    return [Leg(whole, ("-entered_at", "-id"))]


@dataclass(frozen=True)
class Sums:
    """How many, what they come to, and weighted by the probability of the stage each stands in."""

    count: int
    amount: Decimal
    weighted: Decimal


def sums_of(rows: "QuerySet[Opportunity]") -> Sums:
    """Counted by the database, all of them, whatever of the list is on the screen."""
    count, amount, weighted = 0, Decimal(0), Decimal(0)
    rows = rows.order_by()
    found = rows.values("stage").annotate(number=Count("pk"), total=Sum("amount"))
    for probability, number, total in found.values_list("stage__probability", "number", "total"):
        worth = total or Decimal(0)
        count, amount = count + (number or 0), amount + worth
        weighted += worth * probability / 100
    return Sums(count, amount, weighted)


def path_of(opportunity: Opportunity) -> list[Stage]:
    """The stages of its pipeline in their order, and the one it stands in even if that was put away."""
    rows = Stage.objects.filter(Q(pipeline=opportunity.pipeline_id, archived_at=None) | Q(pk=opportunity.stage_id))
    return list(rows.order_by("position", "id"))


def exported_opportunities(rows: "QuerySet[Opportunity]", *, chunk: int = 1000) -> Iterator[Opportunity]:
    """All of a list for a file, in the order they were entered, some hundred read at a time."""
    after = 0
    whole = rows.select_related("customer", "owner", "stage", "pipeline", "lost_reason").order_by("id")
    while found := list(whole.filter(id__gt=after)[:chunk]):
        after = found[-1].pk
        yield from found


def lines_of(opportunity: Opportunity) -> list[OpportunityLine]:
    """Its lines in their order, with their products."""
    return list(opportunity.lines.select_related("product").order_by("position"))


def steps_of(opportunity: Opportunity, *, most: int = 100) -> list[StageChange]:
    """Its steps, the latest first, those taken back too."""
    return list(opportunity.changes.select_related("before", "after", "by").order_by("-at", "-id")[:most])


def undoable_step(opportunity: Opportunity, steps: list[StageChange]) -> StageChange | None:
    """The step that can be taken back: the latest, unless it is the first or opened a lost one again."""
    standing = [one for one in steps if one.undone_at is None]
    if len(standing) < 2 or standing[1].status != Status.OPEN:
        return None
    return standing[0]


def rivals_met(opportunity: Opportunity) -> list[Any]:
    """The other brands met, by name."""
    return [one.rival for one in opportunity.competitors.select_related("rival").order_by("rival__name")]


def opportunities_of(user: User, customer: Any, *, most: int = 20) -> list[Opportunity]:
    """A customer's opportunities this person may see: open ones first, each the latest first."""
    rows = opportunities_for(user, Opportunity.objects.filter(customer=customer)).select_related(
        "stage", "owner", "lost_reason"
    )
    first = Func(F("status"), template="(%(expressions)s <> 'OPEN')")
    return list(rows.order_by(first, "-created_at", "-id")[:most])


def opportunity_choices(there: list[Pipeline]) -> dict[str, list[tuple[str, str]]]:
    """What the filters of list and board offer, with the words, for the pipelines there are."""
    people = [(str(one.pk), str(one)) for one in everybody()]
    return {
        "status": [(code, str(label)) for code, label in Status.choices],
        "pipeline": [("", _("all")), *((str(one.pk), one.name) for one in there)],
        "owner": [("", _("everybody")), (MINE, _("me")), (NOBODY, _("nobody")), *people],
    }


def _aged() -> Q:
    """Longer in a stage than its limit, by the stages there are: each has a moment before which one must have come."""
    condition = Q(pk__in=[])
    now = timezone.now()
    for pk, limit in Stage.objects.filter(age_limit_days__isnull=False).values_list("pk", "age_limit_days"):
        condition |= Q(stage=pk, entered_at__lt=now - timedelta(days=(limit or 0) + 1), status=Status.OPEN)
    return condition


def _named(key: str, pk: int) -> str:
    if key == "pipeline":
        return next((one.name for one in pipelines() if one.pk == pk), "–")
    return Stage.objects.filter(pk=pk).values_list("name", flat=True).first() or "–"


def _key(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
