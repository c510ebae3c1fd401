"""Lists narrowed and sorted by the firm's own fields, through the index each quick field has.

In an address a field's key (`n12`, of `customers.typed`) carries the filter:

=============  ============================  ==========================================================================
c5             12 or 12.13                   one of these options
r7             345                           refers to this customer
t6             manis                         holds this text, in any part
any of them    any, none                     has a value; has none
n3_from, …_to  10, 20.5 or 2026-11-19        a number, an amount or a day, the ends included (`n3_to`, `d4_from`)
=============  ============================  ==========================================================================

What is not of these shapes, or names a field that is not quick, is no filter. `sort=n3` and `sort=-n3` sort by it.

The database cannot know how a list's order and a field's values go together: walked by value, a list of customers with
a rare amount may be found at its very end. So each field is first asked for so many keys out of its own index; where
these are all, the list is made of them, whatever its order, and else they are frequent and a walk meets them soon.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import IntegerField, QuerySet, Value
from django.utils.translation import gettext as _

from setia.core.chips import Chip
from setia.core.keyset import By, Leg
from setia.core.permissions import Actor
from setia.customers import normalise, typed
from setia.customers.models import Customer
from setia.customers.queries.fields import FieldDef, in_words, names_for

_SPANS = "nmd"
_MOST_OPTIONS = 50
FEW = 4_000
"""So many customers of one value are fetched by their keys; of more, a page is found by walking the list.

Among a million the two cost the same about here: fetching one takes some four times as long as a step of the walk, and
fifty of four thousand are met within 12,500 steps.
"""

Condition = Callable[[QuerySet[Customer]], QuerySet[Customer]]


class ByOwn(NamedTuple):
    """What an address asks of the firm's own fields: the customers, and the filters in words.

    `few` are the keys of all customers who fulfil the rarest of the filters (and maybe not the others); None where
    there is no filter, or none is rare.
    """

    customers: QuerySet[Customer]
    chips: list[Chip]
    few: list[int] | None


def own_keys(fields: Sequence[FieldDef]) -> list[str]:
    """Every key an address may narrow a list by, for these fields."""
    quick = [one for one in fields if one.ready]
    return [
        key
        for one in quick
        for key in ((one.key, f"{one.key}_from", f"{one.key}_to") if one.letter in _SPANS else (one.key,))
    ]


def narrow_by_own(
    customers: QuerySet[Customer],
    params: Mapping[str, str],
    fields: Sequence[FieldDef],
    *,
    user: Actor,
    probed: bool = False,
) -> ByOwn:
    """Apply the filters by own fields that an address names, and say which in words.

    A reference to a customer whom this person may not see is no filter: its words would tell the name. With `probed`,
    the few keys are looked for among customers who are not archived, by one query if there is a filter.
    """
    chips: list[Chip] = []
    asked: dict[str, list[Condition]] = defaultdict(list)
    for field in fields:
        if not field.ready:
            continue
        for key in (field.key, f"{field.key}_from", f"{field.key}_to"):
            given = normalise.text(params.get(key, ""))[:200]
            if given and (read := _condition(field, key, given, user)) is not None:
                lookup, value, words = read
                asked[field.key].append(_applied(field.key, lookup, value))
                chips.append(Chip(field.label, words, key))
    for conditions in asked.values():
        for condition in conditions:
            customers = condition(customers)
    return ByOwn(customers, chips, _few(asked) if probed and asked else None)


def _applied(key: str, lookup: str, value: object) -> Condition:
    """One condition on a field, to be put on customers."""
    if lookup == "part":
        name, what = f"by_{key}_whole", typed.whole_text(key)
        lookup = "__contains"
    else:
        name, what = f"by_{key}", typed.expression(key)
    return lambda customers: customers.alias(**{name: what}).filter(**{f"{name}{lookup}": value})


def _few(asked: Mapping[str, Sequence[Condition]]) -> list[int] | None:
    """The keys of the rarest field's customers, or None where each field has more than `FEW`."""
    probes: list[QuerySet[Customer, Any]] = []
    for number, (key, conditions) in enumerate(asked.items()):
        rows = Customer.objects.filter(archived_at=None)
        for condition in conditions:
            rows = condition(rows)
        # In the order of the field's index, so that it alone is read, and no further than to the last key wanted.
        rows = rows.order_by() if key[0] == "t" else rows.order_by(typed.expression(key))
        probes.append(rows.values_list("id", Value(number, output_field=IntegerField()))[: FEW + 1])
    found: dict[int, list[int]] = {number: [] for number in range(len(probes))}
    for pk, number in probes[0] if len(probes) == 1 else probes[0].union(*probes[1:], all=True):
        found[number].append(pk)
    rarest = min(found.values(), key=len)
    return rarest if len(rarest) <= FEW else None


def _condition(field: FieldDef, key: str, given: str, user: Actor) -> tuple[str, object, str] | None:
    """The lookup, its value, and the filter in words; None for what is no filter."""
    if key == field.key and given in ("any", "none"):
        return "__isnull", given == "none", _("empty") if given == "none" else _("filled in")
    if key != field.key:
        if field.letter not in _SPANS or (value := _end(field, given)) is None:
            return None
        words = _("from %(value)s") if key.endswith("_from") else _("up to %(value)s")
        return ("__gte" if key.endswith("_from") else "__lte"), value, words % {"value": given}
    if field.letter == "c":
        options = [field.option(int(one)) for one in given.split(".")[:_MOST_OPTIONS] if one.isdecimal()]
        chosen = [one for one in options if one is not None]
        return ("__in", [one.id for one in chosen], ", ".join(one.label for one in chosen)) if chosen else None
    if field.letter == "r":
        if not given.isdecimal() or len(given) > 18:
            return None
        words = in_words(field, int(given), names_for(user, [int(given)]))
        return ("", int(given), words) if words else None
    if field.letter == "t":
        return "part", given.lower(), given
    return None


def _end(field: FieldDef, given: str) -> object | None:
    if field.letter == "d":
        try:
            value = field.parse(given)
        except ValidationError:
            return None
        return None if value is None else str(value)
    try:
        # As the address writes it, or as a person typed it into the filter.
        return typed.limited(Decimal(given), places=typed.PLACES[field.letter])
    except (InvalidOperation, ValidationError):
        pass
    try:
        return typed.number(given, places=typed.PLACES[field.letter])
    except ValidationError:
        return None


def legs_by_own(customers: QuerySet[Customer], field: FieldDef, *, descending: bool) -> list[Leg]:
    """By a quick field, then by name; customers without a value stand last, by name."""
    name = f"own_{field.key}"
    rows = customers.annotate(**{name: typed.expression(field.key)})
    filled = rows.filter(**{f"{name}__isnull": False})
    empty = rows.filter(**{f"{name}__isnull": True})
    order = tuple(By(one, descending) for one in (name, "sort_name", "id"))
    # The empty value stands in the order too, so that the field's own index is walked and not everybody's names.
    return [Leg(filled, order), Leg(empty, (By(name, constant=True), "sort_name", "id"))]
