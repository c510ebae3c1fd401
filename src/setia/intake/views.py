"""A file on its way in: choose it, check it, follow it, see what became of it, take it back."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.models import User
from setia.accounts.queries import me
from setia.core.permissions import may, needs, require
from setia.customers.actions import FieldNameTaken, TooMany
from setia.customers.queries import get_merge_for
from setia.intake import actions, queries
from setia.intake.actions.draft import NotADraft, Turn
from setia.intake.forms import MappingForm, UploadForm
from setia.intake.models import Run
from setia.intake.reading import Unreadable
from setia.intake.reading.guess import Guess

PAGE = 25
RUNNING = (Run.State.QUEUED, Run.State.READING, Run.State.WRITING)


@require_http_methods(["GET", "POST"])
@needs("intake.view")
def imports(request: HttpRequest) -> HttpResponse:
    """The files taken in so far, and the form for the next."""
    user = me(request)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"what": request.GET.get("what", "ORDERS")})
    if request.method == "POST":
        require(user, "intake.run")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            run = actions.start_draft(
                by=user,
                at=timezone.now(),
                what=data["what"],
                file_name=data["file"].name,
                upload=data["file"].file,
                source=data["source"] or "main",
                append=data["append"],
            )
        except Unreadable as trouble:
            form.add_error("file", str(trouble))
        else:
            return redirect("import_run", run.pk)
    page = Paginator(queries.runs_for(user), PAGE).get_page(request.GET.get("page"))
    status = 422 if form.errors else 200
    return render(request, "intake/imports.html", {"form": form, "page": page}, status=status)


@require_GET
@needs("intake.view")
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: to be checked, on its way, or done, whichever it is."""
    run = queries.get_run_for(me(request), pk)
    return render(request, "intake/import_run.html", _context(run, me(request)))


def _offers(found: queries.Check, user: User) -> dict[int, Guess]:
    """Columns of a file of customers that become nothing, for whoever may make fields of them."""
    may_add = may(user, "customers.arrange_fields")
    return {one.place: one.offer for one in found.columns if one.offer is not None and may_add}


def _context(run: Run, user: User) -> dict[str, Any]:
    if run.state == Run.State.DRAFT:
        found = queries.check(run)
        form = None
        if found.plan is not None and found.layout is not None:
            form = MappingForm(base=found.plan, layout=found.layout, offers=_offers(found, user))
        return {"run": run, "part": "check", "check": found, "form": form}
    if run.state in RUNNING:
        return {"run": run, "part": "follow", "progress": queries.progress(run, at=timezone.now())}
    return {
        "run": run,
        "part": "result",
        "problem": queries.problem_text(run),
        "warnings": queries.warning_texts(run),
        "has_rejects": bool(run.rejects_path) and Path(run.rejects_path).is_file(),
    }


@require_POST
@needs("intake.run")
def map_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct which column is which; answers the check anew."""
    user = me(request)
    run = queries.get_run_for(user, pk)
    if run.state != Run.State.DRAFT:
        return _to_run(request, run)
    before = queries.check(run)
    if before.plan is None or before.layout is None:
        return _to_run(request, run)
    form = MappingForm(request.POST, base=before.plan, layout=before.layout, offers=_offers(before, user))
    if form.is_valid():
        plan, new = form.plan(), form.new_fields()
        sheet = form.cleaned_data.get("sheet")
        if sheet and sheet != before.layout.sheet:
            plan, new = queries.plan_for_sheet(run, sheet), {}
        turn = Turn.read(request.POST.get("turn", ""))
        try:
            run = actions.remap(run, plan=plan, new=new, turn=turn, by=user, at=timezone.now())
        except NotADraft:
            return _to_run(request, run)
        except (FieldNameTaken, TooMany):
            form.add_error(
                None, _("A field of this name is there already, or there are too many. Choose it in the list.")
            )
    if form.errors:
        return render(request, "intake/map_import.html", {"run": run, "check": before, "form": form}, status=422)
    if not request.headers.get("HX-Request"):
        return redirect("import_run", pk)
    return render(request, "intake/map_import.html", _context(run, user))


@require_http_methods(["GET", "POST"])
@needs("intake.view")
def import_twins(request: HttpRequest, pk: int) -> HttpResponse:
    """Rows that are probably somebody who is here already; and what is to become of each, once chosen."""
    user = me(request)
    run = queries.get_run_for(user, pk)
    saved = request.method == "POST"
    if saved:
        choices = {
            int(name[4:]): choice
            for name, choice in request.POST.items()
            if name[:4] == "row_" and name[4:].isdecimal() and len(name) < 16 and isinstance(choice, str)
        }
        try:
            turn = Turn.read(request.POST.get("turn", ""))
            run = actions.decide_rows(run, choices=choices, turn=turn, by=user, at=timezone.now())
        except NotADraft:
            return _to_run(request, run)
        if not request.headers.get("HX-Request"):
            return redirect("import_run", pk)
    context = {"run": run, "twins": queries.twin_rows(run, user), "saved": saved}
    return render(request, "intake/import_twins.html", context)


@require_POST
@needs("intake.run")
def start_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the file to the worker."""
    user = me(request)
    run = queries.get_run_for(user, pk)
    try:
        actions.queue(run, by=user, at=timezone.now())
    except NotADraft:
        messages.info(request, _("This import had been started already."))
    except Unreadable as trouble:
        messages.error(request, str(trouble))
    return redirect("import_run", pk)


@require_GET
@needs("intake.view")
def follow_import(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is: asked for every second by the page; once it is over, the page is loaded anew."""
    run = queries.get_run_for(me(request), pk)
    seen = queries.progress(run, at=timezone.now())
    if seen.over:
        return _to_run(request, run)
    return render(request, "intake/follow_import.html", {"run": run, "progress": seen})


@require_POST
@needs("intake.run")
def cancel_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run, or throw a draft away. Nothing of it is written."""
    user = me(request)
    run = actions.cancel(queries.get_run_for(user, pk), by=user, at=timezone.now())
    if run.state in RUNNING:
        messages.info(request, _("The import is being stopped. Nothing of it will be written."))
        return redirect("import_run", pk)
    messages.info(request, _("The import was stopped. Nothing of it was written."))
    return redirect("imports")


@require_GET
@needs("intake.view")
def rejected_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows with their reasons, as a file to be mended and taken in again."""
    run = queries.get_run_for(me(request), pk)
    path = Path(run.rejects_path or "-")
    if not run.rejects_path or not path.is_file():
        raise Http404
    note_export(by=me(request), at=timezone.now(), what="rejected", run=run.pk)
    return FileResponse(path.open("rb"), as_attachment=True, filename=_("rejected-rows-%(run)s.csv") % {"run": run.pk})


@require_http_methods(["GET", "POST"])
@needs("intake.undo")
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What taking a run back would do; and, once confirmed, taking it back."""
    user = me(request)
    run = queries.get_run_for(user, pk)
    blocked: actions.CannotUndo | None = None
    report: dict[str, Any] = {}
    try:
        if request.method == "POST":
            actions.undo(run, by=user, at=timezone.now())
            return redirect("import_run", pk)
        report = actions.undo_preview(run)
    except actions.CannotUndo as why:
        if why.code == "not_done":
            return redirect("import_run", pk)
        blocked = why
    later = [queries.get_run_for(user, number) for number in blocked.runs] if blocked else []
    merges = [get_merge_for(user, number) for number in blocked.merges] if blocked else []
    context = {"run": run, "report": report, "later": later, "merges": merges}
    return render(request, "intake/undo_import.html", context, status=409 if blocked else 200)


def _to_run(request: HttpRequest, run: Run) -> HttpResponse:
    """To the run's own page, also from a request for a part of it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("import_run", args=[run.pk])})
    return redirect("import_run", run.pk)
