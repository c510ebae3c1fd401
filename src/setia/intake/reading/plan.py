"""The mapping of a file: which column is which field, and how its dates, numbers and cancellations are written.

A plan is what a person corrects on the mapping page, what is remembered for the next file of the same shape, and what
`setia import --map FILE` takes. As JSON it names columns by their place or by their name:

    {"what": "ORDERS", "fields": {"order_number": "Invoice", "ordered_at": 4}, "date_order": "DMY",
     "decimal": ",", "thousands": ".", "cancelled": {"kind": "PREFIX", "prefix": "C"}}

A field the firm defined itself is named by its code: `"own.target": "Target"`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from setia.intake.reading.fields import CONSENT, FIELDS, ONE_OF, PEOPLE
from setia.intake.reading.layout import fold
from setia.intake.reading.own import field_named, is_own, key_of
from setia.intake.reading.problems import Unreadable

DATE_ORDERS = ("DMY", "MDY", "YMD")
MATCHES = ("NUMBER", "PHONE", "EMAIL", "TAX", "NAME_TOWN")
"""What a row's customer may be recognised by first; see `Plan`."""
_CANCEL_WORDS_TEXT = (
    "batal|dibatalkan|cancel|cancelled|canceled|void|refund|refunded|retur|return|returned|"
    "dikembalikan|pengembalian|reversed|ditolak|gagal|failed|rejected|expired|kedaluwarsa"
)
CANCEL_WORDS = tuple(_CANCEL_WORDS_TEXT.split("|"))
"""Folded words in a status column that mean the order did not stand."""


@dataclass(frozen=True)
class Cancelled:
    """How the file marks a cancelled order: not at all, by a letter before its number, or by a word in a column.

    For COLUMN, `words` are folded; a cell counts when it is one of them, contains one as a word, or says yes.
    """

    kind: str = "NONE"
    prefix: str = ""
    words: tuple[str, ...] = CANCEL_WORDS


@dataclass(frozen=True)
class Plan:
    """How a file is read. `unsure` names what the sample did not settle: `date_order`, `number_signs`.

    `placeholders` are DROP (ids such as 0 or `guest` mean no customer) or KEEP; `placeholder_ids` are further such ids,
    `keep_ids` ids that are real customers although they look like placeholders. `match` is what a customer is
    recognised by first where a row has it; then come number, phone, e-mail and name. `currency` is the file's when no
    column says it; empty means the firm's own.
    """

    what: str
    fields: Mapping[str, int]
    date_order: str = "DMY"
    decimal: str = "."
    thousands: str = ","
    cancelled: Cancelled = field(default_factory=Cancelled)
    placeholders: str = "DROP"
    placeholder_ids: tuple[str, ...] = ()
    keep_ids: tuple[str, ...] = ()
    currency: str = ""
    header: tuple[str, ...] = ()
    fingerprint: str = ""
    sheet: str = ""
    unsure: tuple[str, ...] = ()
    match: str = "NUMBER"

    def missing(self) -> list[str]:
        """What must still be mapped: names of fields, a choice joined by `|`. Empty when the plan is whole."""
        lacking = [one.name for one in FIELDS[self.what] if one.required and one.name not in self.fields]
        for choice, _code in ONE_OF.get(self.what, ()):
            if not any(name in self.fields for name in choice):
                lacking.append("|".join(choice))
        if any(name in self.fields for name in (*CONSENT, "consent_how")):
            lacking += [name for name in CONSENT if name not in self.fields]
        if self.cancelled.kind == "COLUMN" and "cancelled" not in self.fields:
            lacking.append("cancelled")
        return lacking

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, which `from_json` reads back to an equal plan."""
        return {
            "what": self.what,
            "fields": dict(self.fields),
            "date_order": self.date_order,
            "decimal": self.decimal,
            "thousands": self.thousands,
            "cancelled": {
                "kind": self.cancelled.kind,
                "prefix": self.cancelled.prefix,
                "words": list(self.cancelled.words),
            },
            "placeholders": self.placeholders,
            "placeholder_ids": list(self.placeholder_ids),
            "keep_ids": list(self.keep_ids),
            "currency": self.currency,
            "header": list(self.header),
            "fingerprint": self.fingerprint,
            "sheet": self.sheet,
            "unsure": list(self.unsure),
            "match": self.match,
        }

    @classmethod
    def from_json(
        cls, data: Mapping[str, Any], *, what: str | None = None, header: Sequence[str] | None = None
    ) -> Plan:
        """A plan from its JSON form, or from one written by hand.

        :param what: used where the JSON does not say it.
        :param header: the file's column names, for columns given by name; default those in the JSON.
        :raises Unreadable: `plan` with what is wrong.
        """
        try:
            return cls._from_json(data, what, header)
        except Unreadable:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable("plan", detail=f"{type(error).__name__}: {error}") from error

    @classmethod
    def _from_json(cls, data: Mapping[str, Any], what: str | None, header: Sequence[str] | None) -> Plan:
        kind = str(data.get("what") or what or "").upper()
        if kind not in FIELDS:
            raise Unreadable("plan_what", value=kind)
        names = tuple(str(name) for name in (header if header is not None else data.get("header") or ()))
        known = {one.name for one in FIELDS[kind]}
        fields: dict[str, int] = {}
        for name, column in dict(data.get("fields") or {}).items():
            name = key_of(kind, str(name))
            if is_own(name) and kind in PEOPLE:
                field_named(kind, name)
            elif name not in known:
                raise Unreadable("plan_field", value=name)
            if column is None or column == "":
                continue
            fields[name] = _place(column, names)
        rule = data.get("cancelled") or {}
        words = tuple(fold(str(word)) for word in rule.get("words", CANCEL_WORDS))
        cancelled = Cancelled(str(rule.get("kind", "NONE")), str(rule.get("prefix", "")), words)
        plan = cls(
            what=kind,
            fields=fields,
            date_order=str(data.get("date_order", "DMY")),
            decimal=str(data.get("decimal", ".")),
            thousands=str(data.get("thousands", "," if data.get("decimal", ".") == "." else ".")),
            cancelled=cancelled,
            placeholders=str(data.get("placeholders", "DROP")),
            placeholder_ids=tuple(str(one) for one in data.get("placeholder_ids") or ()),
            keep_ids=tuple(str(one) for one in data.get("keep_ids") or ()),
            currency=str(data.get("currency") or "").upper(),
            header=names,
            fingerprint=str(data.get("fingerprint") or ""),
            sheet=str(data.get("sheet") or ""),
            unsure=tuple(str(one) for one in data.get("unsure") or ()),
            match=str(data.get("match", "NUMBER")),
        )
        for value, allowed, code in (
            (plan.date_order, DATE_ORDERS, "date_order"),
            (plan.decimal, (".", ","), "decimal"),
            (plan.thousands, (".", ",", ""), "thousands"),
            (plan.cancelled.kind, ("NONE", "PREFIX", "COLUMN"), "cancelled.kind"),
            (plan.placeholders, ("DROP", "KEEP"), "placeholders"),
            (plan.match, MATCHES, "match"),
        ):
            if value not in allowed:
                raise Unreadable("plan_value", name=code, value=value, allowed=", ".join(repr(a) for a in allowed))
        if plan.decimal == plan.thousands:
            raise Unreadable("plan_signs", value=plan.decimal)
        return plan


def _place(column: object, header: Sequence[str]) -> int:
    if isinstance(column, bool):
        raise Unreadable("plan_column", value=str(column))
    if isinstance(column, int):
        if column < 0 or (header and column >= len(header)):
            raise Unreadable("plan_column", value=str(column))
        return column
    name = str(column)
    if name in header:
        return list(header).index(name)
    folded = [fold(one) for one in header]
    if fold(name) in folded:
        return folded.index(fold(name))
    raise Unreadable("plan_column", value=name)
