"""Opportunities: what customers may buy, where it stands on a pipeline, and how it ended."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.accounts.queries import everybody
from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid
from setia.api.v1.fields import (
    PROBLEMS,
    Amount,
    Day,
    Given,
    Key,
    Line64,
    Line100,
    Line200,
    Line300,
    Money,
    Paged,
    ProblemShown,
    Quantity,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.catalogue.queries import product_coded, products_for
from setia.core.queries import current_firm
from setia.core.versions import version_of
from setia.customers.queries import assignable, customers_for
from setia.sales import actions, queries
from setia.subscriptions.queries import code, plans_for

if TYPE_CHECKING:
    from setia.accounts.models import User
    from setia.customers.models import Customer
    from setia.sales.models import Opportunity, OpportunityLine, Stage

router = Router(tags=["Opportunities"])

State = Literal["OPEN", "WON", "LOST"]
_MOST = Decimal(10) ** 15


class StageShown(Shown):
    id: int
    name: str
    probability: int = Field(description=gettext_noop("How many of a hundred here are won, as the firm sees it."))
    needs: list[str] = Field(description=gettext_noop("What must be known before anything may stand here."))
    age_limit_days: int | None


class PipelineShown(Shown):
    id: int
    name: str
    stages: list[StageShown]


class ReasonShown(Shown):
    id: int
    name: str


class PipelineList(Shown):
    items: list[PipelineShown]
    lost_reasons: list[ReasonShown]


class OfferedShown(Shown):
    product_id: int | None
    product_code: str
    description: str
    quantity: Money
    unit_price: Money
    amount: Money


class OpportunityHead(Shown):
    id: int
    title: str
    customer_id: int
    owner_id: int | None
    pipeline_id: int
    stage_id: int
    status: State
    amount: Money | None
    expected_date: Day | None
    next_step: str
    note: str
    entered_at: AwareDatetime = Field(description=gettext_noop("Since when it stands in its stage."))
    closed_at: AwareDatetime | None
    lost_reason_id: int | None
    lost_note: str
    order_id: int | None = Field(description=gettext_noop("The order it became when it was won."))
    subscription_id: int | None = Field(description=gettext_noop("The subscription it became when it was won."))
    created_at: AwareDatetime
    updated_at: AwareDatetime


class OpportunityShown(OpportunityHead):
    lines: list[OfferedShown]


class OpportunityPage(Shown):
    items: list[OpportunityHead]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class OpportunityFilters(Paged):
    sort: Literal["moved", "expected", "amount"] = "moved"
    status: State = "OPEN"
    pipeline_id: Key | None = None
    stage_id: Key | None = None
    owner_id: Key | None = None
    customer_id: Key | None = None


class OfferedGiven(Given):
    """A product, by key or code, or a description; its price is the product's unless given."""

    product_id: Key | None = None
    product_code: Line100 = ""
    description: Line300 = ""
    quantity: Quantity = Field(Decimal(1), gt=0)
    unit_price: Amount | None = None


class OpportunityFacts(Given):
    title: Line200 = ""
    owner_id: Key | None = Field(None, description=gettext_noop("The person responsible."))
    amount: Amount | None = Field(None, description=gettext_noop("Of lines, their sum counts."))
    expected_date: Day | None = None
    next_step: Line300 = ""
    note: Text = ""
    lines: list[OfferedGiven] | None = Field(None, max_length=100, description=gettext_noop("Replaced as a whole."))


class OpportunityGiven(OpportunityFacts):
    """A new opportunity. Its customer is named by key, or by number and source."""

    customer_id: Key | None = None
    customer_number: Line100 = ""
    customer_source: Line64 = "main"
    stage_id: Key | None = Field(None, description=gettext_noop("Left out: the first stage of the usual pipeline."))


class MoveGiven(Given):
    stage_id: Key
    seen_stage_id: Key | None = Field(
        None, description=gettext_noop("The stage it was seen in: refused where it stands elsewhere by now.")
    )


class WinGiven(Given):
    become: Literal["ORDER", "SUBSCRIPTION", "ELSEWHERE"] = Field(
        "ORDER", description=gettext_noop("ELSEWHERE: what was sold is entered by somebody else.")
    )
    plan_id: Key | None = None
    plan_code: Line100 = ""
    started_date: Day | None = Field(None, description=gettext_noop("Left out: today."))
    quantity: Quantity = Field(Decimal(1), gt=0)
    price: Amount | None = Field(None, description=gettext_noop("For one, each period; left out: the plan's."))


class LoseGiven(Given):
    reason_id: Key
    note: Text = ""


def head(one: "Opportunity") -> dict[str, Any]:
    """An opportunity without its lines, as it goes out."""
    return {name: getattr(one, name) for name in OpportunityHead.model_fields}


def _line(one: "OpportunityLine") -> OfferedShown:
    return OfferedShown(
        product_id=one.product_id,
        product_code=one.product.code if one.product else "",
        description=one.description,
        quantity=one.quantity,
        unit_price=one.unit_price,
        amount=one.amount,
    )


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_opportunity_for(request.user, pk)
    return answer(
        OpportunityShown(**head(one), lines=[_line(each) for each in queries.lines_of(one)]),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_opportunity", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/pipelines",
    "sales.view",
    answers={200: PipelineList, PROBLEMS: ProblemShown},
    summary=gettext_noop("List pipelines with their stages, and the reasons for a loss"),
)
def list_pipelines(request: Asked) -> HttpResponse:
    items = [
        PipelineShown(
            id=one.pk,
            name=one.name,
            stages=[
                StageShown(
                    id=stage.pk,
                    name=stage.name,
                    probability=stage.probability,
                    needs=stage.needs,
                    age_limit_days=stage.age_limit_days,
                )
                for stage in one.shown  # type: ignore[attr-defined]
            ],
        )
        for one in queries.pipelines()
    ]
    reasons = [ReasonShown(id=one.pk, name=one.name) for one in queries.reasons()]
    return answer(PipelineList(items=items, lost_reasons=reasons))


@offer(
    router,
    "GET",
    "/opportunities",
    "sales.view",
    answers={200: OpportunityPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List opportunities, without their lines"),
)
def list_opportunities(request: Asked, wanted: Query[OpportunityFilters]) -> HttpResponse:
    asked = {
        "status": wanted.status,
        "pipeline": wanted.pipeline_id,
        "stage": wanted.stage_id,
        "owner": wanted.owner_id,
        "customer": wanted.customer_id,
    }
    params = {key: str(value) for key, value in asked.items() if value}
    today = current_firm().day_of(timezone.now())
    found, _chips = queries.narrow_opportunities(request.user, params, today=today)
    legs = queries.opportunity_legs(found, wanted.sort, closed=wanted.status != "OPEN")
    page, after = page_of(legs, wanted, name="opportunities")
    return answer(OpportunityPage(items=[OpportunityHead(**head(one)) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/opportunities",
    "sales.opportunities",
    answers={201: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter an opportunity"),
    once=True,
)
def add_opportunity(request: Asked, given: OpportunityGiven) -> HttpResponse:
    if not given.title:
        raise invalid("/title", _("Say in a few words what it is about."), "missing")
    customer = _customer(request, given)
    stage = _stage(request, given.stage_id)
    facts: dict[str, Any] = {"owner": request.user} | _facts(request, given)
    lines = facts.pop("lines", None) or ()
    try:
        one = actions.add_opportunity(
            by=request.user, at=timezone.now(), customer=customer, stage=stage, lines=lines, **facts
        )
    except actions.NeedsMore as more:
        raise _needs(more) from more
    return _answer(request, one.pk, status=201)


@offer(
    router,
    "GET",
    "/opportunities/{int:pk}",
    "sales.view",
    answers={200: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read an opportunity with its lines"),
)
def get_opportunity(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/opportunities/{int:pk}",
    "sales.opportunities",
    answers={200: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change what is known of an opportunity"),
    conditional=True,
    once=True,
)
def edit_opportunity(request: Asked, pk: int, given: OpportunityFacts) -> HttpResponse:
    one = queries.get_opportunity_for(request.user, pk)
    if "title" in given.model_fields_set and not given.title:
        raise invalid("/title", _("Say in a few words what it is about."), "missing")
    facts, version = _facts(request, given, present=one.owner_id), expected(request)
    edit = actions.edit_opportunity
    return _do(request, pk, lambda: edit(by=request.user, at=timezone.now(), opportunity=one, version=version, **facts))


@offer(
    router,
    "POST",
    "/opportunities/{int:pk}/move",
    "sales.opportunities",
    answers={200: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Move an open opportunity to another stage"),
    once=True,
)
def move_opportunity(request: Asked, pk: int, given: MoveGiven) -> HttpResponse:
    one, to = queries.get_opportunity_for(request.user, pk), _stage(request, given.stage_id)
    move, seen = actions.move_opportunity, given.seen_stage_id
    return _do(request, pk, lambda: move(by=request.user, at=timezone.now(), opportunity=one, to=to, seen=seen))


@offer(
    router,
    "POST",
    "/opportunities/{int:pk}/win",
    "sales.opportunities",
    answers={200: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Say that an opportunity was bought; it becomes an order or a subscription"),
    once=True,
)
def win_opportunity(request: Asked, pk: int, given: WinGiven) -> HttpResponse:
    one, now = queries.get_opportunity_for(request.user, pk), timezone.now()
    subscribed = _subscribed(request, given) if given.become == "SUBSCRIPTION" else None
    if given.become == "ORDER" or (subscribed and len(queries.lines_of(one)) > 1):
        _scope(request, "orders.add")
    order = given.become != "ELSEWHERE"
    win = actions.win_opportunity
    return _do(request, pk, lambda: win(by=request.user, at=now, opportunity=one, order=order, subscribed=subscribed))


@offer(
    router,
    "POST",
    "/opportunities/{int:pk}/lose",
    "sales.opportunities",
    answers={200: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Say that an opportunity will not be bought, and why"),
    once=True,
)
def lose_opportunity(request: Asked, pk: int, given: LoseGiven) -> HttpResponse:
    one = queries.get_opportunity_for(request.user, pk)
    reason = queries.reasons_for(request.user).filter(pk=given.reason_id).first()
    if reason is None:
        raise invalid("/reason_id", _("There is no such reason. List the pipelines to see the reasons."), "unknown")
    lose, note = actions.lose_opportunity, given.note
    return _do(request, pk, lambda: lose(by=request.user, at=timezone.now(), opportunity=one, reason=reason, note=note))


@offer(
    router,
    "POST",
    "/opportunities/{int:pk}/reopen",
    "sales.opportunities",
    answers={200: OpportunityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Go on with a lost opportunity"),
)
def reopen_opportunity(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_opportunity_for(request.user, pk)
    return _do(request, pk, lambda: actions.reopen_opportunity(by=request.user, at=timezone.now(), opportunity=one))


def _do(request: Asked, pk: int, verb: Callable[[], object]) -> HttpResponse:
    try:
        verb()
    except actions.NeedsMore as more:
        raise _needs(more) from more
    except actions.StandsElsewhere as error:
        words = _("It stands elsewhere by now, or is closed. Read it again.")
        raise Problem("in-the-way", words) from error
    except actions.NoSuchStage as error:
        raise invalid("/stage_id", _("This stage was put away meanwhile. Choose another."), "unknown") from error
    except actions.NothingToOrder as error:
        words = _("Nothing is offered. Enter the amount or the products first.")
        raise Problem("in-the-way", words) from error
    except actions.CannotSubscribe as error:
        raise invalid("/started_date", _("A subscription cannot begin on this day."), "day") from error
    return _answer(request, pk)


def _needs(more: actions.NeedsMore) -> Problem:
    words = _("This stage needs to know a little more.")
    return invalid("/stage_id", f"{words} {', '.join(more.needs)}", "needs")


def _scope(request: Asked, scope: str) -> None:
    if scope not in request.token.scopes:
        raise Problem("scope-missing", _("The scope %(scope)s is missing.") % {"scope": scope}, scope=scope)


def _facts(request: Asked, given: OpportunityFacts, *, present: int | None = None) -> dict[str, Any]:
    left_out = ("owner_id", "lines", "customer_id", "customer_number", "customer_source", "stage_id")
    facts = given.said(leaving_out=left_out)
    if given.expected_date is not None and not 1900 <= given.expected_date.year <= 2200:
        raise invalid("/expected_date", _("A day between the years 1900 and 2200."))
    if "owner_id" in given.model_fields_set:
        facts["owner"] = _owner(request, given.owner_id, present)
    if given.lines is not None:
        facts["lines"] = _offered(request, given.lines)
    return facts


def _owner(request: Asked, key: int | None, present: int | None) -> "User | None":
    if key is None:
        return None
    if (found := assignable(request.user, present).filter(pk=key).first()) is None:
        known = any(one.pk == key for one in everybody())
        words = _("You may not make this person responsible.") if known else _("There is no such person.")
        raise invalid("/owner_id", words, "unknown")
    return found


def _offered(request: Asked, lines: Sequence[OfferedGiven]) -> list[actions.Offered]:
    offered = []
    for place, one in enumerate(lines):
        product = None
        if one.product_id is not None:
            product = products_for(request.user).filter(pk=one.product_id).first()
        elif one.product_code:
            product = product_coded(request.user, one.product_code)
        if product is None and (one.product_id is not None or one.product_code):
            raise invalid(f"/lines/{place}", _("There is no such product. Add the product first."), "unknown")
        if product is None and not one.description:
            raise invalid(f"/lines/{place}", _("Choose a product, or say what it is."), "missing")
        price = one.unit_price if one.unit_price is not None else product.price if product else None
        if price is None:
            raise invalid(f"/lines/{place}/unit_price", _("Say the price; 0 if it is free."), "missing")
        if price * one.quantity >= _MOST:
            raise invalid(f"/lines/{place}/quantity", _("This comes to more than can be kept."), "too_large")
        offered.append(actions.Offered(product, one.quantity, price, one.description))
    return offered


def _stage(request: Asked, key: int | None) -> "Stage":
    stages = queries.stages_for(request.user)
    found = stages.first() if key is None else stages.filter(pk=key).first()
    if found is None:
        raise invalid("/stage_id", _("There is no such stage. List the pipelines to see the stages."), "unknown")
    return found


def _customer(request: Asked, given: OpportunityGiven) -> "Customer":
    people = customers_for(request.user)
    where = "customer_id" if given.customer_id is not None else "customer_number"
    if given.customer_id is not None:
        people = people.filter(pk=given.customer_id)
    elif given.customer_number:
        people = people.filter(source=given.customer_source or "main", number=given.customer_number)
    else:
        raise invalid("/customer_id", _("Say whose it is, by key or by number."), "missing")
    if (found := people.first()) is None:
        raise invalid(f"/{where}", _("There is no such customer. Add the customer first."), "unknown")
    return found


def _subscribed(request: Asked, given: WinGiven) -> actions.Subscribed:
    _scope(request, "subscriptions.add")
    plans = plans_for(request.user).filter(archived_at=None)
    where = "plan_id" if given.plan_id is not None else "plan_code"
    plans = plans.filter(pk=given.plan_id) if given.plan_id is not None else plans.filter(code=code(given.plan_code))
    if (plan := plans.first()) is None:
        raise invalid(f"/{where}", _("No such plan is on offer. Make the plan first."), "unknown")
    price = plan.price if given.price is None else given.price
    if price * given.quantity >= Decimal(10) ** 13:
        raise invalid("/quantity", _("This comes to more than can be kept."), "too_large")
    day = given.started_date or current_firm().day_of(timezone.now())
    return actions.Subscribed(plan, day, given.quantity, given.price)
