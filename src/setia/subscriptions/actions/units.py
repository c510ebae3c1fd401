"""Installed units: enter one, correct it, note a service, say that it no longer stands there."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import paragraph
from setia.core.words import told_changes
from setia.customers.actions import hold, refuse_erased
from setia.subscriptions.actions._record import record
from setia.subscriptions.actions.start import WrongDay
from setia.subscriptions.codes import code
from setia.subscriptions.models import Unit, UnitService
from setia.subscriptions.terms import months_later

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer


class UnitFacts(TypedDict, total=False):
    """What a person may say about a unit."""

    product: "Product"
    serial: str
    customer: "Customer"
    installed_date: date
    warranty_from_date: date | None
    warranty_until_date: date | None
    service_every_months: int | None
    next_service_date: date | None
    place: str
    note: str


_UNTOLD = ("note", "place")  # may say anything about a person, so the trail names the field alone


class SerialTaken(Exception):
    """Another unit of this product has this serial number. `unit` is that one."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.serial)
        self.unit = unit


class Retired(Exception):
    """The unit no longer stands there, or does again: somebody else may just have said so."""


def add_unit(*, by: User, at: datetime, **facts: Unpack[UnitFacts]) -> Unit:
    """Enter a unit. Without a day for its next service it is the first interval after its installation.

    Raises `SerialTaken`.
    """
    require(by, "subscriptions.units")
    unit = Unit(created_at=at, updated_at=at, **facts)
    unit.serial = code(unit.serial)
    if unit.next_service_date is None and unit.service_every_months:
        unit.next_service_date = months_later(unit.installed_date, unit.service_every_months)
    try:
        with transaction.atomic():
            unit.customer_id = hold(unit.customer_id)
            refuse_erased([unit.customer_id])
            unit.save(force_insert=True)
            _told("added", by=by, at=at, unit=unit, customers={unit.customer_id})
    except IntegrityError:
        _refuse_taken(unit)
        raise
    return unit


def edit_unit(*, by: User, at: datetime, unit: Unit, version: str = "", **facts: Unpack[UnitFacts]) -> Unit:
    """Save the facts that differ. Raises `ChangedMeanwhile` (of `core.versions`) and `SerialTaken`."""
    require(by, "subscriptions.units")
    if "serial" in facts:
        facts["serial"] = code(facts["serial"])
    try:
        with transaction.atomic():
            current = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
            versions.check(version, versions.version_of(current.updated_at))
            customers = {current.customer_id}
            changes = {
                name: (getattr(current, name), value)
                for name, value in facts.items()
                if getattr(current, name) != value
            }
            if not changes:
                return current
            for name, value in facts.items():
                setattr(current, name, value)
            current.customer_id = hold(current.customer_id)
            refuse_erased([current.customer_id])
            customers.add(current.customer_id)
            current.updated_at = at
            current.save(update_fields=[*changes, "updated_at"])
            told = {name: pair for name, pair in changes.items() if name not in _UNTOLD}
            if "customer" in told:  # by key, not by name: the audit trail holds nobody's details
                was, now = told["customer"]
                told["customer"] = f"#{was.pk}", f"#{now.pk}"  # type: ignore[attr-defined]
            data: dict[str, Any] = {
                "changes": told_changes(told),
                "fields": [name for name in changes if name in _UNTOLD],
            }
            moved = customers if "customer" in changes or "installed_date" in changes else set()
            _told("edited", by=by, at=at, unit=current, customers=moved, data=data)
    except IntegrityError:
        _refuse_taken(current)
        raise
    return current


def add_service(
    *, by: User, at: datetime, unit: Unit, day: date, done: str, next_service_date: date | None = None
) -> UnitService:
    """Note what was done on a day. The next service is `next_service_date`, or one interval later where there is one.

    Raises `WrongDay` for a next service that is not after this one.
    """
    require(by, "subscriptions.units")
    if next_service_date is not None and next_service_date <= day:
        raise WrongDay("next_service_date", day)
    with transaction.atomic():
        current = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        refuse_erased([current.customer_id])
        service = UnitService.objects.create(unit=current, day=day, done=paragraph(done), by=by, at=at)
        coming = next_service_date
        if coming is None and current.service_every_months:
            coming = months_later(day, current.service_every_months)
        later = UnitService.objects.filter(unit=current, day__gt=day).exists()
        if not later or next_service_date is not None:  # an older visit noted afterwards moves nothing
            current.next_service_date = coming
        current.updated_at = at
        current.save(update_fields=["next_service_date", "updated_at"])
        _told("served", by=by, at=at, unit=current, customers=set(), data={"day": day.isoformat()})
    return service


def retire_unit(*, by: User, at: datetime, unit: Unit, day: date) -> None:
    """Say that it no longer stands there from a day on. Raises `Retired`, and `WrongDay` before its installation."""
    require(by, "subscriptions.units")
    if day < unit.installed_date:
        raise WrongDay("day", unit.installed_date)
    with transaction.atomic():
        if not Unit.objects.filter(pk=unit.pk, retired_date=None).update(retired_date=day, updated_at=at):
            raise Retired
        _told("retired", by=by, at=at, unit=unit, customers={unit.customer_id}, data={"day": day.isoformat()})


def unretire_unit(*, by: User, at: datetime, unit: Unit) -> None:
    """Say that it stands there after all. Raises `Retired`."""
    require(by, "subscriptions.units")
    with transaction.atomic():
        if not Unit.objects.filter(pk=unit.pk, retired_date__isnull=False).update(retired_date=None, updated_at=at):
            raise Retired
        _told("unretired", by=by, at=at, unit=unit, customers={unit.customer_id})


def _told(
    verb: str, *, by: User, at: datetime, unit: Unit, customers: set[int], data: dict[str, Any] | None = None
) -> None:
    record(f"unit.{verb}", by=by, at=at, about="unit", about_id=unit.pk, customers=customers, data=data)


def _refuse_taken(unit: Unit) -> None:
    if other := Unit.objects.filter(product=unit.product_id, serial=unit.serial).exclude(pk=unit.pk).first():
        raise SerialTaken(other)
