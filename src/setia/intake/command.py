"""`setia import FILE --as orders` and `setia import --undo RUN`: the same intake as the pages, from the shell.

With `--json` the answer is one JSON object on standard output; progress and problems go to standard error. Exit codes:
0 taken in (or undone), 1 the file or the run cannot be, 2 wrong use.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.intake import reading
from setia.intake.actions import CannotUndo, execute, start_draft, undo
from setia.intake.actions.draft import remember
from setia.intake.models import Run
from setia.intake.queries import problem_text


def main(args: argparse.Namespace) -> int:
    """Run the command on parsed arguments: file, kind, map, source, zone, append, json, undo."""
    if args.undo is not None:
        return _undo(args.undo, as_json=args.json)
    if not args.file or not args.kind:
        kinds = "customers|products|orders|subscriptions|units"
        words = _("Say which file, and what it holds: setia import FILE --as {kinds}")
        print(words.format(kinds=kinds), file=sys.stderr)
        return 2
    return _import(args)


def _import(args: argparse.Namespace) -> int:
    path = Path(args.file).absolute()
    plan: dict[str, Any] | None = None
    if args.map:
        try:
            plan = json.loads(Path(args.map).read_text())
        except (OSError, ValueError) as trouble:
            return _refuse(args.json, _("The mapping file cannot be read: {why}").format(why=trouble))
    if args.zone:
        try:
            ZoneInfo(args.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return _refuse(args.json, _("There is no time zone named {zone}.").format(zone=args.zone))
    if not path.is_file():
        return _refuse(args.json, _("There is no file {path}.").format(path=path))
    at = datetime.now(UTC)
    try:
        run = start_draft(
            by=None,
            at=at,
            what=args.kind.upper(),
            file_name=path.name,
            upload=path,
            source=args.source or "main",
            append=bool(args.append),
            zone=args.zone,
            plan=plan,
        )
    except reading.Unreadable as trouble:
        return _refuse(args.json, str(trouble))
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, beat_at=at)
    remember(run, at=at)
    ended = execute(run.pk, watch=None if args.json else _watch)
    if not args.json and sys.stderr.isatty():
        print(file=sys.stderr)
    if ended.state != Run.State.DONE:
        return _refuse(args.json, problem_text(ended), run=ended)
    _print(ended, as_json=args.json)
    return 0


def _watch(run: Run) -> None:
    if not sys.stderr.isatty():
        return
    share = f"{min(run.bytes_read / run.size, 1):.0%} " if run.size else ""
    line = _("{share}{rows} rows read, {rejected} rejected, {state}")
    text = line.format(
        share=share, rows=f"{run.rows:,}", rejected=f"{run.rejected:,}", state=Run.State(run.state).label
    )
    print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def result(run: Run) -> dict[str, Any]:
    """What an import answers: rows, accepted, rejected, and created, updated, unchanged by kind."""
    by_kind = {
        verb: {kind: counts[verb] for kind, counts in run.counts.items()}
        for verb in ("created", "updated", "unchanged")
    }
    return {
        "run": run.pk,
        "state": run.state,
        "rows": run.rows,
        "accepted": run.accepted,
        "rejected": run.rejected,
        **by_kind,
        "seconds": run.seconds,
        "rejects": run.rejects_path or None,
        "warnings": run.warnings,
    }


def _print(run: Run, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result(run), ensure_ascii=False))
        return
    print(
        _("Run {run}: {rows} rows, {accepted} accepted, {rejected} rejected, {seconds} s").format(
            run=run.pk,
            rows=f"{run.rows:,}",
            accepted=f"{run.accepted:,}",
            rejected=f"{run.rejected:,}",
            seconds=run.seconds,
        )
    )
    for kind, counts in run.counts.items():
        line = _("  {kind}: {created} created, {updated} updated, {unchanged} unchanged")
        print(line.format(kind=kind, **{verb: f"{count:,}" for verb, count in counts.items()}))
    if run.rejects_path:
        print(_("Rejected rows, each with its reason: {path}").format(path=run.rejects_path))


def _refuse(as_json: bool, why: str, run: Run | None = None) -> int:
    if as_json:
        print(json.dumps({"run": run.pk if run else None, "state": run.state if run else "REFUSED", "problem": why}))
    print(why, file=sys.stderr)
    return 1


def _undo(given: str, *, as_json: bool) -> int:
    run = Run.objects.filter(pk=given).first() if given.isdecimal() else None
    if run is None:
        return _refuse(as_json, _("There is no run {run}.").format(run=given))
    run_id = run.pk
    try:
        report = undo(run, by=None, at=datetime.now(UTC))
    except CannotUndo as trouble:
        words = {
            "not_done": _("Run {run} is not a finished import, so there is nothing to undo.").format(run=run_id),
            "later_first": _("Undo these later runs first, newest first: {runs}").format(
                runs=", ".join(map(str, trouble.runs))
            ),
            "merges_first": ngettext(
                "{count} later merge of customers touches this run. Undo it first, on the page of the import.",
                "{count} later merges of customers touch this run. Undo them first, on the page of the import.",
                len(trouble.merges),
            ).format(count=len(trouble.merges)),
        }
        why = words[trouble.code]
        return _refuse(as_json, why, run=run)
    if as_json:
        print(json.dumps({"run": run_id, "state": run.state, **report}, ensure_ascii=False))
        return 0
    for table, count in report["removed"].items():
        print(_("  {table}: {count} removed").format(table=table, count=f"{count:,}"))
    for table, count in report["restored"].items():
        print(_("  {table}: {count} put back").format(table=table, count=f"{count:,}"))
    for row in report["left_rows"]:
        reason = _("changed since") if row["reason"] == "edited" else _("still needed by others")
        print(_("  left: {table} {label} ({reason})").format(table=row["table"], label=row["label"], reason=reason))
    return 0
