"""Plans: what a firm offers by the period."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid, wrong
from setia.api.v1.fields import PROBLEMS, Amount, Given, Line100, Line200, Money, Paged, ProblemShown, Shown
from setia.api.v1.paging import page_of
from setia.catalogue.queries import product_coded
from setia.core.keyset import Leg
from setia.core.versions import version_of
from setia.subscriptions import actions, queries

if TYPE_CHECKING:
    from setia.subscriptions.models import Plan

router = Router(tags=["Plans"])

Period = Literal["MONTH", "QUARTER", "YEAR", "DAYS"]


class PlanShown(Shown):
    id: int
    code: str
    name: str
    product_code: str
    price: Money = Field(description=gettext_noop("For one, each period, in the firm's currency."))
    period: Period
    days: int | None = Field(description=gettext_noop("How long a period of DAYS lasts."))
    trial_days: int
    archived_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class PlanPage(Shown):
    items: list[PlanShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class PlanFacts(Given):
    """What can be said about a plan. Fields left out stay as they are; who subscribed before keeps their terms."""

    code: Line100 = Field("", description=gettext_noop("Capitals and spaces around it do not count."))
    name: Line200 = ""
    product_code: Line100 = ""
    price: Amount | None = Field(None, description=gettext_noop("For one, each period, in the firm's currency."))
    period: Period = "MONTH"
    days: int | None = Field(None, ge=1, le=3660, description=gettext_noop("How long a period of DAYS lasts."))
    trial_days: int = Field(0, ge=0, le=730)


class PlanFilters(Paged):
    code: Line100 = Field("", description=gettext_noop("Exactly this code, however it is written."))
    archived: bool = Field(False, description=gettext_noop("True: only archived ones; they are left out otherwise."))


def shown(plan: "Plan") -> PlanShown:
    """A plan as it goes out."""
    fields: dict[str, Any] = {name: getattr(plan, name) for name in PlanShown.model_fields if name != "product_code"}
    return PlanShown(**fields, product_code=plan.product.code if plan.product else "")


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    plan = queries.get_plan_for(request.user, pk)
    return answer(
        shown(plan),
        status=status,
        etag=version_of(plan.updated_at),
        location=reverse("api:get_plan", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/plans",
    "subscriptions.view",
    answers={200: PlanPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List plans, by name"),
)
def list_plans(request: Asked, wanted: Query[PlanFilters]) -> HttpResponse:
    found = queries.plans_for(request.user).filter(archived_at__isnull=not wanted.archived)
    if wanted.code:
        found = found.filter(code=queries.code(wanted.code))
    page, after = page_of([Leg(found.select_related("product"), ("name", "id"))], wanted, name="plans")
    return answer(PlanPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/plans",
    "subscriptions.plans",
    answers={201: PlanShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Make a plan"),
    once=True,
)
def add_plan(request: Asked, given: PlanFacts) -> HttpResponse:
    facts = _stated(request, given)
    missing = [name for name in ("code", "name", "price") if facts.get(name) in (None, "")]
    if missing:
        raise Problem("invalid", errors=[wrong(f"/{name}", _("This is needed."), "missing") for name in missing])
    try:
        plan = actions.add_plan(by=request.user, at=timezone.now(), **cast(Any, facts))
    except actions.PlanCodeTaken as error:
        raise _taken(error.plan) from error
    return _answer(request, plan.pk, status=201)


@offer(
    router,
    "GET",
    "/plans/{int:pk}",
    "subscriptions.view",
    answers={200: PlanShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a plan"),
)
def get_plan(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/plans/{int:pk}",
    "subscriptions.plans",
    answers={200: PlanShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change a plan for those who come after"),
    conditional=True,
    once=True,
)
def edit_plan(request: Asked, pk: int, given: PlanFacts) -> HttpResponse:
    plan = queries.get_plan_for(request.user, pk)
    facts = _stated(request, given, plan)
    for name in ("code", "name", "price"):
        if name in facts and facts[name] in (None, ""):
            raise invalid(f"/{name}", _("This is needed."), "missing")
    try:
        actions.edit_plan(by=request.user, at=timezone.now(), plan=plan, version=expected(request), **cast(Any, facts))
    except actions.PlanCodeTaken as error:
        raise _taken(error.plan) from error
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/plans/{int:pk}/archive",
    "subscriptions.plans",
    answers={200: PlanShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Offer a plan no more; who has it keeps it"),
)
def archive_plan(request: Asked, pk: int) -> HttpResponse:
    actions.archive_plan(by=request.user, at=timezone.now(), plan=queries.get_plan_for(request.user, pk))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/plans/{int:pk}/restore",
    "subscriptions.plans",
    answers={200: PlanShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Offer a plan again"),
)
def restore_plan(request: Asked, pk: int) -> HttpResponse:
    actions.restore_plan(by=request.user, at=timezone.now(), plan=queries.get_plan_for(request.user, pk))
    return _answer(request, pk)


def _stated(request: Asked, given: PlanFacts, plan: "Plan | None" = None) -> dict[str, Any]:
    facts = given.said(leaving_out=("product_code",))
    if plan is None:
        facts |= {"period": given.period, "trial_days": given.trial_days}
    if "code" in facts:
        facts["code"] = queries.code(facts["code"])
    if "product_code" in given.model_fields_set:
        facts["product"] = product_coded(request.user, given.product_code) if given.product_code else None
        if given.product_code and facts["product"] is None:
            raise invalid("/product_code", _("There is no such product. Add the product first."), "unknown")
    if isinstance(facts.get("price"), Decimal):
        facts["price"] = facts["price"].quantize(Decimal("0.0001"))
    if {"period", "days"} & set(facts):
        period = facts.get("period", plan.period if plan else given.period)
        days = facts.get("days", plan.days if plan else None)
        if period == "DAYS" and days is None:
            raise invalid("/days", _("Say how many days a period lasts."), "missing")
        facts["days"] = days if period == "DAYS" else None
    return facts


def _taken(other: "Plan") -> Problem:
    words = _("Another plan has this code.")
    candidates = [{"id": other.pk, "name": str(other), "url": reverse("api:get_plan", args=[other.pk])}]
    return Problem("taken", words, errors=[wrong("/code", words, "taken")], candidates=candidates)
