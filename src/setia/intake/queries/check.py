"""What a draft's file looks like under its mapping: everything the page of checking shows, from the file itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from setia.customers.queries import custom_fields
from setia.intake import reading
from setia.intake.models import Run
from setia.intake.queries.choices import choice_words
from setia.intake.reading import words
from setia.intake.reading.fields import FIELDS, PEOPLE, Type
from setia.intake.reading.guess import Guess, guess
from setia.intake.reading.layout import Format, Layout
from setia.intake.reading.numbers import is_missing
from setia.intake.reading.own import field_named, own_fields, people
from setia.intake.reading.plan import Plan
from setia.intake.reading.problems import Cell as RawCell
from setia.intake.reading.texts import TAG_SIGN, as_text

LOOK_AT = 20_000
LOOK_AT_SHEET = 3_000
"""Rows checked before the start. Workbooks are read a hundred times slower than text."""
SHOWN_ROWS = 100
SHOWN_COLUMNS = 60
SHOWN_PROBLEMS = 8
SAMPLE = 200


@dataclass(frozen=True)
class Column:
    """A column of the file: an example from it, how much of it is filled, and the field it becomes.

    `offer` is the kind of own field that could be made of it, where it becomes nothing yet.
    """

    place: int
    name: str
    field: str
    label: str
    example: str
    filled: float
    offer: Guess | None = None


@dataclass(frozen=True)
class Cell:
    """A cell of the preview: the text as found, the value as understood, and what is odd about it."""

    text: str
    value: datetime | date | Decimal | str | None
    problem: str = ""
    warning: str = ""

    @property
    def kind(self) -> str:
        """`moment`, `day`, `number` or `text`: how the value is to be written."""
        if isinstance(self.value, datetime):
            return "moment"
        if isinstance(self.value, date):
            return "day"
        return "number" if isinstance(self.value, Decimal) else "text"

    @property
    def decimals(self) -> int:
        """Decimals a number has as it stands."""
        exponent = self.value.as_tuple().exponent if isinstance(self.value, Decimal) else 0
        return max(-exponent, 0) if isinstance(exponent, int) else 0


@dataclass(frozen=True)
class Row:
    """A row of the preview; `reasons` are those that belong to no single cell."""

    number: int
    cells: tuple[Cell, ...]
    rejected: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """Rejected rows of one reason and value."""

    count: int
    value: str
    rows: str
    text: str


@dataclass
class Check:
    """`refused` says why nothing can be shown; else `preview` counts the rows looked at."""

    run: Run
    refused: str = ""
    layout: Layout | None = None
    plan: Plan | None = None
    columns: list[Column] = field(default_factory=list)
    hidden_columns: int = 0
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unsure: tuple[str, ...] = ()
    head: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    more_problems: int = 0
    warnings: list[str] = field(default_factory=list)
    looked_at: int = 0
    accepted: int = 0
    whole: bool = False
    total: int = 0
    orders: int = 0
    customers: int = 0
    products: int = 0

    @property
    def rejected(self) -> int:
        return self.looked_at - self.accepted

    @property
    def can_start(self) -> bool:
        return not self.refused and not self.missing and self.accepted > 0


def check(run: Run) -> Check:
    """Look at the file of a draft. What is wrong with it as a whole is in `refused`, never raised."""
    found = Check(run)
    path = Path(run.path)
    try:
        plan = Plan.from_json(run.mapping, what=run.what)
        layout = reading.sniff(path, sheet=plan.sheet or None)
        found.layout, found.plan = layout, plan
        found.notes = [words.note(note) for note in layout.problems]
        found.unsure = plan.unsure
        sample = reading.sample(path, layout, SAMPLE)
        found.columns = _columns(plan, layout, sample)
        found.hidden_columns = max(layout.width - len(found.columns), 0)
        found.missing = [words.field_label(name) for name in plan.missing()]
        if not found.missing:
            _look(found, path, layout, plan)
    except reading.Unreadable as trouble:
        found.refused = str(trouble)
    return found


def _columns(plan: Plan, layout: Layout, sample: Sequence[Sequence[RawCell]]) -> list[Column]:
    by_place = {place: name for name, place in plan.fields.items()}
    columns = []
    unmapped = 0
    for place, name in enumerate(layout.header):
        mapped = by_place.get(place, "")
        if not mapped:
            unmapped += 1
            if unmapped > SHOWN_COLUMNS:
                continue
        offer = guess([row[place] for row in sample]) if plan.what in PEOPLE and not mapped else None
        texts = [as_text(row[place]).strip() for row in sample]
        filled = [text for text in texts if text and not is_missing(text)]
        columns.append(
            Column(
                place,
                name,
                mapped,
                words.field_label(mapped) if mapped else "",
                filled[0][:60] if filled else "",
                len(filled) / len(texts) if texts else 0.0,
                offer,
            )
        )
    return columns


def _look(found: Check, path: Path, layout: Layout, plan: Plan) -> None:
    look_at = LOOK_AT_SHEET if layout.format is Format.XLSX else LOOK_AT
    seen = reading.preview(path, layout, plan, zone=found.run.zone, rows=SHOWN_ROWS, look_at=look_at)
    found.looked_at, found.accepted, found.whole = seen.looked_at, seen.accepted, seen.whole
    found.total = seen.looked_at
    if not seen.whole and seen.bytes_read:
        found.total = round(seen.looked_at * layout.size / seen.bytes_read)
    shown = [name for name in sorted(plan.fields, key=lambda name: plan.fields[name]) if name != "ordered_time"]
    found.head = [(layout.header[plan.fields[name]], words.field_label(name)) for name in shown]
    meanings = Meanings(plan)
    found.rows = [_row(one, shown, plan, meanings) for one in seen.rows]
    found.warnings = [words.warning(one) for one in seen.warnings]
    found.problems, found.more_problems = _problems(seen.rejects)
    found.orders = _distinct(seen.columns, "order_number")
    found.customers = _people(seen.columns)
    found.products = _distinct(seen.columns, "product_code", "code", "product_name")


def _distinct(columns: dict[str, list[str | None]], *names: str) -> int:
    for name in names:
        if name in columns:
            return len(set(columns[name]) - {None})
    return 0


def _people(columns: dict[str, list[str | None]]) -> int:
    """How many customers the rows name: by number, else phone, else e-mail, else name, as writing does it."""
    there = [columns[name] for name in ("customer_number", "customer_phone", "customer_email") if name in columns]
    there += [[name and name.casefold() for name in columns["customer_name"]]] if "customer_name" in columns else []
    keys = {next((key for key in enumerate(row) if key[1] is not None), None) for row in zip(*there, strict=True)}
    return len(keys - {None})


def _row(one: reading.PreviewRow, shown: list[str], plan: Plan, meanings: "Meanings") -> Row:
    cells = []
    for name in shown:
        place = plan.fields[name]
        text = one.cells[place] if place < len(one.cells) else ""
        problem = next((words.why(why) for why in one.problems if why.field == name), "")
        warning = next((words.warning_one(why) for why in one.warnings if why.field == name), "")
        value = None if problem else meanings(name, one.values.get(name))
        cells.append(Cell(text, value, problem, warning))
    reasons = tuple(words.why(why) for why in one.problems if why.field not in shown)
    return Row(one.row, tuple(cells), one.rejected, reasons)


class Meanings:
    """Canonical values as Python objects, to be written in the reader's own way."""

    def __init__(self, plan: Plan) -> None:
        self.fields = {name: field_named(plan.what, name) for name in plan.fields}
        self.words = {name: choice_words(plan.what, one.name) for name, one in self.fields.items()}
        own = custom_fields() if any(one.label for one in self.fields.values()) else ()
        self.options = {str(option.id): option.label for one in own for option in one.options}
        known = people() if any(one.type is Type.OWNER for one in self.fields.values()) else {}
        self.people = {str(key): words for words, (key, _here) in known.items()}

    def __call__(self, name: str, value: str | None) -> datetime | date | Decimal | str | None:
        if value is None:
            return None
        field_ = self.fields[name]
        match field_.type:
            case Type.MOMENT:
                return datetime.fromisoformat(value)
            case Type.DATE:
                return date.fromisoformat(value)
            case Type.NUMBER:
                return Decimal(value)
            case Type.OWNER:
                return self.people.get(value, value)
            case Type.TAGS | Type.CHANNELS:
                return ", ".join(value.split(TAG_SIGN))
            case Type.CHOICE if field_.label:
                return self.options.get(value, value)
            case Type.CHOICE:
                return self.words[name].get(value, value)
        return value


def _problems(rejects: Sequence[reading.Reject]) -> tuple[list[Problem], int]:
    """The rejected rows gathered by reason and value, the commonest first; and how many rows are not shown."""
    rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for reject in rejects:
        rows[(reject.code, reject.field, reject.value)].append(reject.row)
    ordered = sorted(rows.items(), key=lambda one: (-len(one[1]), one[1][0]))
    problems = [
        Problem(len(numbers), value, words.rows(numbers), words.reason(code, name, value))
        for (code, name, value), numbers in ordered[:SHOWN_PROBLEMS]
    ]
    return problems, sum(len(numbers) for _, numbers in ordered[SHOWN_PROBLEMS:])


def fields_for(what: str) -> list[tuple[str, str]]:
    """The fields a column may become, with their names for the reader."""
    return [(one.name, one.label or words.field_label(one.name)) for one in (*own_fields(what), *FIELDS[what])]


def plan_for_sheet(run: Run, sheet: str) -> Plan:
    """A fresh plan for another sheet of a draft's workbook. Raises `reading.Unreadable`."""
    path = Path(run.path)
    layout = reading.sniff(path, sheet=sheet)
    return reading.suggest(run.what, layout, reading.sample(path, layout), own=own_fields(run.what))
