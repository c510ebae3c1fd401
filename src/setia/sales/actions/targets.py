"""Targets: set one, change it, take it away."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox, versions
from setia.core.permissions import require
from setia.core.words import told_changes
from setia.sales.actions.tally import mark_stale
from setia.sales.models import Target


class SameTarget(Exception):
    """There is a target for just this, of the same people and days."""


class TargetFacts(TypedDict, total=False):
    """What a person may state. `person`, `team`, `product` are rows or None; never both person and team."""

    measure: str
    person: User | None
    team: Any
    product: Any
    from_date: date
    until_date: date
    value: Decimal


def add_target(*, by: User, at: datetime, **facts: Unpack[TargetFacts]) -> Target:
    """Set a target. Raises `SameTarget`."""
    require(by, "sales.targets")
    made = Target(made_by=by, created_at=at, updated_at=at, **facts)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _counted_anew(made)
            _record("added", by=by, at=at, target=made)
    except IntegrityError as error:
        _refuse_same(error)
        raise
    return made


def edit_target(*, by: User, at: datetime, target: Target, version: str = "", **facts: Unpack[TargetFacts]) -> Target:
    """Save the facts that differ. Raises `SameTarget` and `ChangedMeanwhile` (of `core.versions`)."""
    require(by, "sales.targets")
    try:
        with transaction.atomic():
            current = Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
            versions.check(version, versions.version_of(current.updated_at))
            changes = {
                name: (getattr(current, name), value)
                for name, value in facts.items()
                if getattr(current, name) != value
            }
            for name, (_before, value) in changes.items():
                setattr(current, name, value)
            if changes:
                current.updated_at = at
                current.save(update_fields=[*changes, "updated_at"])
                _counted_anew(current)
                plain = {name: (_plain(before), _plain(after)) for name, (before, after) in changes.items()}
                _record("edited", by=by, at=at, target=current, data={"changes": told_changes(plain)})
    except IntegrityError as error:
        _refuse_same(error)
        raise
    return current


def remove_target(*, by: User, at: datetime, target: Target) -> None:
    """Take a target away; what was sold and done stays counted."""
    require(by, "sales.targets")
    with transaction.atomic():
        _record("removed", by=by, at=at, target=target, data={"value": str(target.value)})
        Target.objects.filter(pk=target.pk).delete()


def _counted_anew(target: Target) -> None:
    """The tally knows products only since they have a target, and days only since somebody asked for them."""
    length = (target.until_date - target.from_date).days + 1
    mark_stale([target.from_date + timedelta(days=day) for day in range(length)])


def _record(verb: str, *, by: User, at: datetime, target: Target, data: dict[str, Any] | None = None) -> None:
    audit(by=by, at=at, verb=f"target.{verb}", about="target", about_id=target.pk, data=data)
    outbox.emit("target.changed", at=at, target_id=target.pk)


def _plain(value: Any) -> Any:
    return str(value) if hasattr(value, "pk") else value


def _refuse_same(error: IntegrityError) -> None:
    if "sales_target_once" in str(error):
        raise SameTarget from error
