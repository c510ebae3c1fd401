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
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from setia.core.chips import Chip
from setia.core.keyset import By, Leg
from setia.core.permissions import Actor
from setia.customers import normalise, typed
from setia.customers.models import Customer
from setia.customers.queries.fields import FieldDef, in_words, names_for

_SPANS = "nmd"
_MOST_OPTIONS = 50


def own_keys(fields: Sequence[FieldDef]) -> list[str]:
    """Every key an address may narrow a list by, for these fields."""
    quick = [one for one in fields if one.ready]
    return [
        key
        for one in quick
        for key in ((one.key, f"{one.key}_from", f"{one.key}_to") if one.letter in _SPANS else (one.key,))
    ]


def narrow_by_own(
    customers: QuerySet[Customer], params: Mapping[str, str], fields: Sequence[FieldDef], *, user: Actor
) -> tuple[QuerySet[Customer], list[Chip]]:
    """Apply the filters by own fields that an address names, and say which in words.

    A reference to a customer whom this person may not see is no filter: its words would tell the name.
    """
    chips: list[Chip] = []
    for field in fields:
        if not field.ready:
            continue
        name = f"by_{field.key}"
        for key in (field.key, f"{field.key}_from", f"{field.key}_to"):
            given = normalise.text(params.get(key, ""))[:200]
            if not given:
                continue
            read = _condition(field, key, given, user)
            if read is None:
                continue
            lookup, value, words = read
            if lookup == "part":
                customers = customers.alias(**{f"{name}_whole": typed.whole_text(field.key)})
                customers = customers.filter(**{f"{name}_whole__contains": value})
            else:
                customers = customers.alias(**{name: typed.expression(field.key)}).filter(**{f"{name}{lookup}": value})
            chips.append(Chip(field.label, words, key))
    return customers, chips


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
