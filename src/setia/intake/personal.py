"""What this room holds about a customer: values kept for taking an import back, and the files themselves.

An erasure removes the copies of all files that have been taken in, because nothing needs them any more; from the files
of rejected rows it takes the rows that may be this person's. Files that still wait for their import are left: the page
that asks before an erasure says how many there are.
"""

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, Keeping, Person, forget_by, hold, keep_for
from setia.intake.models import Run

_OVER = (Run.State.DONE, Run.State.FAILED, Run.State.CANCELLED, Run.State.UNDONE)
_FREE_TEXTS = {"subscriptions_subscription": ("note", "reason_text"), "subscriptions_unit": ("note", "place")}
"""Texts a run may have kept from before it, that may say anything about a person."""
_DIGITS = re.compile(r"[^0-9]")

hold(
    Holding(
        "intake_change",
        _("Earlier values, kept so that an import can be taken back"),
        {"table": _("Kind"), "before": _("Before")},
        at_erasure=AtErasure.DELETE,
        where="""((t."table" = 'customers_customer' AND t.row_id = %(customer)s) OR (t."table" = 'customers_consent'
          AND t.row_id IN (SELECT id FROM customers_consent WHERE customer_id = %(customer)s)))""",
        order=70,
    ),
)


@forget_by
def forget_files(person: Person) -> None:
    """Take a person out of what imports have left: stored files, rejected rows, notes of orders, lists of leftovers."""
    for run in Run.objects.filter(state__in=_OVER).exclude(path=""):
        remove_copy(run)
    for run in Run.objects.exclude(rejects_path=""):
        take_out_rows(Path(run.rejects_path), person)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE intake_change SET before = jsonb_set(before, '{note}', '""')
            WHERE "table" = 'orders_order' AND COALESCE(before ->> 'note', '') <> ''
              AND (before ->> 'customer_id' = %(text)s
                   OR row_id IN (SELECT id FROM orders_order WHERE customer_id = %(customer)s))
            """,
            {"customer": person.customer_id, "text": str(person.customer_id)},
        )
        for table, emptied in _FREE_TEXTS.items():
            cursor.execute(
                f"""
                UPDATE intake_change SET before = before || %(emptied)s::jsonb
                WHERE "table" = '{table}' AND (before ->> 'customer_id' = %(text)s
                      OR row_id IN (SELECT id FROM {table} WHERE customer_id = %(customer)s))
                """,  # noqa: S608 - this module's own words
                {
                    "customer": person.customer_id,
                    "text": str(person.customer_id),
                    "emptied": json.dumps(dict.fromkeys(emptied, "")),
                },
            )
    for run in Run.objects.exclude(undo_report=None):
        report = run.undo_report or {}
        rows = report.get("left_rows", [])
        kept = [row for row in rows if not _is_about(row, person)]
        if len(kept) != len(rows):
            Run.objects.filter(pk=run.pk).update(undo_report={**report, "left_rows": kept})


def remove_copy(run: Run) -> None:
    """Remove the copy of a file that has been taken in. A file the command read where it lies is the person's own."""
    path = Path(run.path)
    if path.parent == Path(settings.HOME) / "files" / "intake":
        path.unlink(missing_ok=True)
        Run.objects.filter(pk=run.pk).update(path="")


def take_out_rows(path: Path, person: Person) -> int:
    """Write a file of rejected rows anew without those that may be this person's. Answers how many went."""
    if not path.is_file():
        return 0
    mentions = finder(person)
    fresh = path.with_suffix(".fresh")
    gone = 0
    with (
        path.open(encoding="utf-8-sig", newline="", errors="replace") as old,
        fresh.open("w", encoding="utf-8-sig", newline="", errors="replace") as new,
    ):
        rows, out = csv.reader(old), csv.writer(new)
        for number, row in enumerate(rows):
            if number and any(mentions(cell) for cell in row):
                gone += 1
            else:
                out.writerow(row)
    if gone:
        fresh.replace(path)
    else:
        fresh.unlink()
    return gone


def finder(person: Person) -> Callable[[str], bool]:
    """A test whether a text may be about this person: it holds their name or address, their number, or is their id."""
    texts = [" ".join(text.casefold().split()) for text in (person.name, *person.contacts) if len(text) > 2]
    # The last nine digits are the same in 0812-…, 62812… and +62 812 ….
    numbers = [digits[-9:] for text in person.contacts if len(digits := _DIGITS.sub("", text)) >= 9 and "@" not in text]

    def mentions(cell: str) -> bool:
        folded = " ".join(cell.casefold().split())
        if person.number and folded.strip(" '") == person.number.casefold():
            return True
        if any(text in folded for text in texts):
            return True
        digits = _DIGITS.sub("", cell) if numbers else ""
        return any(number in digits for number in numbers)

    return mentions


def _is_about(row: dict[str, object], person: Person) -> bool:
    mine = row.get("table") == "customers_customer" and row.get("id") == person.customer_id
    return mine or finder(person)(str(row.get("label", "")))


def _copies(before: datetime) -> Q:
    return Q(state__in=_OVER, finished_at__lt=before, path__startswith=str(Path(settings.HOME) / "files" / "intake"))


def _due_copies(before: datetime) -> int:
    return Run.objects.filter(_copies(before)).count()


def _forget_copies(before: datetime) -> int:
    runs = list(Run.objects.filter(_copies(before)))
    for run in runs:
        remove_copy(run)
    return len(runs)


def _rejects(before: datetime) -> list[Run]:
    return list(Run.objects.filter(finished_at__lt=before).exclude(rejects_path=""))


def _forget_rejects(before: datetime) -> int:
    runs = _rejects(before)
    for run in runs:
        Path(run.rejects_path).unlink(missing_ok=True)
        Run.objects.filter(pk=run.pk).update(rejects_path="")
    return len(runs)


def _drafts(before: datetime) -> list[Run]:
    return list(Run.objects.filter(state=Run.State.DRAFT, created_at__lt=before))


def _forget_drafts(before: datetime) -> int:
    gone = 0
    for run in _drafts(before):
        claimed = Run.objects.filter(pk=run.pk, state=Run.State.DRAFT)
        if claimed.update(state=Run.State.CANCELLED, finished_at=datetime.now(UTC)):
            remove_copy(run)
            gone += 1
    return gone


keep_for(
    Keeping(
        "UPLOADS",
        _("Files that were taken in"),
        _("The copy of each imported file. The import itself stays, and can be taken back without it."),
        days=30,
        on=True,
        due=_due_copies,
        go=_forget_copies,
        sample=lambda before: [run.file_name for run in Run.objects.filter(_copies(before))[:5]],
    ),
    Keeping(
        "REJECTS",
        _("Rejected rows"),
        _("The files of rows that could not be taken in, kept to be mended."),
        days=90,
        on=True,
        due=lambda before: len(_rejects(before)),
        go=_forget_rejects,
        sample=lambda before: [run.file_name for run in _rejects(before)[:5]],
    ),
    Keeping(
        "DRAFTS",
        _("Imports never started"),
        _("Files somebody uploaded and left lying."),
        days=14,
        on=True,
        due=lambda before: len(_drafts(before)),
        go=_forget_drafts,
        sample=lambda before: [run.file_name for run in _drafts(before)[:5]],
    ),
)
