"""Correct an order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.words import told_changes
from setia.customers.actions import hold, refuse_erased
from setia.orders.actions._record import record
from setia.orders.actions.add import NoLines, hold_agent, refuse_taken_number, settle, write_lines
from setia.orders.lines import Facts, Line, told_lines
from setia.orders.models import Order
from setia.orders.queries.version import version_of

_FOLLOWING = ("total", "kind", "day")
_SILENT = ("day", "note")  # a day follows its moment; a note may say anything about a person, so the trail repeats none


class Settled(Exception):
    """A return, or a purchase that was taken back whole: the two mirror each other and stay as they are."""


def edit(
    *, by: User, at: datetime, order: Order, lines: Sequence[Line], version: str = "", **facts: Unpack[Facts]
) -> Order:
    """Save the facts that differ; the lines are replaced as a set when they differ.

    `version` is the one the form was filled from (`queries.version_of`). Raises `ChangedMeanwhile` (of
    `core.versions`), `Settled`, `NoLines`, `NumberTaken` and `OwnAgent`.
    """
    require(by, "orders.edit")
    if not lines:
        raise NoLines
    try:
        with transaction.atomic():
            current = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
            if current.reversed or current.kind == Order.Kind.RETURN:
                raise Settled
            before = version_of(current)
            versions.check(version, before)
            buyer, day = current.customer_id, current.day
            customers = {buyer, current.agent_id}
            was = {name: getattr(current, name) for name in (*facts, *_FOLLOWING)}
            for name, value in facts.items():
                setattr(current, name, value)
            if current.customer_id:
                current.customer_id = hold(current.customer_id)
                if current.note != was.get("note", current.note) or current.customer_id != buyer:
                    refuse_erased([current.customer_id])
            hold_agent(current)
            if current.agent_id and current.agent_id not in customers:
                refuse_erased([current.agent_id])
            settle(current, lines)
            changed = [name for name, value in was.items() if getattr(current, name) != value]
            lines_before = told_lines(current.lines.select_related("product").order_by("position"))
            current.lines.all().delete()
            write_lines(current, lines)
            if changed:
                current.save(update_fields=changed)
            if version_of(current) != before:
                if not changed:  # only lines: the row's stamp must say all the same that a person changed the order
                    Order.objects.filter(pk=current.pk).update(latest_run=None)
                customers |= {current.customer_id, current.agent_id}
                changes = {name: (was[name], getattr(current, name)) for name in changed}
                for who in {"customer", "agent"} & changes.keys():  # by key: the audit trail holds nobody's details
                    changes[who] = _key(was[who]), _key(getattr(current, who))
                changes |= {"lines": (lines_before, told_lines(lines))} if lines_before != told_lines(lines) else {}
                data: dict[str, Any] = {"changes": told_changes({k: v for k, v in changes.items() if k not in _SILENT})}
                data |= {"fields": ["note"]} if "note" in changes else {}
                record("edited", by=by, at=at, order=current, customers=customers, data=data, days=[day])
    except IntegrityError:
        refuse_taken_number(current)
        raise
    return current


def _key(one: Any) -> str:
    return f"#{one.pk}" if one else ""
