"""Revisions and complaints: what a client wants changed or complains of, open until somebody says what was done."""

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
from setia.api.v1.fields import PROBLEMS, Day, Given, Key, Line300, Paged, ProblemShown, Shown, Text
from setia.api.v1.paging import page_of
from setia.api.v1.whose import NAMED, Whose, colleague, customer_named, within
from setia.core.queries import today
from setia.core.versions import version_of
from setia.service import actions, queries

if TYPE_CHECKING:
    from setia.service.models import Concern

router = Router(tags=["Revisions and complaints"])

Kind = Literal["REVISION", "COMPLAINT"]


class ConcernShown(Shown):
    id: int
    number: str = Field(description=gettext_noop("What the system it came from calls it."))
    source: str = Field(description=gettext_noop("That system; empty: written down by hand."))
    customer_id: int
    contract_id: int | None
    kind: Kind
    words: str
    raised_date: Day
    resolver: str | None = Field(description=gettext_noop("The e-mail address of who resolves it."))
    answer: str = Field(description=gettext_noop("What was done about it."))
    closed_at: AwareDatetime | None = Field(description=gettext_noop("Null: it is open."))
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ConcernPage(Shown):
    items: list[ConcernShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class ConcernFilters(Paged):
    done: bool = Field(False, description=gettext_noop("True: those done; else those open."))
    kind: Kind | None = None
    customer_id: Key | None = None


class ConcernFacts(Given):
    """What can be said about a revision or complaint. Fields left out stay as they are."""

    kind: Kind | None = None
    words: Text = Field("", description=gettext_noop("What is to be changed, or what was wrong."))
    raised_date: Day | None = Field(None, description=gettext_noop("Left out of a new one: today."))
    contract_id: Key | None = Field(None, description=gettext_noop("A contract of the same customer."))
    resolver: Line300 | None = Field(None, description=gettext_noop("The e-mail address of who resolves it."))


class ConcernGiven(ConcernFacts, Whose):
    """A new one. Its customer is named by key, or by number and source."""


class SettleGiven(Given):
    answer: Text = Field("", description=gettext_noop("What was done about it."))


def shown(one: "Concern") -> ConcernShown:
    """A revision or complaint as it goes out."""
    fields: dict[str, Any] = {name: getattr(one, name) for name in ConcernShown.model_fields if name != "resolver"}
    return ConcernShown(**fields, resolver=one.resolver.email if one.resolver else None)


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_concern_for(request.user, pk)
    return answer(
        shown(one),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_concern", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/concerns",
    "service.view",
    answers={200: ConcernPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List revisions and complaints, open ones that wait longest first"),
)
def list_concerns(request: Asked, wanted: Query[ConcernFilters]) -> HttpResponse:
    params = {
        "done": "1" if wanted.done else "",
        "kind": wanted.kind or "",
        "customer": str(wanted.customer_id or ""),
    }
    found, _chips = queries.narrow_concerns(request.user, queries.concerns_for(request.user), params)
    page, after = page_of(queries.concern_legs(found, done=wanted.done), wanted, name="concerns")
    return answer(ConcernPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/concerns",
    "service.concerns",
    answers={201: ConcernShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Write a revision or complaint down"),
    once=True,
)
def add_concern(request: Asked, given: ConcernGiven) -> HttpResponse:
    at, customer = timezone.now(), customer_named(request, given)
    facts = {"raised_date": today(at=at)} | _stated(request, given)
    for name in ("kind", "words"):
        if not facts.get(name):
            raise invalid(f"/{name}", _("This is needed."), "missing")
    try:
        one = actions.add_concern(by=request.user, at=at, customer=customer, **facts)
    except actions.OtherCustomersContract as error:
        raise _not_theirs() from error
    return _answer(request, one.pk, status=201)


@offer(
    router,
    "GET",
    "/concerns/{int:pk}",
    "service.view",
    answers={200: ConcernShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a revision or complaint"),
)
def get_concern(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/concerns/{int:pk}",
    "service.concerns",
    answers={200: ConcernShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change a revision or complaint"),
    conditional=True,
    once=True,
)
def edit_concern(request: Asked, pk: int, given: ConcernFacts) -> HttpResponse:
    one, facts = queries.get_concern_for(request.user, pk), _stated(request, given)
    version = expected(request)
    try:
        actions.edit_concern(by=request.user, at=timezone.now(), concern=one, version=version, **facts)
    except actions.OtherCustomersContract as error:
        raise _not_theirs() from error
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/concerns/{int:pk}/settle",
    "service.concerns",
    answers={200: ConcernShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Say that a revision or complaint is done, and how"),
    once=True,
)
def settle_concern(request: Asked, pk: int, given: SettleGiven) -> HttpResponse:
    one = queries.get_concern_for(request.user, pk)
    try:
        actions.settle_concern(by=request.user, at=timezone.now(), concern=one, answer=given.answer)
    except actions.StandsOtherwise as error:
        raise Problem("in-the-way", _("It is done already.")) from error
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/concerns/{int:pk}/reopen",
    "service.concerns",
    answers={200: ConcernShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Say that a revision or complaint is not done after all"),
)
def reopen_concern(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_concern_for(request.user, pk)
    try:
        actions.reopen_concern(by=request.user, at=timezone.now(), concern=one)
    except actions.StandsOtherwise as error:
        raise Problem("in-the-way", _("It is open.")) from error
    return _answer(request, pk)


def _stated(request: Asked, given: ConcernFacts) -> dict[str, Any]:
    facts = given.said(leaving_out=(*NAMED, "contract_id"))
    for name in ("kind", "words", "raised_date"):
        if name in facts and not facts[name]:
            raise invalid(f"/{name}", _("This is needed."), "missing")
    within(facts.get("raised_date"), "raised_date")
    if "resolver" in facts:
        facts["resolver"] = colleague(given.resolver, "resolver")
    if "contract_id" in given.model_fields_set:
        facts["contract"] = None
        if given.contract_id is not None:
            facts["contract"] = queries.contracts_for(request.user).filter(pk=given.contract_id).first()
            if facts["contract"] is None:
                raise invalid("/contract_id", _("There is no such contract. Enter the contract first."), "unknown")
    return facts


def _not_theirs() -> Problem:
    return invalid("/contract_id", _("This contract is another customer's."), "unknown")
