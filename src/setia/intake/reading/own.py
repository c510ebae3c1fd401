"""The firm's own fields as fields a file of customers may fill, and the people of the firm as owners it may name.

A plan names an own field by its key in the customer's record, `own_n12`, which stays when the field gets another
label. A mapping written by hand may name it by its code instead: `own.target`. Only what needs them asks for them, so
that reading a file of anything else touches no database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from setia.intake.reading.fields import FIELDS, PEOPLE, Field, Type
from setia.intake.reading.layout import fold
from setia.intake.reading.problems import Unreadable

KEY = re.compile(r"own_([tnmdcr][1-9][0-9]{0,8})")
CODE = "own."
_TYPES = {"t": Type.TEXT, "n": Type.NUMBER, "m": Type.NUMBER, "d": Type.DATE, "c": Type.CHOICE, "r": Type.ID}
_TEXT = 500


def is_own(name: str) -> bool:
    """Whether a plan's name of a field means one the firm defined itself."""
    return KEY.fullmatch(name) is not None


def own_fields(what: str) -> tuple[Field, ...]:
    """The firm's own fields that a file of this kind may fill. One or two queries for customers, else none."""
    if what not in PEOPLE:
        return ()
    from setia.customers.queries import custom_fields  # here, because it needs Django to be set up

    return tuple(
        Field(
            f"own_{one.key}",
            _TYPES[one.letter],
            tuple(dict.fromkeys((fold(one.label), fold(one.code)))),
            100 if one.letter == "r" else _TEXT,
            choices=tuple((str(option.id), (fold(option.label),)) for option in one.options),
            label=one.label,
        )
        for one in custom_fields()
    )


def field_named(what: str, name: str) -> Field:
    """The field of that name, own ones too. Raises Unreadable for one that is not there, or no more."""
    fields = own_fields(what) if is_own(name) else FIELDS[what]
    for one in fields:
        if one.name == name:
            return one
    raise Unreadable("plan_field", value=name)


def key_of(what: str, name: str) -> str:
    """The plan's name of a field given by its code, `own.target`; any other name stays. Raises Unreadable."""
    if not name.startswith(CODE) or what not in PEOPLE:
        return name
    from setia.customers.queries import custom_fields

    for one in custom_fields():
        if one.code == name.removeprefix(CODE):
            return f"own_{one.key}"
    raise Unreadable("plan_field", value=name)


def label_of(name: str) -> str:
    """What the firm calls one of its own fields; its key where it is gone."""
    return next((one.label for one in own_fields("CUSTOMERS") if one.name == name), name)


def people() -> Mapping[str, tuple[int, bool]]:
    """Who may be named as responsible: folded e-mail address, and name where only one has it → key, and still here."""
    from setia.accounts.queries import everybody

    everyone = everybody()
    names = Counter(str(one).casefold() for one in everyone)
    found = {str(one).casefold(): (one.pk, one.is_active) for one in everyone if names[str(one).casefold()] == 1}
    return found | {one.email.casefold(): (one.pk, one.is_active) for one in everyone}
