"""Pages of a long list, both ways, at the same cost on the first page and on the ten-thousandth.

A list is one or more *legs*, each an ordering that an index of the database has. The page after a row is found by that
row's own values (a seek), never by counting rows from the start. Several legs follow one another: customers whose value
is known by value, then those without one by name.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, Func, Model, Q, QuerySet
from django.db.models.expressions import OrderBy, RawSQL

COUNTED = 10_000


class By(NamedTuple):
    """One field of an order, for what a name cannot say: an index on `value DESC NULLS LAST` serves only that order.

    `constant` is a field that has one value in the whole leg (say NULL): it stands in the order so that the index is
    used, and never in the cursor. With `sorted_only` no index of the field can answer for the order: for rows that are
    few and found otherwise, which a planner that expects more of them would look for along the whole list.
    """

    field: str
    descending: bool = False
    nulls_last: bool = False
    constant: bool = False
    sorted_only: bool = False

    def expression(self) -> OrderBy:
        """For `order_by`."""
        # The greatest of one value is that value, but no index has it.
        field = Func(F(self.field), function="GREATEST") if self.sorted_only else F(self.field)
        if self.descending:
            return field.desc(nulls_last=self.nulls_last or None)
        return field.asc(nulls_first=self.nulls_last or None)

    def reversed(self) -> "By":
        """The same, from the other end."""
        return self._replace(descending=not self.descending)


class Leg(NamedTuple):
    """Rows in one order. `order` names fields as in `order_by`, or says more by `By`.

    Together, but for constant ones, they are unique and never NULL in this leg. `with_next` is this leg and the next as
    one query in this leg's order, those of the next at the end with NULL in the first field: a first page asks once.
    `whole` is where rows are read from once their keys are known, so that a long walk reads an index and no rows.
    `each` names a field and the keys it has in this leg, few, where the index begins with that field: each of them is
    asked for a page of its own, and what they answer is put in order. Without it rows of a few among many who have
    rows would be looked for along the whole list. It needs `whole`.
    """

    rows: QuerySet[Any]
    order: tuple[str | By, ...]
    with_next: QuerySet[Any] | None = None
    whole: QuerySet[Any] | None = None
    each: tuple[str, Sequence[int]] | None = None

    @property
    def by(self) -> list[By]:
        """The order, said in full."""
        return [By(one.removeprefix("-"), one.startswith("-")) if isinstance(one, str) else one for one in self.order]

    @property
    def keys(self) -> list[By]:
        """What a cursor holds."""
        return [one for one in self.by if not one.constant]


@dataclass(frozen=True)
class Page:
    """Rows of one page, the cursors of its neighbours ('' where there is none), and each row's own place in the list.

    A place is the cursor of what follows the row; a record opened from the list keeps it to find its neighbours.
    """

    rows: list[Any]
    earlier: str
    later: str
    places: list[str]


class Count(NamedTuple):
    """How many rows: exact up to `COUNTED`, else `number` is `COUNTED` and there are more."""

    number: int
    exact: bool


def count(rows: QuerySet[Any], *, most: int = COUNTED) -> Count:
    """Count rows, looking at no more than `most` of them."""
    found = rows.order_by()[: most + 1].count()
    return Count(min(found, most), found <= most)


def in_hand(legs: Sequence[Leg]) -> list[Leg]:
    """The same list, for rows whose keys are at hand and few: they are fetched and sorted, never walked to."""
    return [leg._replace(order=tuple(one._replace(sorted_only=True) for one in leg.by)) for leg in legs]


def page(legs: Sequence[Leg], *, size: int, cursor: str = "") -> Page:
    """The page a cursor points at; the first page for no cursor, or for one that is not ours."""
    place = _read(cursor, legs)
    if place is None:
        return _page(legs, size=size, back=False, start=0, values=None)
    back, start, values = place
    try:
        return _page(legs, size=size, back=back, start=start, values=values)
    except (ValidationError, ValueError, OverflowError):
        return _page(legs, size=size, back=False, start=0, values=None)


def place_of(row: Any, legs: Sequence[Leg]) -> str:
    """The cursor of what follows a row at hand, whose leg is the first one it has all values for."""
    known = (
        index for index, leg in enumerate(legs) if all(getattr(row, one.field, None) is not None for one in leg.keys)
    )
    return _write(False, next(known), row, legs)


def neighbours(legs: Sequence[Leg], place: str) -> tuple[tuple[Any, str] | None, tuple[Any, str] | None]:
    """The rows before and after a place, each with its own place; None at the ends, or for a place that is not ours."""
    read = _read(place, legs)
    if read is None:
        return None, None
    _, start, values = read
    sides = []
    for back in (True, False):
        try:
            found = _rows(legs, most=1, back=back, start=start, values=values)
        except (ValidationError, ValueError, OverflowError):
            return None, None
        sides.append((found[0][1], _write(False, found[0][0], found[0][1], legs)) if found else None)
    return sides[0], sides[1]


def _rows(legs: Sequence[Leg], *, most: int, back: bool, start: int, values: list[str] | None) -> list[tuple[int, Any]]:
    """At most so many rows from a place on, each with the number of its leg, in the order walked."""
    found: list[tuple[int, Any]] = []
    if values is None and not back and (both := legs[0].with_next) is not None:
        order = [one.expression() for one in legs[0].by]
        found = [(int(_is_null(row, legs[0])), row) for row in both.order_by(*order)[:most]]
        start = 2
    for index in range(start, -1, -1) if back else range(start, len(legs)):
        if len(found) == most:
            break
        leg = legs[index]
        rows = leg.rows
        if values is not None and index == start:
            rows = rows.filter(_beyond(leg.keys, values, back=back))
        order = [(one.reversed() if back else one).expression() for one in leg.by]
        wanted = most - len(found)
        if leg.whole is not None and leg.each is not None:
            rows = leg.whole.filter(pk__in=_of_each(rows.order_by(*order), leg.each, wanted)).order_by(*order)[:wanted]
        elif leg.whole is not None:
            rows = leg.whole.filter(pk__in=rows.order_by(*order)[:wanted].values("pk")).order_by(*order)
        else:
            rows = rows.order_by(*order)[:wanted]
        found += [(index, row) for row in rows]
    return found


def _of_each(rows: QuerySet[Any], each: tuple[str, Sequence[int]], most: int) -> RawSQL:
    """The keys of the first rows of each of those a field names, as many of each as are wanted of all."""
    field, keys = each
    one = rows.filter(**{field: RawSQL("these.key", [])}).values("pk")[:most]
    sql, given = one.query.sql_with_params()
    asked = f"SELECT first.pk FROM unnest(%s::bigint[]) AS these (key) CROSS JOIN LATERAL ({sql}) AS first (pk)"  # noqa: S608 - Django's own SQL
    return RawSQL(asked, [list(keys), *given])  # noqa: S611 - the same


def _is_null(row: Model, leg: Leg) -> bool:
    return getattr(row, leg.by[0].field) is None


def _page(legs: Sequence[Leg], *, size: int, back: bool, start: int, values: list[str] | None) -> Page:
    found = _rows(legs, most=size + 1, back=back, start=start, values=values)
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
        if not more:  # the first page, whole: rows may have come in before the one we came from
            return _page(legs, size=size, back=False, start=0, values=None)
    if not found:
        return Page([], "", "", [])
    first, final = found[0], found[-1]
    earlier = _write(True, first[0], first[1], legs) if back or values is not None else ""
    later = _write(False, final[0], final[1], legs) if back or more else ""
    places = [_write(False, index, row, legs) for index, row in found]
    return Page([row for _, row in found], earlier, later, places)


def _beyond(keys: list[By], values: list[str], *, back: bool) -> Q:
    """Rows after these values: (a > x) or (a = x and b > y) …, with the a >= x an index can start from."""
    alternatives: list[Q] = []
    same = Q()
    sides = ["lt" if one.descending != back else "gt" for one in keys]
    for one, side, value in zip(keys, sides, values, strict=True):
        alternatives.append(same & Q(**{f"{one.field}__{side}": value}))
        same &= Q(**{one.field: value})
    return Q(**{f"{keys[0].field}__{sides[0]}e": values[0]}) & reduce(Q.__or__, alternatives)


def _value(row: Model, name: str) -> str:
    value: Any = row
    for step in name.split("__"):
        value = getattr(value, step)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _write(back: bool, index: int, row: Model, legs: Sequence[Leg]) -> str:
    content = [int(back), index, *(_value(row, one.field) for one in legs[index].keys)]
    return base64.urlsafe_b64encode(json.dumps(content, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str, legs: Sequence[Leg]) -> tuple[bool, int, list[str]] | None:
    if not cursor or len(cursor) > 4000:
        return None
    try:
        back, index, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        known = back in (0, 1) and isinstance(index, int) and 0 <= index < len(legs)
    except (binascii.Error, UnicodeError, ValueError, TypeError):
        return None
    if not known or len(values) != len(legs[index].keys) or not all(isinstance(v, str) for v in values):
        return None
    return bool(back), index, [value.replace("\x00", "") for value in values]
