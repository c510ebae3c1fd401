"""The fields a firm defined for itself, and what customers hold in them.

Definitions are few and asked for by almost every page, so they are kept in this process under the firm's
`lists_version`, a word that every change of them replaces: who brings the word of the moment asks no question.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from setia.core.among import among
from setia.core.permissions import Actor, require
from setia.customers import normalise, typed
from setia.customers.models import Customer, CustomField, FieldOption
from setia.customers.queries.gate import customers_for
from setia.customers.typed import Value

_MOST_KEPT = 8
_kept: dict[str, tuple["FieldDef", ...]] = {}


@dataclass(frozen=True)
class OptionDef:
    """One option of a choice: its key, which customers hold, and its word."""

    id: int
    label: str
    hidden: bool


@dataclass(frozen=True)
class FieldDef:
    """A field as forms, lists, files and programs need it.

    `key` names it in `Customer.extra` (`n12`), `code` in files and programs (`target`). `type` is TEXT, NUMBER, MONEY,
    DATE, CHOICE or REFERENCE. `ready` says that lists may be filtered and sorted by it.
    """

    id: int
    about: str
    key: str
    code: str
    type: str
    label: str
    hint: str
    ready: bool
    hidden: bool
    options: tuple[OptionDef, ...] = ()

    @property
    def letter(self) -> str:
        return self.key[0]

    def option(self, value: Any) -> OptionDef | None:
        """The option of that key."""
        return next((one for one in self.options if one.id == value), None)

    @staticmethod
    def decimals(value: Decimal) -> int:
        """How many decimals a number has as it stands, for showing it."""
        exponent = value.normalize().as_tuple().exponent
        return max(-exponent, 0) if isinstance(exponent, int) else 0

    def parse(self, given: Any) -> Value | None:
        """A value from text as typed, or from what a program sends; None for nothing.

        A choice is given by its option's word or key, a reference by the other customer's key, a day as `2026-11-19`
        or a `date`. Raises `ValidationError` with what is wrong; that a reference leads to a customer, and to one this
        person may see, is for the caller to look up (`unknown_references`).
        """
        if given is None or (isinstance(given, str) and not normalise.text(given)):
            return None
        if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal | date):
            raise ValidationError(_("This is not a value of the field “%(field)s”."), params={"field": self.label})
        text = normalise.text(str(given))
        if self.letter == "t":
            if len(text) > typed.TEXT_LENGTH:
                raise ValidationError(_("Use at most %(most)s characters."), params={"most": typed.TEXT_LENGTH})
            return text
        if self.letter in typed.PLACES:
            places = typed.PLACES[self.letter]
            if isinstance(given, str):
                return typed.number(text, places=places)
            return typed.limited(Decimal(text), places=places)
        if self.letter == "d":
            return _day(given if isinstance(given, date) else text)
        if self.letter == "c":
            return self._choice(text)
        if not text.isdecimal() or not 0 < len(text) < 19 or int(text) < 1:
            raise ValidationError(_("Choose a customer from the list."))
        return int(text)

    def _choice(self, text: str) -> int:
        for one in self.options:
            if one.label.casefold() == text.casefold():
                return one.id
        if text.isdecimal() and len(text) < 19 and self.option(int(text)):
            return int(text)
        words = ", ".join(one.label for one in self.options if not one.hidden)
        raise ValidationError(
            _("“%(text)s” is none of the choices: %(choices)s."), params={"text": text[:60], "choices": words[:300]}
        )

    def of(self, customer: Customer) -> Value | None:
        """What this customer holds in it."""
        kept = customer.extra.get(self.key)
        return None if kept is None else typed.loaded(self.letter, kept)


def _day(given: date | str) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is not a day. Write it as 2026-11-19."), params={"text": given[:60]}
        ) from error


def custom_fields(*, about: str = "CUSTOMER", hidden: bool = False, version: str | None = None) -> tuple[FieldDef, ...]:
    """The fields of one kind of record in their order; with `hidden`, those out of use too (not those being deleted).

    `version` is the firm's `lists_version` where it is at hand: then nothing is asked if the answer is known. The empty
    word stands as long as nobody has ever made a field.
    """
    if version == "":
        return ()
    if version and version in _kept:
        every = _kept[version]
    else:
        every = _read()
        if version:
            while len(_kept) >= _MOST_KEPT:
                _kept.pop(next(iter(_kept)), None)
            _kept[version] = every
    return tuple(one for one in every if one.about == about and (hidden or not one.hidden))


def fields_version(request: HttpRequest) -> str | None:
    """The firm's `lists_version` as the middleware brought it along with this request; None where it did not."""
    return getattr(getattr(request, "firm", None), "lists_version", None)


def _read() -> tuple[FieldDef, ...]:
    fields = CustomField.objects.filter(deleting_at=None).prefetch_related("options")
    return tuple(
        FieldDef(
            id=one.pk,
            about=one.about,
            key=one.key,
            code=one.code,
            type=one.type,
            label=one.label,
            hint=one.hint,
            ready=one.index == CustomField.Index.READY,
            hidden=one.hidden_at is not None,
            options=tuple(OptionDef(o.pk, o.label, o.hidden_at is not None) for o in one.options.all()),
        )
        for one in fields
    )


def get_field_for(user: Actor, pk: int) -> CustomField:
    """A field for somebody who arranges fields. Raises `PermissionDenied`, `Http404`."""
    require(user, "customers.arrange_fields")
    field = CustomField.objects.filter(pk=pk, deleting_at=None).first()
    if field is None:
        raise Http404
    return field


def get_option_for(user: Actor, pk: int, option_pk: int) -> FieldOption:
    """An option of a field. Raises `PermissionDenied`, `Http404`."""
    option = FieldOption.objects.select_related("field").filter(pk=option_pk, field=get_field_for(user, pk)).first()
    if option is None:
        raise Http404
    return option


def names_of(keys: Iterable[int]) -> dict[int, str]:
    """The names of customers that others refer to, by key; one that is gone is missing. For values already gated."""
    wanted = set(keys)
    if not wanted:
        return {}
    return {one.pk: one.display_name for one in Customer.objects.filter(among("id", wanted)).only("name", "number")}


def names_for(user: Actor, keys: Iterable[int]) -> dict[int, str]:
    """The names of those of these customers whom this person may see, by key; of one merged away the survivor's.

    A key in an address or in a field may be anybody's: so whoever it is about, the gate answers.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    seen = customers_for(user)
    found = {one.pk: one.display_name for one in seen.filter(among("id", wanted))}
    if missing := wanted - set(found):
        markers = Customer.objects.filter(among("id", missing), merged_into__in=seen).select_related("merged_into")
        found |= {one.pk: one.merged_into.display_name for one in markers if one.merged_into}
    return found


def references_in(fields: Sequence[FieldDef], customers: Iterable[Customer]) -> set[int]:
    """The customers that these refer to in any of these fields."""
    keys = [one.key for one in fields if one.letter == "r"]
    return {value for customer in customers for key in keys if (value := customer.extra.get(key))}


def in_words(field: FieldDef, value: Value | None, names: Mapping[int, str] | None = None) -> str:
    """A value as plain text in a file or on the timeline: a day as ISO writes it, a number without signs between."""
    if value is None:
        return ""
    if field.letter == "c":
        option = field.option(value)
        return option.label if option else ""
    if field.letter == "r":
        return (names or {}).get(int(str(value)), "")
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def exported_value(field: FieldDef, value: Value | None, names: Mapping[int, str] | None = None) -> Any:
    """A value for a cell of a file: a number stays a number and a day a day, all else is text."""
    return value if isinstance(value, Decimal | date) else in_words(field, value, names)


def held(customer: Customer, fields: Sequence[FieldDef]) -> list[tuple[FieldDef, Value]]:
    """The fields this customer has a value in, in their order."""
    return [(one, value) for one in fields if (value := one.of(customer)) is not None]


def no_such_field(name: str) -> str:
    """What to say of a field that is not there."""
    return _("There is no field “%(name)s”.") % {"name": name[:60]}


def no_such_customer() -> str:
    """What to say of a reference that leads nowhere this person may go, or to the customer itself."""
    return _("Choose another customer who is on record.")


def arranged(user: Actor) -> list[CustomField]:
    """Every field with its state, hidden ones too, for the page they are arranged on. Raises `PermissionDenied`."""
    require(user, "customers.arrange_fields")
    return list(CustomField.objects.filter(deleting_at=None).prefetch_related("options"))
