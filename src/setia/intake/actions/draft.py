"""Before a run starts: take the file in, suggest a mapping, let a person correct it, queue it."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.customers.actions import add_field
from setia.customers.queries import customers_for
from setia.intake import reading
from setia.intake.actions.execute import refuse_kind
from setia.intake.models import Run, Shape
from setia.intake.reading.guess import Guess
from setia.intake.reading.own import field_named, own_fields


class NotADraft(Exception):
    """The run has started, or is over, since the page was opened."""


def _folder() -> Path:
    return Path(settings.HOME) / "files" / "intake"


def _store(upload: BinaryIO, name: str) -> Path:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(f"{name}{datetime.now().astimezone().timestamp()}".encode()).hexdigest()[:16]
    # Only the ending of the firm's own file name is kept on disk: the name itself is shown, never used as a path.
    suffixes = "".join(s for s in Path(name).suffixes[-2:] if s.lstrip(".").isalnum() and len(s) <= 8)
    path = folder / f"{digest}{suffixes.lower()}"
    with path.open("wb") as target:
        shutil.copyfileobj(upload, target, 1 << 20)
    return path


def fingerprint_of(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def start_draft(
    *,
    by: User | None,
    at: datetime,
    what: str,
    file_name: str,
    upload: BinaryIO | Path,
    source: str = "main",
    append: bool = False,
    zone: str | None = None,
    plan: Mapping[str, Any] | None = None,
) -> Run:
    """Take a file in and suggest how its columns map; a mapping remembered for files of this shape comes first.

    A `Path` is read where it lies; an open upload is copied into the firm's files. Raises `reading.Unreadable`.
    """
    if by is not None:
        require(by, "intake.run")
        refuse_kind(by, what)
    path = upload if isinstance(upload, Path) else _store(upload, file_name)
    try:
        layout = reading.sniff(path)
        if plan is None:
            shape = Shape.objects.filter(what=what, fingerprint=layout.fingerprint).first()
            sample = reading.sample(path, layout)
            mapped = reading.suggest(what, layout, sample, shape.mapping if shape else None, own_fields(what))
        else:
            mapped = reading.Plan.from_json(plan, what=what, header=layout.header)
    except reading.Unreadable:
        if not isinstance(upload, Path):
            path.unlink(missing_ok=True)
        raise
    return Run.objects.create(
        what=what,
        file_name=Path(file_name).name[:300],
        path=str(path.absolute()),
        size=path.stat().st_size,
        sha256=fingerprint_of(path),
        source=source.strip()[:64] or "main",
        zone=zone or firm().zone,
        append=append,
        mapping=mapped.to_json(),
        by=by,
        created_at=at,
    )


class Turn(NamedTuple):
    """Which change of a page this is: the page, as the browser named it when it was opened, and a number that grows.

    A browser may give a request up for a newer one, and the server meet the two in either order.
    """

    page: str
    number: int

    @classmethod
    def read(cls, text: str) -> "Turn | None":
        """From what the page sends, `3f9c2a01:7`; None where it says nothing of the kind."""
        page, _sign, number = text.partition(":")
        sound = 0 < len(page) <= 32 and page.isalnum() and number.isdecimal() and len(number) < 10
        return cls(page, int(number)) if sound else None

    def overtaken(self, mapping: Mapping[str, Any], part: str) -> bool:
        """Whether a newer change of this part by the same page has been saved. Of two pages the later change counts."""
        page, number = mapping.get("turns", {}).get(part, ("", 0))
        return bool(page == self.page and self.number < number)


def _turns(mapping: Mapping[str, Any], part: str, turn: Turn | None) -> dict[str, Any]:
    turns = dict(mapping.get("turns", {}))
    if turn is not None:
        turns[part] = [turn.page, turn.number]
    return turns


def _locked(run: Run) -> Run:
    current = Run.objects.select_for_update(of=("self",)).filter(pk=run.pk, state=Run.State.DRAFT).first()
    if current is None:
        raise NotADraft
    return current


def remap(
    run: Run,
    *,
    plan: reading.Plan,
    new: Mapping[int, Guess] | None = None,
    turn: Turn | None = None,
    by: User,
    at: datetime,
) -> Run:
    """Correct the mapping of a draft; `new` are the columns that an own field is made of first, under their names.

    A change that a newer one of the same page has overtaken (`turn`) changes nothing: the newer one says it all.
    Raises `NotADraft` once the run has been queued, and `FieldNameTaken` and `TooMany` (of `customers.actions`) with no
    field made.
    """
    require(by, "intake.run")
    with transaction.atomic():
        current = _locked(run)
        if turn is not None and turn.overtaken(current.mapping, "columns"):
            return current
        # A change a moment ago may have made the field already, while this one was on its way.
        made = {place: name for name, place in current.mapping.get("fields", {}).items() if name.startswith("own_")}
        wanted = dict(new or {})
        there = {made[place]: place for place in wanted.keys() & made.keys()}
        plan = replace(plan, fields={**plan.fields, **there})
        plan = _make_fields(plan, {k: v for k, v in wanted.items() if k not in made}, by=by, at=at)
        rows, turns = current.mapping.get("rows", {}), _turns(current.mapping, "columns", turn)
        current.mapping = {**plan.to_json(), "rows": rows, "turns": turns}
        current.save(update_fields=["mapping"])
    return current


def decide_rows(run: Run, *, choices: Mapping[int, str], turn: Turn | None = None, by: User, at: datetime) -> Run:
    """Say what becomes of single rows of a draft: the key of a customer the row is, `SKIP`, or `NEW` for no choice.

    A customer this person may not see counts as `NEW`. A change that has been overtaken (`turn`) changes nothing, as in
    `remap`. Raises `NotADraft` once the run has been queued.
    """
    require(by, "intake.run")
    wanted = {int(choice) for choice in choices.values() if choice.isdecimal() and len(choice) < 19}
    seen = set(customers_for(by).filter(pk__in=wanted).values_list("pk", flat=True))
    with transaction.atomic():
        current = _locked(run)
        if turn is not None and turn.overtaken(current.mapping, "rows"):
            return current
        rows = dict(current.mapping.get("rows", {}))
        for row, choice in choices.items():
            rows.pop(str(row), None)
            if choice == "SKIP" or (choice.isdecimal() and len(choice) < 19 and int(choice) in seen):
                rows[str(row)] = choice
        current.mapping = {**current.mapping, "rows": rows, "turns": _turns(current.mapping, "rows", turn)}
        current.save(update_fields=["mapping"])
        counts = {"chosen": len(rows)}
        audit(by=by, at=at, verb="import.rows_decided", about="run", about_id=run.pk, data=counts)
    return current


def _make_fields(plan: reading.Plan, wanted: Mapping[int, Guess], *, by: User, at: datetime) -> reading.Plan:
    """Make an own field of each of these columns, filled by it, under its name; the plan as it is then."""
    if not wanted:
        return plan
    fields = dict(plan.fields)
    with transaction.atomic():
        for place, one in wanted.items():
            label = plan.header[place][:60].strip() or str(place + 1)
            made = add_field(by=by, at=at, label=label, type=one.type, options=one.options, quick=False)
            fields[f"own_{made.key}"] = place
    # How numbers are written was settled by columns of numbers, if there were any.
    signs = next((one.signs for one in wanted.values() if one.signs), None)
    if signs is not None and not any(field_named(plan.what, name).type == "NUMBER" for name in plan.fields):
        plan = replace(plan, decimal=signs.decimal, thousands=signs.thousands)
    return replace(plan, fields=fields)


def queue(run: Run, *, by: User | None, at: datetime) -> Run:
    """Start a draft: remembers its mapping for files of this shape and hands it to the worker. Once only.

    Raises `NotADraft`, and `reading.Unreadable` where the file is gone or can no longer be read.
    """
    if by is not None:
        require(by, "intake.run")
    with transaction.atomic():
        if not Run.objects.filter(pk=run.pk, state=Run.State.DRAFT).update(state=Run.State.QUEUED, beat_at=at):
            raise NotADraft
        remember(run, at=at)
        audit(by=by, at=at, verb="import.queued", about="run", about_id=run.pk, data={"file": run.file_name})
        app.configure_task("intake.run_import", queue="intake").defer(run_id=run.pk)
    run.refresh_from_db()
    return run


def remember(run: Run, *, at: datetime) -> None:
    """Keep the mapping for the next file of this shape; what was said of single rows is this file's own."""
    mapping = {key: value for key, value in run.mapping.items() if key not in ("rows", "turns")}
    layout = reading.sniff(Path(run.path), sheet=run.mapping.get("sheet") or None)
    Shape.objects.update_or_create(
        what=run.what, fingerprint=layout.fingerprint, defaults={"mapping": mapping, "used_at": at}
    )


def cancel(run: Run, *, by: User | None, at: datetime) -> Run:
    """Stop a run that has not finished; nothing of it is written. A finished one is left as it is (see undo)."""
    if by is not None:
        require(by, "intake.run")
    waiting = (Run.State.DRAFT, Run.State.QUEUED)
    running = (Run.State.READING, Run.State.WRITING)
    if Run.objects.filter(pk=run.pk, state__in=waiting).update(state=Run.State.CANCELLED, finished_at=at):
        if Path(run.path).parent == _folder():  # a copy of ours; a file read where it lies stays the person's own
            Path(run.path).unlink(missing_ok=True)
        audit(by=by, at=at, verb="import.cancelled", about="run", about_id=run.pk)
    elif Run.objects.filter(pk=run.pk, state__in=running).update(cancel_asked=True):
        audit(by=by, at=at, verb="import.cancel_asked", about="run", about_id=run.pk)
    run.refresh_from_db()
    return run
