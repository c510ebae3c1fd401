"""The columns a list of customers may show. An address names them in `cols`, in their order; without it the usual ones.

The name always stands first and is none of these.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from setia.customers import queries
from setia.portraits.queries import listing

MOST = 20
USUAL = ("stage", "traits", "value", "spread", "next", "latest")


class Column(NamedTuple):
    """A column: its key, its title, the order its title offers ('' for none), and the own field it shows, if it does.

    `right` are figures, `low` can be left out where there is little room.
    """

    key: str
    label: Any
    sort: str = ""
    right: bool = False
    low: bool = False
    field: queries.FieldDef | None = None


_BUILT_IN = (
    Column("stage", _("Stage")),
    Column("traits", _("Traits"), low=True),
    Column("value", _("Value, 12 months"), "value", right=True),
    Column("spread", _("Range (80%)")),
    Column("next", _("Next purchase")),
    Column("latest", _("Latest purchase"), "latest", low=True),
    Column("called", _("Called")),
    Column("number", _("Customer number")),
    Column("tax", _("Tax number")),
    Column("kind", _("Kind")),
    Column("role", _("Role")),
    Column("relation", _("Relation")),
    Column("service", _("Service model")),
    Column("interaction", _("Way of interacting")),
    Column("industry", _("Industry")),
    Column("region", _("Region")),
    Column("gender", _("Gender")),
    Column("birthday", _("Birthday")),
    Column("acquisition", _("Came by")),
    Column("owner", _("Responsible")),
    Column("mobile", _("Telephone")),
    Column("purchases", _("Purchases"), right=True),
    Column("spent", _("Spent"), right=True),
    Column("created", _("Record made"), "newest"),
)


def columns(own: Sequence[queries.FieldDef]) -> list[Column]:
    """Every column there is, the firm's own fields last."""
    return [*_BUILT_IN, *(_own(one) for one in own)]


def chosen(cols: str, own: Sequence[queries.FieldDef]) -> list[Column]:
    """The columns an address asks for; a word that is none is left out, and without any the usual ones stand."""
    known = {one.key: one for one in columns(own)}
    found = [known[key] for key in dict.fromkeys(cols.split(",")[: 2 * MOST]) if key in known][:MOST]
    return found or [known[key] for key in USUAL]


def _own(field: queries.FieldDef) -> Column:
    return Column(field.key, field.label, field.key if field.ready else "", field.letter in "nm", field=field)


_PLAIN: dict[str, Callable[[Any, Any, Mapping[str, str]], Any]] = {
    "stage": lambda one, portrait, reach: portrait and portrait.get_stage_display(),
    "traits": lambda one, portrait, reach: portrait and ", ".join(listing.trait_words(portrait)),
    "value": lambda one, portrait, reach: portrait and portrait.value,
    "spread": lambda one, portrait, reach: portrait and _between(portrait.value_low, portrait.value_high),
    "next": lambda one, portrait, reach: portrait and _between(portrait.next_from_date, portrait.next_to_date),
    "latest": lambda one, portrait, reach: portrait and portrait.latest_date,
    "called": lambda one, portrait, reach: one.call_name,
    "tax": lambda one, portrait, reach: one.tax_number,
    "kind": lambda one, portrait, reach: one.get_kind_display(),
    "role": lambda one, portrait, reach: (portrait or one).get_role_display(),
    "relation": lambda one, portrait, reach: (portrait or one).get_relation_display(),
    "service": lambda one, portrait, reach: portrait and portrait.get_service_display(),
    "interaction": lambda one, portrait, reach: portrait and portrait.get_interaction_display(),
    "industry": lambda one, portrait, reach: one.industry.name if one.industry else "",
    "region": lambda one, portrait, reach: one.region,
    "gender": lambda one, portrait, reach: one.get_gender_display(),
    "birthday": lambda one, portrait, reach: one.birthday,
    "acquisition": lambda one, portrait, reach: one.get_acquisition_display(),
    "owner": lambda one, portrait, reach: reach.get("OWNER", ""),
    "mobile": lambda one, portrait, reach: reach.get("PHONE", ""),
    "purchases": lambda one, portrait, reach: portrait and portrait.purchases,
    "spent": lambda one, portrait, reach: portrait and portrait.spent,
    "created": lambda one, portrait, reach: one.created_at.date(),
}


def plain(column: Column, one: Any, portrait: Any, reach: Mapping[str, str], names: Mapping[int, str]) -> Any:
    """A cell of a column as a file holds it."""
    if column.field is not None:
        return queries.exported_value(column.field, column.field.of(one), names)
    return _PLAIN[column.key](one, portrait, reach)


def _between(low: Any, high: Any) -> str:
    return "" if low is None or high is None else f"{low} – {high}"
