"""Rows of a file of customers that are probably somebody who is here already, though no key says so.

Only rows the import would make a new customer of are named: who is recognised needs no choice. Of a large file the part
is looked at that the check looks at, and the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from setia.core.permissions import Actor
from setia.customers.queries import Draft, Twin
from setia.customers.queries.twins_of_many import recognised, twins_of_many
from setia.intake import reading
from setia.intake.models import Run
from setia.intake.queries.check import LOOK_AT, LOOK_AT_SHEET
from setia.intake.reading.fields import PEOPLE
from setia.intake.reading.layout import Format
from setia.intake.reading.plan import Plan

SHOWN = 50
NEW, SKIP = "NEW", "SKIP"
_CONTACTS = ("phone", "whatsapp", "email", "instagram", "facebook", "telegram", "line", "tiktok")

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class TwinRow:
    """A row and whom it may be. `choice` is NEW, SKIP, or the key of the customer it is to become part of."""

    number: int
    name: str
    known_by: str
    twin: Twin
    choice: str


@dataclass(frozen=True)
class TwinRows:
    """`rows` are the most certain ones, `more` how many there are besides; `looked_at` rows were compared."""

    rows: list[TwinRow]
    more: int
    looked_at: int
    whole: bool


def twin_rows(run: Run, user: Actor) -> TwinRows:
    """The likely twins of a draft's rows. Nothing for a file of something else, or one that cannot be read."""
    nothing = TwinRows([], 0, 0, True)
    if run.what not in PEOPLE or run.state != Run.State.DRAFT:
        return nothing
    try:
        plan = Plan.from_json(run.mapping, what=run.what)
        path = Path(run.path)
        layout = reading.sniff(path, sheet=plan.sheet or None)
        if plan.missing():
            return nothing
        look_at = LOOK_AT_SHEET if layout.format is Format.XLSX else LOOK_AT
        seen = reading.preview(path, layout, plan, zone=run.zone, rows=0, look_at=look_at)
    except reading.Unreadable:
        return nothing
    names = list(seen.columns)
    rows: list[Row] = [dict(zip(names, cells, strict=True)) for cells in zip(*seen.columns.values(), strict=True)]
    found = twins_of_many(user, [_draft(one) for one in rows])
    keys = {place: _key(rows[place], plan.match) for place in found.twins}
    known = recognised(run.source, keys.values())
    chosen = run.mapping.get("rows", {})
    twins = [
        TwinRow(
            seen.row_numbers[place],
            rows[place].get("name") or rows[place].get("number") or "",
            ", ".join(text for name in ("number", *_CONTACTS, "region") if (text := rows[place].get(name))),
            twin,
            chosen.get(str(seen.row_numbers[place]), NEW),
        )
        for place, twin in found.twins.items()
        if keys[place] not in known
    ]
    twins.sort(key=lambda one: (-one.twin.certainty, one.number))
    whole = seen.whole and found.looked_at == len(rows)
    return TwinRows(twins[:SHOWN], max(len(twins) - SHOWN, 0), found.looked_at, whole)


def _draft(row: Row) -> Draft:
    born = row.get("birthday")
    return Draft(
        name=row.get("name") or "",
        contacts=[(kind.upper(), text) for kind in _CONTACTS if (text := row.get(kind))],
        birthday=date.fromisoformat(born) if born else None,
        region=row.get("region") or "",
        gender=row.get("gender") or "",
        tax_number=row.get("tax_number") or "",
    )


def _key(row: Row, match: str) -> tuple[str, str]:
    """What the import would recognise the row's customer by, as `commit.people.ckey` has it."""
    values = {
        "NUMBER": row.get("number"),
        "PHONE": row.get("phone") or row.get("whatsapp"),
        "EMAIL": (row.get("email") or "").lower() or None,
        "TAX": row.get("tax_number"),
    }
    for kind in dict.fromkeys((match, "NUMBER", "PHONE", "EMAIL")):
        if value := values.get(kind):
            return kind, value
    return "NAME", " ".join((row.get("name") or "").lower().split())
