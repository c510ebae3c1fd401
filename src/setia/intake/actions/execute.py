"""Executing a run: read → stage → write, in one transaction.

1. QUEUED → READING is claimed by a conditional UPDATE, so two workers never take the same run.
2. The file is read in chunks into a temporary table. A second connection carries progress and sees a cancel request.
3. READING → WRITING: set-based SQL turns the stage into rows.
4. WRITING → DONE is part of that same transaction: a killed worker, or a killed database, leaves the run claimed and
   nothing written; `resume_stalled` puts it back into the queue.
"""

import contextlib
import logging
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.outbox import emit
from setia.core.permissions import may
from setia.core.queries import firm, today
from setia.intake import reading
from setia.intake.commit import (
    concerns,
    contracts,
    customers,
    erased,
    orders,
    products,
    prospects,
    stage,
    subscriptions,
    units,
)
from setia.intake.commit.counts import Counts
from setia.intake.models import Run
from setia.intake.reading.fields import PEOPLE
from setia.intake.reading.problems import Why
from setia.subscriptions.actions import roll_over

log = logging.getLogger(__name__)

# One import writes at a time: two files about the same customers must not both decide to make them.
ADVISORY_LOCK = 7_320_001
BEAT_SECONDS = 0.5


class Cancelled(Exception):
    """A person asked to stop."""


class Progress:
    """Tells how far a run is, on a connection of its own so that others see it before the commit."""

    def __init__(self, run: Run, watch: Callable[[Run], None] | None) -> None:
        self.run = run
        self.watch = watch
        self._connection = connection.copy()
        self._told_at = 0.0

    def tell(self, *, force: bool = False) -> None:
        """Write the counters of `run` at most twice a second. Raises `Cancelled` when that was asked for."""
        now = time.monotonic()
        if not force and now - self._told_at < BEAT_SECONDS:
            return
        self._told_at = now
        run = self.run
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE intake_run SET state = %s, bytes_read = %s, rows = %s, accepted = %s, rejected = %s,"
                " beat_at = now() WHERE id = %s RETURNING cancel_asked",
                [run.state, run.bytes_read, run.rows, run.accepted, run.rejected, run.pk],
            )
            found = cursor.fetchone()
        if found is None or found[0]:
            raise Cancelled
        if self.watch:
            self.watch(run)

    def close(self) -> None:
        self._connection.close()


class Spool:
    """Rejected rows on their way to the file a person mends: on disk, since every row of a file may be one."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 — closed by close()
        self.count = 0

    def add(self, rejects: list[reading.Reject]) -> None:
        if rejects:
            pickle.dump(rejects, self._file)
            self.count += len(rejects)

    def __iter__(self) -> Iterator[reading.Reject]:
        self._file.seek(0)
        with contextlib.suppress(EOFError):
            while True:
                yield from pickle.load(self._file)  # noqa: S301 — written by this process a moment ago

    def close(self) -> None:
        self._file.close()


def execute(run_id: int, *, watch: Callable[[Run], None] | None = None) -> Run:
    """Take a queued run in. Answers the run as it ended: DONE, FAILED or CANCELLED; a run already claimed is left.

    `watch` is called with the run at every beat (for a progress line). Database failures are raised, with nothing
    written and the run left for `resume_stalled`.
    """
    claimed = Run.objects.filter(pk=run_id, state=Run.State.QUEUED).update(
        state=Run.State.READING,
        started_at=datetime.now(UTC),
        beat_at=datetime.now(UTC),
        rows=0,
        accepted=0,
        rejected=0,
        bytes_read=0,
        warnings=[],
        problem=None,
    )
    run = Run.objects.get(pk=run_id)
    if not claimed:
        return run
    progress, spool = Progress(run, watch), Spool()
    begun = time.monotonic()
    try:
        _take_in(run, progress, spool, begun)
    except Cancelled:
        _ended(run, Run.State.CANCELLED)
    except reading.Unreadable as trouble:
        _ended(run, Run.State.FAILED, problem=trouble.to_json())
    except FileNotFoundError:
        _ended(run, Run.State.FAILED, problem={"code": "file_gone"})
    except OSError as trouble:
        # A full disk or a vanished share: said plainly, nothing written.
        log.exception("run %s could not read or write a file", run.pk)
        _ended(run, Run.State.FAILED, problem={"code": "file_system", "detail": trouble.strerror or ""})
    except OperationalError:
        raise
    except Exception:
        log.exception("run %s failed", run.pk)
        _ended(run, Run.State.FAILED, problem={"code": "fault"})
        raise
    finally:
        progress.close()
        spool.close()
    return Run.objects.get(pk=run_id)


def _ended(run: Run, state: str, problem: dict[str, Any] | None = None) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=state, problem=problem, finished_at=datetime.now(UTC), rows=run.rows, rejected=run.rejected
    )


def _take_in(run: Run, progress: Progress, spool: Spool, begun: float) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_turn(cursor, progress)
        cursor.execute(
            "SELECT set_config('setia.run', %s, true), set_config('work_mem', '128MB', true),"
            " set_config('client_connection_check_interval', '2s', true)",
            [str(run.pk)],
        )
        stage.create(cursor, run.what, run.mapping.get("fields", {}))
        layout = _read(cursor, run, progress, spool)
        cursor.execute("ANALYZE stage")
        run.state = Run.State.WRITING
        progress.tell(force=True)
        counts = _write(cursor, run, layout, spool)
        progress.tell(force=True)
        # The commit looks up what each new row refers to. Counted by somebody else while this transaction is at work,
        # the tables are believed to hold nothing, and a million rows are then looked up along the wrong index for ever.
        # Counted here they hold what was just written, and nobody else counts them before the commit.
        cursor.execute("ANALYZE customers_customer, catalogue_product, orders_order")
        run.rejected = spool.count
        run.accepted = run.rows - run.rejected
        run.rejects_path = _save_rejects(run, layout, spool)
        at = datetime.now(UTC)
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.DONE,
            rows=run.rows,
            accepted=run.accepted,
            rejected=run.rejected,
            bytes_read=run.bytes_read,
            counts=counts.by_kind,
            warnings=run.warnings,
            rejects_path=run.rejects_path,
            seconds=round(time.monotonic() - begun, 2),
            finished_at=at,
        )
        audit(by=run.by, at=at, verb="import.done", about="run", about_id=run.pk, data={"counts": counts.by_kind})
        cursor.execute("SELECT set_config('setia.run', '', true)")
        emit("import.done", at=at, run_id=run.pk, what=run.what)


def _wait_for_turn(cursor: CursorWrapper, progress: Progress) -> None:
    while True:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if cursor.fetchone()[0]:
            return
        progress.tell(force=True)
        time.sleep(BEAT_SECONDS)


def _read(cursor: CursorWrapper, run: Run, progress: Progress, spool: Spool) -> reading.Layout:
    path = Path(run.path)
    layout = reading.sniff(path, sheet=run.mapping.get("sheet") or None)
    plan = reading.Plan.from_json(run.mapping)
    known = stage.columns_of(run.what, plan.fields)
    warnings: dict[str, dict[str, Any]] = {}
    for chunk in reading.chunks(path, layout, plan, zone=run.zone):
        stage.fill(cursor, chunk.row_numbers, {name: cells for name, cells in chunk.columns.items() if name in known})
        spool.add(chunk.rejects)
        run.rows += chunk.rows
        run.accepted += len(chunk.row_numbers)
        run.rejected = spool.count
        run.bytes_read = chunk.bytes_read
        for warning in chunk.warnings:
            _tally(warnings, warning)
        progress.tell()
    run.warnings = list(warnings.values())
    return layout


def _tally(warnings: dict[str, dict[str, Any]], warning: dict[str, Any]) -> None:
    """Warnings of one kind about one field become one line with a count and the first row."""
    key = f"{warning.get('code')}|{warning.get('field', '')}|{warning.get('value', '')}"
    if key in warnings:
        warnings[key]["count"] = warnings[key].get("count", 1) + warning.get("count", 1)
    elif len(warnings) < 200:
        warnings[key] = {"count": 1, **warning}


def _write(cursor: CursorWrapper, run: Run, layout: reading.Layout, spool: Spool) -> Counts:
    at = datetime.now(UTC)
    if run.what == Run.What.PRODUCTS:
        return products.write(cursor, run, at=at)
    if run.what in PEOPLE:
        refuse_kind(run.by, run.what)
        _check_rights(run)
        nameless = customers.reject_nameless(cursor)
        _reject(run, layout, spool, dict.fromkeys(nameless, Why("nobody", "name", "")))
        _reject(run, layout, spool, dict.fromkeys(erased.reject(cursor, run.source), Why("erased", "name", "")))
        counts = customers.write(cursor, run, at=at)
        if run.what == Run.What.PROSPECTS:
            prospects.write(cursor, run, counts, at=at)
        return counts
    if run.what in _KINDS:
        return _write_base(cursor, run, layout, spool, at)
    _check_currency(cursor, run)
    erased.leave_out(cursor, run.source)
    found = orders.placeholders(cursor)
    kept = set(run.mapping.get("keep_ids", []))
    dropped = [number for number, _ in found if number not in kept]
    if dropped:
        orders.drop_placeholders(cursor, dropped)
    run.warnings += [
        {
            "code": "placeholder_crowd",
            "field": "customer_number",
            "value": number,
            "count": count,
            "kept": number in kept,
        }
        for number, count in found
    ]
    two = orders.reject_two_customers(cursor)
    _reject(run, layout, spool, {row: Why("two_customers", "order_number", number) for row, number in two})
    return orders.write(cursor, run, zone=firm().zone, at=at)


def _write_base(cursor: CursorWrapper, run: Run, layout: reading.Layout, spool: Spool, at: datetime) -> Counts:
    """Write a file of subscriptions, of installed units, of contracts, or of revisions and complaints."""
    refuse_kind(run.by, run.what)
    gone = erased.reject(cursor, run.source, number="customer_number")
    _reject(run, layout, spool, dict.fromkeys(gone, Why("erased", "customer_number", "")))
    day = today(at=at)
    if run.what == Run.What.UNITS:
        _reject(run, layout, spool, units.reject(cursor, today=day))
        return units.write(cursor, run, at=at)
    if run.what == Run.What.CONCERNS:
        _reject(run, layout, spool, concerns.reject(cursor, run, today=day))
        return concerns.write(cursor, run, zone=firm().zone, at=at)
    _check_currency(cursor, run)
    if run.what == Run.What.CONTRACTS:
        _reject(run, layout, spool, contracts.reject(cursor, run, today=day))
        return contracts.write(cursor, run, at=at)
    # What was due on known ones has happened before the file has its say; that was nobody's doing, so no run's either.
    cursor.execute("SELECT set_config('setia.run', '', true)")
    roll_over(at=at)
    cursor.execute("SELECT set_config('setia.run', %s, true)", [str(run.pk)])
    _reject(run, layout, spool, subscriptions.reject(cursor, run, today=day))
    return subscriptions.write(cursor, run, today=day, at=at)


# Columns that say more than an import by itself may: the verb a person needs besides `intake.run`.
_RIGHTS = {"owner": "customers.assign", "tags": "customers.tag", "consent": "customers.consent"}


# What a person needs besides `intake.run` for these kinds of files.
_KINDS = {
    "SUBSCRIPTIONS": ("subscriptions.add", "subscriptions.edit", "subscriptions.cancel", "subscriptions.plans"),
    "UNITS": ("subscriptions.units",),
    "CONTRACTS": ("service.contracts",),
    "CONCERNS": ("service.concerns",),
    "PROSPECTS": ("sales.prospects",),
}


def refuse_kind(by: User | None, what: str) -> None:
    """Raise `reading.Unreadable` where this person may not do by hand what a file of this kind does."""
    if by is not None and not all(may(by, verb) for verb in _KINDS.get(what, ())):
        raise reading.Unreadable("not_your_kind")


def _check_rights(run: Run) -> None:
    """A file changes nothing that its importer may not change by hand. The command line, by nobody, may all."""
    for field, verb in _RIGHTS.items():
        if run.by is not None and field in run.mapping.get("fields", {}) and not may(run.by, verb):
            raise reading.Unreadable("not_yours", fields=[field])


def _check_currency(cursor: CursorWrapper, run: Run) -> None:
    """Money is counted in one currency: a file in another one is refused before anything is written."""
    ours = firm().currency
    cursor.execute(
        "SELECT DISTINCT COALESCE(currency, %s) FROM stage WHERE COALESCE(currency, %s) <> %s ORDER BY 1 LIMIT 5",
        [run.mapping.get("currency") or ours, run.mapping.get("currency") or ours, ours],
    )
    if foreign := [code for (code,) in cursor.fetchall()]:
        raise reading.Unreadable("foreign_currency", found=", ".join(foreign), ours=ours)


def _reject(run: Run, layout: reading.Layout, spool: Spool, reasons: Mapping[int, Why]) -> None:
    """Reject rows found wrong only once all were staged; their cells are read again from the file."""
    if not reasons:
        return
    plan = reading.Plan.from_json(run.mapping)
    cells = reading.raw_rows(Path(run.path), layout, plan, set(reasons))
    spool.add(
        [
            reading.Reject(row=row, code=why.code, field=why.field, value=why.value, cells=cells.get(row, ()))
            for row, why in sorted(reasons.items())
        ]
    )


def _save_rejects(run: Run, layout: reading.Layout, spool: Spool) -> str:
    if not spool.count:
        return ""
    folder = Path(settings.HOME) / "files" / "rejects"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"run-{run.pk}.csv"
    reading.write_rejects(path, layout.header, spool)
    return str(path)
