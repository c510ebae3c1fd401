"""A record's history: who changed what, when, from what to what. Several rooms know a part, so it is put together here.

Of a customer the timeline tells what people did, of a product or order the audit trail; what imports did is read from
the values they kept for undo. Nothing of it is written for the sake of this page, so no import is slower for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from setia.accounts import queries as accounts
from setia.catalogue import queries as catalogue
from setia.core.words import Change, changes_in_words, told, told_changes, verb_name
from setia.customers import queries as customers
from setia.intake import queries as intake
from setia.web.timeline import CHANGES

PAGE = 50
_EDITS = 500  # changes by hand that are looked through for what came between two imports


@dataclass(frozen=True)
class Step:
    """One thing that happened to the record. `who` is '' for Setia itself; `run` is the import that did it."""

    at: datetime
    who: str
    title: str
    changes: Sequence[Change] = ()
    text: str = ""
    run: Any = None


class History(NamedTuple):
    """A page of it, the newest first. `before` leads to the next, older page; '' on the last."""

    steps: list[Step]
    before: str


class _Edit(NamedTuple):
    """Something a person did: its moment and key, the step, and the fields it changed, each with its value before."""

    at: datetime
    pk: int
    step: Step
    was: Mapping[str, Any]


_Place = tuple[datetime, int]
_Source = Callable[[_Place | None, int], list[_Edit]]


@dataclass(frozen=True)
class _Kind:
    """How to read one kind of record: its table, its columns and what they are called in a change, its words."""

    table: str
    columns: Mapping[str, str]
    words: Callable[[Mapping[str, Any]], Sequence[Change]]
    names: Mapping[str, Callable[[], Mapping[int, str]]] = field(default_factory=dict)


def of_customer(customer: Any, *, before: str = "") -> History:
    """What happened to a customer's record, notes and orders apart."""

    def source(place: _Place | None, most: int) -> list[_Edit]:
        found = customers.entries_of(customer, before=place, most=most, kinds=CHANGES)
        return [_from_timeline(entry) for entry in found]

    return _history(source, _CUSTOMER, customer.pk, before)


def of_product(product: Any, *, before: str = "") -> History:
    """What happened to a product."""
    return _history(_trail("product", product.pk), _PRODUCT, product.pk, before)


def of_order(order: Any, *, before: str = "") -> History:
    """What happened to an order and its lines."""
    return _history(_trail("order", order.pk), _ORDER, order.pk, before)


def _from_timeline(entry: Any) -> _Edit:
    words = customers.tell(entry)
    step = Step(entry.at, str(entry.by or ""), words.title, words.changes, words.text)
    changes = entry.data.get("changes", {}) if entry.kind == "EDITED" else {}
    return _Edit(entry.at, entry.pk, step, {name: pair[0] for name, pair in changes.items()})


def _trail(about: str, pk: int) -> _Source:
    def source(place: _Place | None, most: int) -> list[_Edit]:
        found = accounts.trail_of(about, pk, before=place[1] if place else None, most=most)
        return [_from_trail(entry) for entry in found]

    return source


def _from_trail(entry: Any) -> _Edit:
    changes = entry.data.get("changes") or {}
    only_named = [Change(one.label, "", "") for one in changes_in_words(entry.about, _named(entry.data, changes))]
    shown = [*changes_in_words(entry.about, changes), *only_named]
    step = Step(entry.at, str(entry.by or ""), verb_name(entry.verb), shown)
    return _Edit(entry.at, entry.pk, step, {name: pair[0] for name, pair in changes.items()})


def _named(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields an entry names without telling what they said."""
    named = data.get("fields") or []
    return {name: ["", ""] for name in named if isinstance(name, str) and name not in changes}


def _history(source: _Source, kind: _Kind, pk: int, before: str) -> History:
    place = _read(before)
    edits = source(place, PAGE + 1)
    page, rest = edits[:PAGE], len(edits) > PAGE
    oldest = page[-1].at if rest else None
    runs = intake.row_changes(kind.table, pk)
    # Imports come between the edits of this page: few runs touch one record, so they need no place of their own.
    shown = [
        place_of
        for place_of, one in enumerate(runs)
        if (place is None or _at(one.run) < place[0]) and (oldest is None or _at(one.run) >= oldest)
    ]
    steps = [edit.step for edit in page]
    if shown:
        by_hand = source(None, _EDITS)
        steps += [_import(runs, one, by_hand, kind) for one in shown]
    steps.sort(key=lambda step: step.at, reverse=True)
    return History(steps, f"{page[-1].at.isoformat()}~{page[-1].pk}" if rest else "")


def _import(runs: Sequence[Any], place: int, by_hand: Sequence[_Edit], kind: _Kind) -> Step:
    """What one run changed: from the row it found to the row it left, before people changed that."""
    one = runs[place]
    who = str(one.run.by or "")
    if one.before is None:
        return Step(_at(one.run), who, _("Came with an import"), run=one.run)
    since, until = _at(one.run), _at(runs[place - 1].run) if place else None
    was, now = _plain(one.before, kind), _plain(one.after, kind)
    for edit in by_hand:  # the newest first: what the first change after the run found is what the run left
        if edit.at > since and (until is None or edit.at < until):
            now |= {name: value for name, value in edit.was.items() if name in now}
    changed = told_changes({name: (was[name], now[name]) for name in now if was[name] != now[name]})
    return Step(since, who, _("Changed by an import"), kind.words(changed), run=one.run)


def _plain(row: Mapping[str, Any], kind: _Kind) -> dict[str, Any]:
    """A row's columns as a change by hand would tell them."""
    plain: dict[str, Any] = {}
    for column, name in kind.columns.items():
        value = row.get(column)
        if column in kind.names and value is not None:
            value = kind.names[column]().get(value, f"#{value}")
        elif column.endswith("_id") and value is not None:
            value = f"#{value}"
        elif column == "lines":
            value = _lines(value)
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            value = _number(value)
        plain[name] = told(value)
    return plain


def _lines(lines: Any) -> list[str]:
    """An order's lines as `orders` tells them, with the codes of their products."""
    codes = catalogue.codes_of({line["product_id"] for line in lines or [] if line["product_id"]})
    return [
        f"{_number(line['quantity'])} × {codes.get(line['product_id'], line['description'] or '–')}"
        f" = {_number(line['amount'])}"
        for line in lines or []
    ]


def _number(value: Any) -> str:
    return str(told(Decimal(str(value))))


def _at(run: Any) -> datetime:
    moment: datetime = run.finished_at or run.created_at
    return moment


def _read(place: str) -> _Place | None:
    at, _tilde, pk = place.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    known = pk.isdecimal() and len(pk) < 19 and timezone.is_aware(moment)
    return (moment, int(pk)) if known else None


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_CUSTOMER = _Kind(
    "customers_customer",
    _same("kind", "number", "name", "call_name", "title", "role", "relation", "acquisition", "gender", "birthday")
    | _same("tax_number", "region", "notes")
    | {"industry_id": "industry", "recommended_by_id": "recommended_by"},
    customers.changes_in_words,
    {"industry_id": customers.industry_names},
)
_PRODUCT = _Kind(
    "catalogue_product",
    _same("code", "name", "kind", "price", "warranty_months", "notes") | {"category_id": "category"},
    lambda changes: changes_in_words("product", changes),
    {"category_id": lambda: {one.pk: one.name for one in catalogue.categories()}},
)
_ORDER = _Kind(
    "orders_order",
    _same("number", "ordered_at", "kind", "total", "discount", "promotion_code", "channel", "note", "lines")
    | {"customer_id": "customer"},
    lambda changes: changes_in_words("order", changes),
)
