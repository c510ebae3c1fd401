"""Change what is stated about a customer."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core import outbox, versions
from setia.core.permissions import require
from setia.customers.actions._record import record
from setia.customers.actions.add import refuse_taken_number
from setia.customers.actions.assign import require_may_choose
from setia.customers.actions.erased import refuse_erased
from setia.customers.actions.name_keys import keep_name_key
from setia.customers.actions.regions import read_region
from setia.customers.actions.values import checked
from setia.customers.facts import Facts
from setia.customers.models import Customer

_CLASSED = {"kind", "role", "relation", "owner"}
"""Facts that the classes of a customer are worked out from: who changes one changes what is known."""
_SHOWN = 300  # characters of a long text that the timeline repeats


def edit(*, by: User, at: datetime, customer: Customer, version: str = "", **facts: Unpack[Facts]) -> Customer:
    """Save the facts that differ, and nothing else, so that two people who change different facts both keep theirs.

    `version` is the one the form was filled from (`core.versions`). Raises `ChangedMeanwhile` when the customer has
    changed since, `RecordErased`, `NumberTaken` (of `actions.add`), `PermissionDenied` for an owner `by` may not
    choose, and `BadValue` (of `values`) for a value of one of the firm's own fields (`extra`). The timeline tells each
    change from what to what.
    """
    require(by, "customers.edit")
    extra = checked(facts.pop("extra", {}), by=by, customer=customer)
    try:
        with transaction.atomic():
            current = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
            versions.check(version, versions.version_of(current.updated_at))
            if "region" in facts and "region_code" not in facts and facts["region"] != current.region:
                facts["region_code"] = ""  # the code belonged to the words before
            changes: dict[str, tuple[Any, Any]] = {}
            for name, value in facts.items():
                if (before := getattr(current, name)) != value:
                    changes[name] = (before, value)
                    setattr(current, name, value)
            if "owner" in changes:
                require_may_choose(by, facts["owner"])
            current.extra, own = extra.apply(current.extra)
            if changes or own:
                refuse_erased([current.pk])
                current.updated_at = at
                current.save(update_fields=[*changes, *(["extra"] if own else []), "updated_at"])
                if "name" in changes:
                    keep_name_key(current.pk, current.name)
                if "region" in changes and not current.region_code:
                    read_region(current.region, at=at)
                told = {name: [_told(a), _told(b)] for name, (a, b) in (changes | own).items() if name != "region_code"}
                record(
                    "edited",
                    by=by,
                    at=at,
                    customer=current,
                    data={"changes": told} | ({"labels": extra.labels(own)} if own else {}),
                    audited={"fields": sorted(changes | own)},
                )
                if _CLASSED & changes.keys():
                    outbox.emit("customer.restated", at=at, customer_id=current.pk)
    except IntegrityError:
        refuse_taken_number(current)
        raise
    return current


def set_values(*, by: User, at: datetime, customer: Customer, values: Mapping[str, Any], version: str = "") -> Customer:
    """Set values of the firm's own fields, None or '' to clear; fields left out stay as they are.

    Raises `BadValue`, and `ChangedMeanwhile` where a `version` (`core.versions`) is given and no longer the customer's.
    """
    return edit(by=by, at=at, customer=customer, version=version, extra=dict(values))


def _told(value: Any) -> str:
    """A value as the timeline keeps it: what a person can read later, even when the thing itself is gone."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
