"""Orders and their lines."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid, wrong
from setia.api.v1.fields import (
    PROBLEMS,
    Amount,
    Given,
    Key,
    Line64,
    Line100,
    Line200,
    Line300,
    Moment,
    Money,
    Paged,
    ProblemShown,
    Quantity,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.catalogue.queries import product_coded, products_for
from setia.customers.queries import customers_for
from setia.orders import actions, queries

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer
    from setia.orders.models import Order, OrderLine

router = Router(tags=["Orders"])

OrderKind = Literal["PURCHASE", "RETURN", "FREE", "ADJUSTMENT"]
_MOST = Decimal(10) ** 17


class LineShown(Shown):
    product_id: int | None
    product_code: str
    description: str
    quantity: Money
    unit_price: Money
    discount: Money
    amount: Money


class OrderHead(Shown):
    id: int
    source: str
    number: str
    kind: OrderKind
    customer_id: int | None = Field(description=gettext_noop("Null for somebody walking in."))
    agent_id: int | None = Field(description=gettext_noop("Who sold it for the firm and is credited with it."))
    ordered_at: AwareDatetime
    day: date = Field(description=gettext_noop("The firm's day it fell on."))
    total: Money
    discount: Money
    promotion_code: str
    channel: str
    reverses: int | None = Field(description=gettext_noop("The purchase that this return takes back whole."))
    reversed: bool
    note: str
    created_at: AwareDatetime


class OrderShown(OrderHead):
    lines: list[LineShown]


class OrderPage(Shown):
    items: list[OrderHead]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class LineGiven(Given):
    product_id: Key | None = None
    product_code: Line100 = Field("", description=gettext_noop("Instead of the key."))
    description: Line300 = Field("", description=gettext_noop("What it was, where it is no product of the list."))
    quantity: Quantity = Decimal(1)
    unit_price: Amount | None = Field(None, description=gettext_noop("Left out: the product's own price."))
    discount: Amount = Field(Decimal(0), description=gettext_noop("On the whole line."))


class OrderFacts(Given):
    """What can be said about an order. Fields left out stay as they are; lines are replaced as a set."""

    number: Line200 = Field("", description=gettext_noop("Left out, Setia gives one."))
    customer_id: Key | None = Field(None, description=gettext_noop("Left out: somebody walking in."))
    customer_number: Line100 = Field("", description=gettext_noop("Instead of the key: your own customer number."))
    customer_source: Line64 = Field("main", description=gettext_noop("The system that number comes from."))
    agent_id: Key | None = Field(
        None, description=gettext_noop("The customer who sold it for the firm; null: the firm itself.")
    )
    ordered_at: Moment | None = Field(None, description=gettext_noop("Left out: now."))
    discount: Amount = Field(Decimal(0), description=gettext_noop("On the whole order."))
    promotion_code: Line100 = ""
    channel: Line100 = ""
    note: Text = ""
    lines: list[LineGiven] = Field(default_factory=list, max_length=200)


class OrderFilters(Paged):
    sort: Literal["newest", "oldest", "total"] = "newest"
    kind: OrderKind | None = None
    channel: Line100 = ""
    customer: Key | None = Field(None, description=gettext_noop("Orders of the customer with this key."))
    agent: Key | None = Field(None, description=gettext_noop("Orders sold through the customer with this key."))
    product: Key | None = Field(None, description=gettext_noop("Orders that hold the product with this key."))
    number: Line200 = Field("", description=gettext_noop("The beginning of an order number."))
    since: date | None = Field(None, description=gettext_noop("From this day of the firm on."))
    until: date | None = Field(None, description=gettext_noop("Up to and with this day."))
    walk_in: bool = Field(False, description=gettext_noop("True: only purchases without a customer."))


class Reason(Given):
    reason: Text


def head(order: "Order") -> dict[str, Any]:
    """An order without its lines, as it goes out."""
    fields = {name: getattr(order, name) for name in OrderHead.model_fields if name != "reverses"}
    return fields | {"reverses": order.reverses_id}


def shown(order: "Order", lines: "list[OrderLine]") -> OrderShown:
    """An order with its lines, as it goes out."""
    return OrderShown(**head(order), lines=[_line(one) for one in lines])


def _line(one: "OrderLine") -> LineShown:
    return LineShown(
        product_id=one.product_id,
        product_code=one.product.code if one.product else "",
        description=one.description,
        quantity=one.quantity,
        unit_price=one.unit_price,
        discount=one.discount,
        amount=one.amount,
    )


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    order = queries.get_order_for(request.user, pk)
    return answer(
        shown(order, queries.lines_of(order)),
        status=status,
        etag=queries.version_of(order),
        location=reverse("api:get_order", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/orders",
    "orders.view",
    answers={200: OrderPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List orders, without their lines"),
)
def list_orders(request: Asked, wanted: Query[OrderFilters]) -> HttpResponse:
    for name in ("since", "until"):
        if (day := getattr(wanted, name)) and not 1900 <= day.year <= 2200:
            raise invalid(name, _("A day between the years 1900 and 2200."))
    params = {
        "kind": wanted.kind,
        "channel": wanted.channel,
        "walk_in": "1" if wanted.walk_in else "",
        "q": wanted.number,
    }
    params |= {
        "agent": wanted.agent,
        "customer": wanted.customer,
        "product": wanted.product,
        "from": wanted.since,
        "to": wanted.until,
    }
    given = {key: str(value) for key, value in params.items() if value}
    found, _chips = queries.narrow(request.user, queries.orders_for(request.user), given)
    page, after = page_of(queries.legs(found, wanted.sort), wanted, name="orders")
    return answer(OrderPage(items=[OrderHead(**head(one)) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/orders",
    "orders.add",
    answers={201: OrderShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter an order"),
    once=True,
)
def add_order(request: Asked, given: OrderFacts) -> HttpResponse:
    return _answer(request, add_one(request, given).pk, status=201)


@offer(
    router,
    "GET",
    "/orders/{int:pk}",
    "orders.view",
    answers={200: OrderShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read an order with its lines"),
)
def get_order(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/orders/{int:pk}",
    "orders.edit",
    answers={200: OrderShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Correct an order"),
    conditional=True,
    once=True,
)
def edit_order(request: Asked, pk: int, given: OrderFacts) -> HttpResponse:
    edit_one(request, queries.get_order_for(request.user, pk), given, version=expected(request))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/orders/{int:pk}/return",
    "orders.give_back",
    answers={201: OrderShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a purchase back whole; answers the return"),
    once=True,
)
def return_order(request: Asked, pk: int, given: Reason) -> HttpResponse:
    order = queries.get_order_for(request.user, pk)
    if not given.reason:
        raise invalid("/reason", _("Say in a word why; whoever reads it later will ask."), "missing")
    try:
        back = actions.give_back(by=request.user, at=timezone.now(), order=order, reason=given.reason)
    except actions.CannotGiveBack as error:
        raise Problem("in-the-way", _("Only a purchase can be taken back, and only once.")) from error
    return _answer(request, back.pk, status=201)


def version(order: "Order") -> str:
    """What If-Match compares."""
    return queries.version_of(order)


def add_one(request: Asked, given: OrderFacts, *, at: str = "") -> "Order":
    """Enter an order. `at` stands before the pointers of what is wrong."""
    facts = _stated(request, given, at=at)
    lines = _lines(request, given.lines, at=at)
    _sum_is_sensible(lines, given.discount, has_customer=facts.get("customer") is not None, at=at)
    try:
        return actions.add(by=request.user, at=timezone.now(), lines=lines, **cast(Any, facts))
    except actions.NoLines as error:
        raise invalid(f"{at}/lines", _("An order needs at least one line."), "missing") from error
    except actions.NumberTaken as error:
        raise _number_taken(request, error.order, at) from error
    except actions.OwnAgent as error:
        raise _own_agent(at) from error


def edit_one(request: Asked, order: "Order", given: OrderFacts, *, version: str, at: str = "") -> "Order":
    """Correct what was given about an order; lines that are not given stay."""
    facts = _stated(request, given, at=at)
    if "lines" in given.model_fields_set:
        lines = _lines(request, given.lines, at=at)
    else:
        lines = [
            actions.Line(one.product, one.quantity, one.unit_price, one.discount, one.description)
            for one in queries.lines_of(order)
        ]
    has_customer = facts.get("customer", order.customer_id) is not None
    _sum_is_sensible(lines, facts.get("discount", order.discount), has_customer=has_customer, at=at)
    try:
        return actions.edit(
            by=request.user, at=timezone.now(), order=order, lines=lines, version=version, **cast(Any, facts)
        )
    except actions.NoLines as error:
        raise invalid(f"{at}/lines", _("An order needs at least one line."), "missing") from error
    except actions.NumberTaken as error:
        raise _number_taken(request, error.order, at) from error
    except actions.OwnAgent as error:
        raise _own_agent(at) from error
    except actions.Settled as error:
        words = _("A return, or a purchase that was taken back whole, stays as it is.")
        raise Problem("in-the-way", words) from error


def _stated(request: Asked, given: OrderFacts, *, at: str) -> dict[str, Any]:
    facts = given.said(leaving_out=("agent_id", "customer_id", "customer_number", "customer_source", "lines"))
    for name in ("number", "ordered_at"):  # empty: as it is, or as Setia makes it
        if not facts.get(name):
            facts.pop(name, None)
    if given.model_fields_set & {"customer_id", "customer_number"}:
        facts["customer"] = _customer(request, given, at)
    if "agent_id" in given.model_fields_set:
        facts["agent"] = customers_for(request.user).filter(pk=given.agent_id or 0).first()
        if given.agent_id and facts["agent"] is None:
            raise invalid(f"{at}/agent_id", _("There is no such customer. Add the customer first."), "unknown")
    return facts


def _own_agent(at: str) -> Problem:
    words = _("Choose somebody else than the customer: nobody sells to themselves.")
    return invalid(f"{at}/agent_id", words, "own_agent")


def _customer(request: Asked, given: OrderFacts, at: str) -> "Customer | None":
    if given.customer_id is None and not given.customer_number:
        return None
    people = customers_for(request.user)
    if given.customer_id is not None:
        found, where = people.filter(pk=given.customer_id).first(), "customer_id"
    else:
        people = people.filter(source=given.customer_source or "main", number=given.customer_number)
        found, where = people.first(), "customer_number"
    if found is None:
        raise invalid(f"{at}/{where}", _("There is no such customer. Add the customer first."), "unknown")
    return found


def _lines(request: Asked, given: list[LineGiven], *, at: str) -> list[actions.Line]:
    by_key = products_for(request.user).in_bulk([one.product_id for one in given if one.product_id])
    errors, lines = [], []
    for place, one in enumerate(given):
        where = f"{at}/lines/{place}"
        product: Product | None = None
        if one.product_id is not None:
            product = by_key.get(one.product_id)
        elif one.product_code:
            product = product_coded(request.user, one.product_code)
        if product is None and (one.product_id is not None or one.product_code):
            name = "product_code" if one.product_id is None else "product_id"
            errors.append(wrong(f"{where}/{name}", _("There is no such product. Add the product first."), "unknown"))
        elif product is None and not one.description:
            errors.append(wrong(f"{where}/description", _("Choose a product, or say what it was."), "missing"))
        price = one.unit_price if one.unit_price is not None else (product.price if product else None)
        if price is None:
            errors.append(wrong(f"{where}/unit_price", _("Say the price; 0 if it was free."), "missing"))
        if one.quantity == 0:
            errors.append(wrong(f"{where}/quantity", _("At least something of it."), "invalid"))
        lines.append(actions.Line(product, one.quantity, price or Decimal(0), one.discount, one.description))
        if abs(one.quantity * (price or 0)) >= _MOST:
            errors.append(wrong(f"{where}/quantity", _("This comes to more than can be kept."), "too_large"))
    if errors:
        raise Problem("invalid", errors[0]["detail"], errors=errors)
    return lines


def _sum_is_sensible(lines: list[actions.Line], discount: Decimal, *, has_customer: bool, at: str) -> None:
    total = actions.total_of(lines, discount)
    if lines and total < 0:
        words = _("This comes to less than nothing. A return is made from its order, at …/return.")
        raise invalid(f"{at}/lines", words, "negative")
    if lines and total == 0 and not has_customer:
        raise invalid(f"{at}/customer_id", _("An order that costs nothing needs a customer."), "missing")
    if abs(total) >= _MOST:
        raise invalid(f"{at}/lines", _("This comes to more than can be kept."), "too_large")


def _number_taken(request: Asked, other: "Order", at: str) -> Problem:
    words = _("Another order has this number.")
    try:
        seen = queries.get_order_for(request.user, other.pk)
    except Http404:
        candidates = []
    else:
        candidates = [{"id": seen.pk, "name": seen.number, "url": reverse("api:get_order", args=[seen.pk])}]
    return Problem("taken", words, errors=[wrong(f"{at}/number", words, "taken")], candidates=candidates)
