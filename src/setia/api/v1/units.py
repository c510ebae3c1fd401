"""Installed units: what stands at whose, its warranty and its services."""

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
from setia.api.v1.fields import (
    PROBLEMS,
    Day,
    Given,
    Key,
    Line64,
    Line100,
    Line300,
    Paged,
    ProblemShown,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.catalogue.queries import product_coded, products_for
from setia.core.queries import today
from setia.core.versions import version_of
from setia.customers.queries import customers_for
from setia.subscriptions import actions, queries

if TYPE_CHECKING:
    from setia.subscriptions.models import Unit

router = Router(tags=["Units"])


class UnitShown(Shown):
    id: int
    serial: str
    product_id: int
    product_code: str
    customer_id: int
    installed_date: Day
    warranty_from_date: Day | None
    warranty_until_date: Day | None = Field(description=gettext_noop("The last day of it."))
    service_every_months: int | None
    next_service_date: Day | None
    place: str
    note: str
    retired_date: Day | None = Field(description=gettext_noop("The first day it no longer stands there."))
    created_at: AwareDatetime
    updated_at: AwareDatetime


class UnitPage(Shown):
    items: list[UnitShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class UnitFacts(Given):
    """What can be said about a unit. Fields left out stay as they are."""

    serial: Line100 = Field("", description=gettext_noop("Capitals and spaces around it do not count."))
    product_id: Key | None = None
    product_code: Line100 = ""
    customer_id: Key | None = None
    customer_number: Line100 = ""
    customer_source: Line64 = "main"
    installed_date: Day | None = None
    warranty_from_date: Day | None = None
    warranty_until_date: Day | None = None
    service_every_months: int | None = Field(None, ge=1, le=240)
    next_service_date: Day | None = None
    place: Line300 = ""
    note: Text = ""


class UnitFilters(Paged):
    sort: Literal["newest", "service", "warranty"] = "newest"
    service: Literal["DUE", "SOON"] | None = Field(None, description=gettext_noop("Due by today, or within 30 days."))
    warranty: Literal["YES", "ENDING", "NO"] | None = None
    customer_id: Key | None = None
    product_id: Key | None = None
    serial: Line100 = Field("", description=gettext_noop("Part of a serial number."))
    retired: bool = Field(False, description=gettext_noop("True: only those out of use."))


class ServiceGiven(Given):
    day: Day
    done: Text
    next_service_date: Day | None = Field(
        None, description=gettext_noop("Left out: one interval later, where there is one.")
    )


class RetireGiven(Given):
    day: Day = Field(description=gettext_noop("The first day without it."))


def shown(unit: "Unit") -> UnitShown:
    """A unit as it goes out."""
    fields: dict[str, Any] = {name: getattr(unit, name) for name in UnitShown.model_fields if name != "product_code"}
    return UnitShown(**fields, product_code=unit.product.code)


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    unit = queries.get_unit_for(request.user, pk)
    return answer(
        shown(unit),
        status=status,
        etag=version_of(unit.updated_at),
        location=reverse("api:get_unit", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/units",
    "subscriptions.view",
    answers={200: UnitPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List installed units"),
)
def list_units(request: Asked, wanted: Query[UnitFilters]) -> HttpResponse:
    params = {
        "service": wanted.service or "",
        "warranty": wanted.warranty or "",
        "customer": str(wanted.customer_id or ""),
        "product": str(wanted.product_id or ""),
        "q": wanted.serial,
        "retired": "1" if wanted.retired else "",
    }
    day = today(at=timezone.now())
    found, _chips = queries.narrow_units(request.user, queries.units_for(request.user), params, today=day)
    page, after = page_of(queries.unit_legs(found, wanted.sort), wanted, name="units")
    return answer(UnitPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/units",
    "subscriptions.units",
    answers={201: UnitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter an installed unit"),
    once=True,
)
def add_unit(request: Asked, given: UnitFacts) -> HttpResponse:
    facts = _stated(request, given)
    missing = [name for name in ("serial", "product", "customer", "installed_date") if not facts.get(name)]
    if missing:
        places = {"product": "product_code", "customer": "customer_id"}
        errors = [wrong(f"/{places.get(name, name)}", _("This is needed."), "missing") for name in missing]
        raise Problem("invalid", errors=errors)
    try:
        unit = actions.add_unit(by=request.user, at=timezone.now(), **cast(Any, facts))
    except actions.SerialTaken as error:
        raise _taken(request, error.unit) from error
    return _answer(request, unit.pk, status=201)


@offer(
    router,
    "GET",
    "/units/{int:pk}",
    "subscriptions.view",
    answers={200: UnitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read an installed unit"),
)
def get_unit(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/units/{int:pk}",
    "subscriptions.units",
    answers={200: UnitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Correct an installed unit"),
    conditional=True,
    once=True,
)
def edit_unit(request: Asked, pk: int, given: UnitFacts) -> HttpResponse:
    unit = queries.get_unit_for(request.user, pk)
    facts = _stated(request, given, unit)
    for name in ("serial", "installed_date"):
        if name in facts and not facts[name]:
            raise invalid(f"/{name}", _("This is needed."), "missing")
    try:
        actions.edit_unit(by=request.user, at=timezone.now(), unit=unit, version=expected(request), **cast(Any, facts))
    except actions.SerialTaken as error:
        raise _taken(request, error.unit) from error
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/units/{int:pk}/services",
    "subscriptions.units",
    answers={201: UnitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Note a service of a unit; answers the unit"),
    once=True,
)
def add_service(request: Asked, pk: int, given: ServiceGiven) -> HttpResponse:
    unit = queries.get_unit_for(request.user, pk)
    if not given.done:
        raise invalid("/done", _("Say what was done."), "missing")
    _within(given.day, "day")
    try:
        actions.add_service(by=request.user, at=timezone.now(), unit=unit, **given.model_dump())
    except actions.WrongDay as error:
        raise invalid("/next_service_date", _("The next service comes after this one."), "day") from error
    return _answer(request, pk, status=201)


@offer(
    router,
    "POST",
    "/units/{int:pk}/retire",
    "subscriptions.units",
    answers={200: UnitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a unit out of use from a day on"),
    once=True,
)
def retire_unit(request: Asked, pk: int, given: RetireGiven) -> HttpResponse:
    try:
        actions.retire_unit(
            by=request.user, at=timezone.now(), unit=queries.get_unit_for(request.user, pk), day=given.day
        )
    except actions.WrongDay as error:
        raise invalid("/day", _("This day lies before its installation."), "day") from error
    except actions.Retired as error:
        raise Problem("in-the-way", _("The unit is out of use already.")) from error
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/units/{int:pk}/back",
    "subscriptions.units",
    answers={200: UnitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Put a unit back in use"),
)
def unretire_unit(request: Asked, pk: int) -> HttpResponse:
    try:
        actions.unretire_unit(by=request.user, at=timezone.now(), unit=queries.get_unit_for(request.user, pk))
    except actions.Retired as error:
        raise Problem("in-the-way", _("The unit is in use.")) from error
    return _answer(request, pk)


def _stated(request: Asked, given: UnitFacts, unit: "Unit | None" = None) -> dict[str, Any]:
    named = ("product_id", "product_code", "customer_id", "customer_number", "customer_source")
    facts = given.said(leaving_out=named)
    if given.product_id is not None or given.product_code:
        if given.product_id is not None:
            facts["product"] = products_for(request.user).filter(pk=given.product_id).first()
        else:
            facts["product"] = product_coded(request.user, given.product_code)
        if facts["product"] is None:
            where = "product_id" if given.product_id is not None else "product_code"
            raise invalid(f"/{where}", _("There is no such product. Add the product first."), "unknown")
    if given.customer_id is not None or given.customer_number:
        people = customers_for(request.user)
        if given.customer_id is not None:
            facts["customer"] = people.filter(pk=given.customer_id).first()
        else:
            source = given.customer_source or "main"
            facts["customer"] = people.filter(source=source, number=given.customer_number).first()
        if facts["customer"] is None:
            where = "customer_id" if given.customer_id is not None else "customer_number"
            raise invalid(f"/{where}", _("There is no such customer. Add the customer first."), "unknown")
    if given.installed_date is not None:
        _within(given.installed_date, "installed_date")
    first = facts.get("warranty_from_date", unit.warranty_from_date if unit else None)
    final = facts.get("warranty_until_date", unit.warranty_until_date if unit else None)
    if first and final and final < first:
        raise invalid("/warranty_until_date", _("The warranty cannot end before it begins."), "day")
    return facts


def _within(day: Day, where: str) -> None:
    if not 1900 <= day.year <= 2200:
        raise invalid(f"/{where}", _("A day between the years 1900 and 2200."), "day")


def _taken(request: Asked, other: "Unit") -> Problem:
    words = _("Another unit of this product has this serial number.")
    seen = queries.units_for(request.user).filter(pk=other.pk).exists()
    candidates = [{"id": other.pk, "name": other.serial, "url": reverse("api:get_unit", args=[other.pk])}]
    return Problem("taken", words, errors=[wrong("/serial", words, "taken")], candidates=candidates if seen else [])
