"""Backups: the plan, what became of each, one made now, and one taken along."""

from pathlib import Path
from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setia.accounts import actions, queries
from setia.accounts.backup_forms import BackupPlanForm
from setia.accounts.confirming import after_confirming
from setia.accounts.queries import me
from setia.core.permissions import needs

_FACTS = ("on", "hour", "keep_days", "folder")


@require_http_methods(["GET", "POST"])
@needs("accounts.backups")
@sensitive_post_parameters("passphrase")
def backups(request: HttpRequest) -> HttpResponse:
    """How the backups stand, and the plan; a change of the plan asks once more who is there."""
    if request.method == "POST":
        return cast(HttpResponse, _change(request))
    return _page(request, BackupPlanForm(initial=_initial()))


@require_POST
@needs("accounts.backups")
def start_backup(request: HttpRequest) -> HttpResponse:
    """Make one now."""
    try:
        actions.start_backup(by=me(request), at=timezone.now())
    except actions.BackupUnderWay:
        messages.info(request, _("A backup is being made already."))
    return redirect("backups")


@require_safe
@needs("accounts.backups")
def follow_backup(request: HttpRequest) -> HttpResponse:
    """How far the one under way is, as a piece of the page that asks again by itself."""
    board = queries.backup_board()
    answer = render(request, "accounts/follow_backup.html", {"board": board, "now": timezone.now()})
    if board.under_way is None:  # it has ended: the whole page tells how
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@needs("accounts.backups")
def cancel_backup(request: HttpRequest, pk: int) -> HttpResponse:
    """End one that is under way."""
    backup = queries.get_backup_for(me(request), pk)
    if not actions.cancel_backup(by=me(request), at=timezone.now(), backup=backup):
        messages.info(request, _("It had ended already."))
    return redirect("backups")


@require_safe
@needs("accounts.backups")
@after_confirming
def download_backup(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file. Raises `Http404` for one that was tidied away since."""
    backup = queries.get_backup_for(me(request), pk)
    path = Path(backup.file)
    if not backup.file or not path.is_file():
        raise Http404
    actions.hand_out_backup(by=me(request), at=timezone.now(), backup=backup)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=path.name, content_type="application/octet-stream"
    )


@after_confirming
def _change(request: HttpRequest) -> HttpResponse:
    form = BackupPlanForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    values = form.cleaned_data
    passphrase = "" if values["no_passphrase"] else (values["passphrase"] or None)
    facts = {name: values[name] for name in _FACTS}
    if actions.change_backup_plan(by=me(request), at=timezone.now(), passphrase=passphrase, **facts):
        messages.info(request, _("The plan of the backups is saved."))
    return redirect("backups")


def _initial() -> dict[str, object]:
    plan = queries.backup_plan()
    return {name: getattr(plan, name) for name in _FACTS}


def _page(request: HttpRequest, form: BackupPlanForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    board = queries.backup_board()
    there = {one.pk for one in board.backups if one.file and Path(one.file).is_file()}
    context = {"form": form, "board": board, "there": there, "now": now, "next_night": queries.next_night(at=now)}
    return render(request, "accounts/backups.html", context, status=status)
