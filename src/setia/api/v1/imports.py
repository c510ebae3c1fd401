"""Files in, by program: upload, follow, undo; the same intake as the pages."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from setia.accounts.actions import note_export
from setia.api.door import Asked, answer, offer
from setia.api.problems import Problem, invalid
from setia.api.v1.fields import PROBLEMS, Given, Line64, Paged, ProblemShown, Shown
from setia.api.v1.paging import page_of
from setia.core.keyset import Leg
from setia.core.permissions import require
from setia.intake import actions, queries

if TYPE_CHECKING:
    from setia.intake.models import Run

router = Router(tags=["Imports"])

What = Literal["CUSTOMERS", "PRODUCTS", "ORDERS", "SUBSCRIPTIONS", "UNITS", "CONTRACTS", "CONCERNS", "PROSPECTS"]
State = Literal["DRAFT", "QUEUED", "READING", "WRITING", "DONE", "FAILED", "CANCELLED", "UNDONE"]


class ImportShown(Shown):
    id: int
    what: What
    state: State = Field(
        description=gettext_noop(
            "DRAFT waits for a start; QUEUED, READING and WRITING are on their way; the rest is over."
        )
    )
    file_name: str
    source: str
    append: bool
    rows: int
    accepted: int
    rejected: int
    share: float | None = Field(description=gettext_noop("How much of the file is read, from 0 to 1."))
    counts: dict[str, dict[str, int]] = Field(description=gettext_noop("Created, updated and unchanged, by kind."))
    problem: str = Field(description=gettext_noop("Why it stopped, in words; empty when all is well."))
    warnings: list[str]
    columns: dict[str, str] = Field(description=gettext_noop("Which field each column of the file becomes."))
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    undone_at: AwareDatetime | None


class ImportPage(Shown):
    items: list[ImportShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class ImportFilters(Paged):
    state: State | None = None


class ImportGiven(Given):
    what: What = Field(description=gettext_noop("What the file holds."))
    source: Line64 = Field("main", description=gettext_noop("The system the numbers in the file come from."))
    append: bool = Field(
        False, description=gettext_noop("Add lines to orders that are here, instead of replacing theirs.")
    )
    start: bool = Field(True, description=gettext_noop("Start at once if all that is needed is found in the file."))


class UndoShown(Shown):
    removed: dict[str, int]
    restored: dict[str, int]
    left: dict[str, int] = Field(description=gettext_noop("Rows changed since, or needed by others, that stay."))


def shown(run: "Run") -> ImportShown:
    """A run as it goes out."""
    fields: dict[str, Any] = {
        name: getattr(run, name)
        for name in ImportShown.model_fields
        if name not in ("share", "problem", "warnings", "columns")
    }
    mapping, header = run.mapping.get("fields", {}), run.mapping.get("header", [])
    columns = {header[place]: field for field, place in mapping.items() if place < len(header)}
    return ImportShown(
        **fields,
        share=queries.progress(run, at=timezone.now()).share,
        problem=queries.problem_text(run),
        warnings=queries.warning_texts(run),
        columns=columns,
    )


@offer(
    router,
    "GET",
    "/imports",
    "intake.view",
    answers={200: ImportPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List imports, the newest first"),
)
def list_imports(request: Asked, wanted: Query[ImportFilters]) -> HttpResponse:
    found = queries.runs_for(request.user)
    if wanted.state:
        found = found.filter(state=wanted.state)
    page, after = page_of([Leg(found, ("-created_at", "-id"))], wanted, name="imports")
    return answer(ImportPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/imports",
    "intake.run",
    answers={201: ImportShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Upload a file and take it in"),
    once=True,
)
def add_import(request: Asked, given: Form[ImportGiven], file: File[UploadedFile]) -> HttpResponse:
    require(request.user, "intake.run")
    try:
        run = actions.start_draft(
            by=request.user,
            at=timezone.now(),
            what=given.what,
            file_name=file.name or "upload",
            upload=cast(BinaryIO, file.file),
            source=given.source or "main",
            append=given.append,
        )
    except actions.Unreadable as trouble:
        raise invalid("file", str(trouble), "unreadable") from trouble
    if given.start:
        found = queries.check(run)
        if not found.can_start:
            actions.cancel(run, by=request.user, at=timezone.now())
            raise invalid("file", _why_not(found), "cannot-start")
        run = actions.queue(run, by=request.user, at=timezone.now())
    return answer(shown(run), status=201, location=reverse("api:get_import", args=[run.pk]))


def _why_not(found: queries.Check) -> str:
    if found.refused:
        return found.refused
    if found.missing:
        names = ", ".join(found.missing)
        return _("No column of the file was recognised as: %(names)s. Upload it on the page and say which it is.") % {
            "names": names
        }
    return _("No row of the file can be taken in.") + "".join(f" {one.text}" for one in found.problems[:3])


@offer(
    router,
    "GET",
    "/imports/{int:pk}",
    "intake.view",
    answers={200: ImportShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Follow an import"),
)
def get_import(request: Asked, pk: int) -> HttpResponse:
    return answer(shown(queries.get_run_for(request.user, pk)))


@offer(
    router,
    "POST",
    "/imports/{int:pk}/start",
    "intake.run",
    answers={200: ImportShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Start an import that waits"),
)
def start_import(request: Asked, pk: int) -> HttpResponse:
    require(request.user, "intake.run")
    run = queries.get_run_for(request.user, pk)
    if run.state == "DRAFT" and not (found := queries.check(run)).can_start:
        raise Problem("in-the-way", _why_not(found))
    try:
        run = actions.queue(run, by=request.user, at=timezone.now())
    except actions.NotADraft as error:
        raise Problem("in-the-way", _("This import had been started already.")) from error
    except actions.Unreadable as trouble:
        raise Problem("in-the-way", str(trouble)) from trouble
    return answer(shown(run))


@offer(
    router,
    "POST",
    "/imports/{int:pk}/cancel",
    "intake.run",
    answers={200: ImportShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Stop an import; nothing of it is written"),
)
def cancel_import(request: Asked, pk: int) -> HttpResponse:
    require(request.user, "intake.run")
    run = queries.get_run_for(request.user, pk)
    return answer(shown(actions.cancel(run, by=request.user, at=timezone.now())))


@offer(
    router,
    "POST",
    "/imports/{int:pk}/undo",
    "intake.undo",
    answers={200: UndoShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a finished import back"),
)
def undo_import(request: Asked, pk: int) -> HttpResponse:
    require(request.user, "intake.undo")
    run = queries.get_run_for(request.user, pk)
    try:
        report = actions.undo(run, by=request.user, at=timezone.now())
    except actions.CannotUndo as error:
        if error.code == "not_done":
            raise Problem("in-the-way", _("This is not a finished import, so there is nothing to undo.")) from error
        words = _("Undo these later runs first, newest first: {runs}").format(runs=", ".join(map(str, error.runs)))
        raise Problem("in-the-way", words, runs=error.runs) from error
    return answer(UndoShown(removed=report["removed"], restored=report["restored"], left=report["left"]))


@offer(
    router,
    "GET",
    "/imports/{int:pk}/rejected",
    "intake.view",
    answers={200: None, PROBLEMS: ProblemShown},
    summary=gettext_noop("The rejected rows with their reasons, as CSV"),
    extra={"responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def rejected_rows(request: Asked, pk: int) -> HttpResponseBase:
    run = queries.get_run_for(request.user, pk)
    path = Path(run.rejects_path or "-")
    if not run.rejects_path or not path.is_file():
        raise Http404
    note_export(by=request.user, at=timezone.now(), what="rejected", run=run.pk)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejected-{run.pk}.csv", content_type="text/csv")
