"""Many records in one request: each is matched by its own number or code, added or changed, and reported on.

Every record goes through the same verbs as a single one, all in one transaction, each in a savepoint of its own. One
that is refused leaves the others standing, unless `all_or_nothing` asks otherwise. For hundreds of thousands of records
there are imports.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from setia.api.door import Asked, answer, offer
from setia.api.problems import Problem, of_denied, wrong
from setia.api.v1 import customers, orders, products
from setia.api.v1.fields import PROBLEMS, Given, ProblemShown, Shown, Trouble
from setia.catalogue.queries import product_coded
from setia.core.permissions import may
from setia.customers.queries import customers_for, tags_of_many
from setia.orders.queries import orders_for

router = Router(tags=["Bulk"])

MOST = 500
MOST_ORDERS = 200


class Outcome(Shown):
    """What became of one record, by its place in the request (from 0)."""

    index: int
    status: Literal["created", "updated", "unchanged", "refused"]
    id: int | None = None
    code: str = ""
    detail: str = ""
    errors: list[Trouble] = []
    candidates: list[dict[str, Any]] = []


class Report(Shown):
    created: int
    updated: int
    unchanged: int
    refused: int
    items: list[Outcome]


class HowMany(Given):
    all_or_nothing: bool = Field(
        False, description=gettext_noop("True: one refused record refuses them all, and nothing is changed.")
    )
    force: bool = Field(
        False, description=gettext_noop("Add customers although they look like ones who are here already.")
    )


class Customers(Given):
    items: list[customers.NewCustomer] = Field(min_length=1, max_length=MOST)


class Products(Given):
    items: list[products.ProductFacts] = Field(min_length=1, max_length=MOST)


class Orders(Given):
    items: list[orders.OrderFacts] = Field(min_length=1, max_length=MOST_ORDERS)


class _Undone(Exception):
    """All of it is taken back."""


def _each(items: Sequence[Any], do: Callable[[Any, str], tuple[str, int]], *, all_or_nothing: bool) -> HttpResponse:
    """Do every record in turn; `do` answers what it did and to which key. Raises `Problem` for all or nothing."""
    outcomes: list[Outcome] = []
    try:
        with transaction.atomic():
            for index, item in enumerate(items):
                outcomes.append(_one(index, item, do))
            if all_or_nothing and any(one.status == "refused" for one in outcomes):
                raise _Undone
    except _Undone as error:
        refused = [one for one in outcomes if one.status == "refused"]
        errors = [trouble.model_dump() for one in refused for trouble in one.errors or [_whole(one)]]
        raise Problem(
            "invalid", _("Nothing was changed, since all records were to be taken or none."), errors=errors
        ) from error
    counts = {
        name: sum(one.status == name for one in outcomes) for name in ("created", "updated", "unchanged", "refused")
    }
    return answer(Report(**counts, items=outcomes))


def _one(index: int, item: Any, do: Callable[[Any, str], tuple[str, int]]) -> Outcome:
    at = f"/items/{index}"
    try:
        with transaction.atomic():
            status, key = do(item, at)
    except Problem as problem:
        told = problem.told()
        return Outcome(
            index=index,
            status="refused",
            code=problem.code,
            detail=told["detail"],
            errors=[Trouble(**one) for one in problem.errors],
            candidates=problem.more.get("candidates", []),
        )
    except PermissionDenied as error:
        denied = of_denied(error)
        return Outcome(index=index, status="refused", code=denied.code, detail=denied.told()["detail"])
    return Outcome(index=index, status=status, id=key)  # type: ignore[arg-type]


def _whole(one: Outcome) -> Trouble:
    return Trouble(**wrong(f"/items/{one.index}", one.detail, one.code))


def _also(request: Asked, scope: str) -> None:
    """The second scope a bulk operation needs: adding and changing are two verbs. Raises `Problem`."""
    if scope not in request.token.scopes:
        words = _("The scope %(scope)s is missing.") % {"scope": scope}
        raise Problem("scope-missing", words, scope=scope)
    if not may(request.user, scope):
        raise PermissionDenied(scope)


@offer(
    router,
    "POST",
    "/customers/bulk",
    "customers.add",
    answers={200: Report, PROBLEMS: ProblemShown},
    summary=gettext_noop("Add or change many customers, matched by their number"),
    once=True,
)
def bulk_customers(request: Asked, given: Customers, wanted: Query[HowMany]) -> HttpResponse:
    _also(request, "customers.edit")
    people = customers_for(request.user)

    def do(one: customers.NewCustomer, at: str) -> tuple[str, int]:
        customer = people.filter(source="main", number=one.number).first() if one.number else None
        if customer is None:
            return "created", customers.add_one(request, one, force=wanted.force, at=at).pk
        before, tags = customer.updated_at, tags_of_many([customer.pk])
        changed = customers.edit_one(request, customer, one, version="", at=at).updated_at != before
        changed |= customers.add_contacts(request, customer, one.contacts, at=at)
        changed |= tags_of_many([customer.pk]) != tags
        return ("updated" if changed else "unchanged"), customer.pk

    return _each(given.items, do, all_or_nothing=wanted.all_or_nothing)


class AllOrNothing(Given):
    all_or_nothing: bool = Field(
        False, description=gettext_noop("True: one refused record refuses them all, and nothing is changed.")
    )


@offer(
    router,
    "POST",
    "/products/bulk",
    "catalogue.add",
    answers={200: Report, PROBLEMS: ProblemShown},
    summary=gettext_noop("Add or change many products, matched by their code"),
    once=True,
)
def bulk_products(request: Asked, given: Products, wanted: Query[AllOrNothing]) -> HttpResponse:
    _also(request, "catalogue.edit")

    def do(one: products.ProductFacts, at: str) -> tuple[str, int]:
        product = product_coded(request.user, one.code) if one.code else None
        if product is None:
            return "created", products.add_one(request, one, at=at).pk
        before = product.updated_at
        changed = products.edit_one(request, product, one, version="", at=at).updated_at != before
        return ("updated" if changed else "unchanged"), product.pk

    return _each(given.items, do, all_or_nothing=wanted.all_or_nothing)


@offer(
    router,
    "POST",
    "/orders/bulk",
    "orders.add",
    answers={200: Report, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter or correct many orders, matched by their number"),
    once=True,
)
def bulk_orders(request: Asked, given: Orders, wanted: Query[AllOrNothing]) -> HttpResponse:
    _also(request, "orders.edit")

    def do(one: orders.OrderFacts, at: str) -> tuple[str, int]:
        order = orders_for(request.user).filter(source="main", number=one.number).first() if one.number else None
        if order is None:
            return "created", orders.add_one(request, one, at=at).pk
        before = orders.version(order)
        changed = orders.version(orders.edit_one(request, order, one, version="", at=at)) != before
        return ("updated" if changed else "unchanged"), order.pk

    return _each(given.items, do, all_or_nothing=wanted.all_or_nothing)
