"""Everything held about one customer: for the person themselves, readable by machines and by people (article 32)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps import apps
from django.db.models import DateField, DateTimeField, DecimalField, Field, FloatField, ForeignKey, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from setia.core import personal
from setia.customers.models import Customer
from setia.customers.queries.gate import merged_into

if TYPE_CHECKING:
    _Field: TypeAlias = Field[Any, Any]
else:
    _Field = Field


@dataclass
class Section:
    """One table's rows: whole for machines (`rows`), and in words for people (`head`, `lines`)."""

    table: str
    title: str
    rows: list[dict[str, Any]]
    head: list[str] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)
    files: list[tuple[str, Path]] = field(default_factory=list)


def bundle(customer: Customer) -> list[Section]:
    """What every room holds about a customer, in the order a person reads it. Sections without rows are left out.

    Records merged into this one are the same person's, and stand with it.
    """
    keys = [customer.pk, *merged_into(customer)]
    found = (_section(one, keys) for one in personal.holdings())
    return [section for section in found if section.rows]


def at_erasure(table: str) -> str:
    """What becomes of a section's rows at an erasure: `DELETE`, `BLANK` or `KEEP`."""
    return next(one.at_erasure.value for one in personal.holdings() if one.table == table)


def _section(holding: personal.Holding, keys: list[int]) -> Section:
    rows = [row for key in keys for row in personal.rows_about(holding, key)]
    section = Section(holding.table, str(holding.title), rows, [str(words) for words in holding.columns.values()])
    if rows:
        fields = _fields(holding.table)
        named = {name: _names(fields.get(name), name, rows) for name in holding.columns}
        section.lines = [[_words(holding, fields, named, name, row) for name in holding.columns] for row in rows]
        if holding.file is not None:
            found = [(f"{row['id']}-{row.get('name', '')}", holding.file(row)) for row in rows]
            section.files = [(name, path) for name, path in found if path is not None and path.is_file()]
    return section


@cache
def _fields(table: str) -> Mapping[str, _Field]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return {one.name: one for one in model._meta.concrete_fields}
    return {}


def _names(one: _Field | None, name: str, rows: list[dict[str, Any]]) -> dict[Any, str]:
    """What a key points at, by name, for all rows in one query."""
    if not isinstance(one, ForeignKey):
        return {}
    model: type[Model] = one.related_model
    keys = {row.get(one.attname) for row in rows} - {None}
    return {key: str(found) for key, found in model._default_manager.in_bulk(list(keys)).items()}


def _words(
    holding: personal.Holding,
    fields: Mapping[str, _Field],
    named: Mapping[str, Mapping[Any, str]],
    name: str,
    row: Mapping[str, Any],
) -> str:
    one = fields.get(name)
    value = row.get(one.attname if one is not None else name)
    if value is None or value == "" or value == {} or value == []:
        return "–"
    if name in holding.words:
        return holding.words[name](value)
    if isinstance(one, ForeignKey):
        return named[name].get(value, str(value))
    if choices := dict(getattr(one, "flatchoices", None) or []):
        return str(choices.get(value, value))
    if isinstance(one, DateTimeField):
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    if isinstance(one, DateField):
        return date.fromisoformat(value).isoformat()
    if isinstance(one, DecimalField | FloatField):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return _plain(value)


def _plain(value: Any) -> str:
    """Anything else: yes and no, lists and nested values on one line."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{key.replace('_', ' ')}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return "–" if value is None else str(value)
