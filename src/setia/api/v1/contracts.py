"""Contracts: what was agreed with a client, until when, and the one that follows."""

from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid
from setia.api.v1.fields import (
    PROBLEMS,
    Amount,
    Day,
    Given,
    Key,
    Line100,
    Line200,
    Line300,
    Money,
    Paged,
    ProblemShown,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.api.v1.whose import NAMED, Whose, colleague, customer_named, within
from setia.core.queries import today
from setia.core.versions import version_of
from setia.service import actions, queries

if TYPE_CHECKING:
    from setia.service.models import Contract

router = Router(tags=["Contracts"])

Complexity = Literal["", "SIMPLE", "MODERATE", "COMPLEX"]


class ContractShown(Shown):
    id: int
    number: str
    source: str = Field(description=gettext_noop("The system the number comes from; empty: entered by hand."))
    customer_id: int
    title: str
    from_date: Day
    until_date: Day | None = Field(description=gettext_noop("The last day of it; null: no end agreed."))
    value: Money | None = Field(description=gettext_noop("Of the whole contract."))
    complexity: Complexity
    responsible: str | None = Field(description=gettext_noop("The e-mail address of the account manager."))
    note: str
    follows_id: int | None = Field(description=gettext_noop("The contract it renews."))
    followed_by_id: int | None = Field(description=gettext_noop("The contract that renews it."))
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ContractPage(Shown):
    items: list[ContractShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class ContractFilters(Paged):
    state: Literal["ENDING", "OVER", "ALL"] | None = Field(
        None,
        description=gettext_noop(
            "ENDING: within 90 days, not renewed. OVER: over, not renewed. ALL: past ones too. Else: those not over."
        ),
    )
    customer_id: Key | None = None


class ContractFacts(Given):
    """What can be said about a contract. Fields left out stay as they are."""

    title: Line200 = Field("", description=gettext_noop("What the work is."))
    number: Line100 = ""
    from_date: Day | None = None
    until_date: Day | None = Field(None, description=gettext_noop("The last day of it; null: no end agreed."))
    value: Amount | None = None
    complexity: Complexity = ""
    responsible: Line300 | None = Field(None, description=gettext_noop("The e-mail address of the account manager."))
    note: Text = ""


class ContractGiven(ContractFacts, Whose):
    """A new contract. Its customer is named by key, or by number and source."""


def shown(one: "Contract") -> ContractShown:
    """A contract as it goes out."""
    made = ("responsible", "followed_by_id")
    fields: dict[str, Any] = {name: getattr(one, name) for name in ContractShown.model_fields if name not in made}
    follower = one.successor
    return ContractShown(
        **fields,
        responsible=one.responsible.email if one.responsible else None,
        followed_by_id=follower.pk if follower else None,
    )


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_contract_for(request.user, pk)
    return answer(
        shown(one),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_contract", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/contracts",
    "service.view",
    answers={200: ContractPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List contracts, those that end soonest first"),
)
def list_contracts(request: Asked, wanted: Query[ContractFilters]) -> HttpResponse:
    params = {"state": wanted.state or "", "customer": str(wanted.customer_id or "")}
    day = today(at=timezone.now())
    found, _chips = queries.narrow_contracts(request.user, queries.contracts_for(request.user), params, today=day)
    page, after = page_of(queries.contract_legs(found, params["state"], today=day), wanted, name="contracts")
    return answer(ContractPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/contracts",
    "service.contracts",
    answers={201: ContractShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter a contract"),
    once=True,
)
def add_contract(request: Asked, given: ContractGiven) -> HttpResponse:
    facts, customer = _stated(given), customer_named(request, given)
    for name in ("title", "from_date"):
        if not facts.get(name):
            raise invalid(f"/{name}", _("This is needed."), "missing")
    try:
        one = actions.add_contract(by=request.user, at=timezone.now(), customer=customer, **facts)
    except actions.DatesReversed as error:
        raise _reversed() from error
    return _answer(request, one.pk, status=201)


@offer(
    router,
    "GET",
    "/contracts/{int:pk}",
    "service.view",
    answers={200: ContractShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a contract"),
)
def get_contract(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/contracts/{int:pk}",
    "service.contracts",
    answers={200: ContractShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change a contract"),
    conditional=True,
    once=True,
)
def edit_contract(request: Asked, pk: int, given: ContractFacts) -> HttpResponse:
    one, facts = queries.get_contract_for(request.user, pk), _stated(given)
    version = expected(request)
    try:
        actions.edit_contract(by=request.user, at=timezone.now(), contract=one, version=version, **facts)
    except actions.DatesReversed as error:
        raise _reversed() from error
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/contracts/{int:pk}/renew",
    "service.contracts",
    answers={201: ContractShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter the contract that follows one; what is left out is as in that one, and as long again"),
    once=True,
)
def renew_contract(request: Asked, pk: int, given: ContractFacts) -> HttpResponse:
    one, facts = queries.get_contract_for(request.user, pk), _stated(given)
    try:
        made = actions.renew_contract(by=request.user, at=timezone.now(), contract=one, **facts)
    except actions.DatesReversed as error:
        raise _reversed() from error
    except actions.CannotRenew as error:
        raise Problem("in-the-way", _("The contract has no end, or another one follows it already.")) from error
    return _answer(request, made.pk, status=201)


@offer(
    router,
    "DELETE",
    "/contracts/{int:pk}",
    "service.contracts",
    answers={204: None, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a contract away; its revisions and complaints stay"),
)
def remove_contract(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_contract_for(request.user, pk)
    actions.remove_contract(by=request.user, at=timezone.now(), contract=one)
    return answer(None)


def _stated(given: ContractFacts) -> dict[str, Any]:
    facts = given.said(leaving_out=NAMED)
    for name in ("title", "from_date"):
        if name in facts and not facts[name]:
            raise invalid(f"/{name}", _("This is needed."), "missing")
    for name in ("from_date", "until_date"):
        within(facts.get(name), name)
    if "responsible" in facts:
        facts["responsible"] = colleague(given.responsible, "responsible")
    return facts


def _reversed() -> Problem:
    return invalid("/until_date", _("It ends before it begins."), "day")
