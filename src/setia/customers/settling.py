"""Which record's value stays when several customers become one, field by field."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from setia.customers.models import Customer

CHOOSABLE = (
    "name",
    "number",
    "kind",
    "title",
    "call_name",
    "gender",
    "birthday",
    "role",
    "relation",
    "industry",
    "acquisition",
    "recommended_by",
    "tax_number",
    "region",
    "owner",
    "notes",
)
"""Fields a person may choose the record of. `number` takes its source along: the two records exchange theirs, so that
each number goes on meaning this customer."""

FOLLOWING = ("source", "region_code", "extra", "archived_at", "erased_at", "created_at", "updated_at", "merged_into")
"""Fields that follow from the rest."""


OWN = "extra."
"""What stands before the key of a field the firm defined itself, where its record is chosen: `extra.t12`."""


class NotAChoice(Exception):
    """A choice names a field that is none, or a record that is not among those merged."""


def picked(survivor: Customer, others: Sequence[Customer], choices: Mapping[str, int]) -> dict[str, int]:
    """For each field the key of the record whose value stays: as chosen, else the survivor's, else who has one.

    Raises `NotAChoice`.
    """
    records = {one.pk: one for one in (survivor, *others)}
    if wrong := [name for name, pk in choices.items() if not _is_choosable(name) or pk not in records]:
        raise NotAChoice(", ".join(wrong))
    return {
        name: choices.get(name) or next((pk for pk, one in records.items() if _says(one, name)), survivor.pk)
        for name in CHOOSABLE
    }


def settled(survivor: Customer, others: Sequence[Customer], choices: Mapping[str, int]) -> dict[str, Any]:
    """The survivor's facts after the merge, `number` and `source` apart. Raises `NotAChoice`.

    Notes that nobody chose among are kept all. A customer is archived only if every record was, and known since the
    earliest. Nobody is recommended by themselves. Of the firm's own fields each keeps the survivor's value, else the
    first that one of the others has; who would refer to themselves refers to nobody.
    """
    records = {one.pk: one for one in (survivor, *others)}
    picks = picked(survivor, others, choices)
    facts = {name: getattr(records[pk], name) for name, pk in picks.items() if name != "number"}
    facts["region_code"] = records[picks["region"]].region_code
    if "notes" not in choices:
        facts["notes"] = "\n\n".join(dict.fromkeys(one.notes for one in records.values() if one.notes))
    if facts["recommended_by"] and facts["recommended_by"].pk in records:
        facts["recommended_by"] = None
    archived = [one.archived_at for one in records.values()]
    facts["archived_at"] = None if None in archived else survivor.archived_at
    facts["extra"] = _own(records, {name: pk for name, pk in choices.items() if name.startswith(OWN)})
    facts["created_at"] = min(one.created_at for one in records.values())
    return facts


def _own(records: Mapping[int, Customer], choices: Mapping[str, int]) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for one in records.values():
        own = one.extra | own
    for name, pk in choices.items():
        own[name.removeprefix(OWN)] = records[pk].extra.get(name.removeprefix(OWN))
    return {key: value for key, value in own.items() if value is not None and (key[0] != "r" or value not in records)}


def differing(records: Iterable[Customer]) -> list[str]:
    """The fields that two of these records state differently."""
    found = list(records)
    return [name for name in CHOOSABLE if len({str(getattr(one, name)) for one in found if _says(one, name)}) > 1]


def _is_choosable(name: str) -> bool:
    return name in CHOOSABLE or name.startswith(OWN)


def _says(one: Customer, name: str) -> bool:
    return getattr(one, name) not in (None, "")
