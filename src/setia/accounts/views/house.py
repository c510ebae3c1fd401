"""How the house is doing: the audit trail and the background jobs."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import setia.core.jobs
from setia.accounts import actions, queries
from setia.accounts.forms import AuditFilterForm
from setia.accounts.models import AuditEntry
from setia.accounts.queries import after_confirming, me
from setia.core.permissions import needs
from setia.core.sheets import csv_response
from setia.core.trail import ACTS, things


@require_safe
@needs("accounts.audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Who changed what, the newest first, by person, kind of thing, group of acts and period; pages go by key."""
    form = AuditFilterForm(request.GET)
    wanted = form.wanted()
    page = queries.audit_page_for(me(request), wanted, before=form.cleaned_data.get("before") or "")
    kept = {name: value for name, value in _address(wanted).items() if value}
    context = {
        "page": page,
        "wanted": wanted,
        "filtered": bool(kept),
        "older": f"?{urlencode({**kept, 'before': page.before})}" if page.before else "",
        "export": f"{reverse('export_audit')}?{urlencode(kept)}",
        "people": [("", _("everybody")), *((one.pk, str(one)) for one in queries.everybody())],
        "nobody": (queries.NOBODY, _("Setia, or not signed in")),
        "kinds": [("", _("everything")), *_kinds()],
        "acts": [("", _("everything")), *((code, words) for code, words in ACTS.items())],
        "record_url": lambda line: f"?{urlencode({'about': line.entry.about, 'record': line.entry.about_id})}",
    }
    return render(request, "accounts/audit.html", context)


@require_safe
@needs("accounts.audit")
@after_confirming
def export_audit(request: HttpRequest) -> HttpResponseBase:
    """The same entries as CSV, all of them, in the same words."""
    lines = queries.audit_lines_for(me(request), AuditFilterForm(request.GET).wanted())
    actions.note_export(by=me(request), at=timezone.now(), what="audit")
    head = [
        _("When"),
        _("Who"),
        _("Did what"),
        _("Kind"),
        _("To what"),
        _("From what to what"),
        _("Details"),
        _("Place"),
    ]
    return csv_response("audit", head, map(_row, lines))


def _row(line: queries.Line) -> list[Any]:
    entry = line.entry
    return [
        timezone.localtime(entry.at),
        _who(entry),
        line.title,
        line.kind,
        line.thing or (f"#{entry.about_id}" if entry.about_id else ""),
        "; ".join(f"{one.label}: {one.before} → {one.after}" for one in line.changes),
        "; ".join(f"{name}: {value}" for name, value in line.notes),
        entry.address[:6],
    ]


def _who(entry: AuditEntry) -> str:
    if entry.by:
        return str(entry.by)
    return _("not signed in") if entry.address else "Setia"


def _kinds() -> list[tuple[str, str]]:
    """Kinds of things by their words; several that are called the same are one to a reader."""
    found = {str(thing.many): about for about, thing in reversed(things().items()) if thing.acts}
    return sorted(((about, words) for words, about in found.items()), key=lambda pair: pair[1].lower())


def _address(wanted: queries.Wanted) -> dict[str, str]:
    """The filters as an address says them."""
    return {
        "person": "" if wanted.person is None else str(wanted.person),
        "about": wanted.about,
        "record": str(wanted.about_id or ""),
        "act": wanted.act,
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What runs behind the pages, when it runs next, and what failed."""
    now = timezone.now()
    return render(request, "accounts/jobs.html", {"board": setia.core.jobs.board(at=now), "now": now})


@require_POST
@needs("accounts.jobs")
def retry_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a failed job once more."""
    try:
        actions.retry_job(by=me(request), at=timezone.now(), job_id=pk)
    except setia.core.jobs.NotFailed:
        messages.info(request, _("This job is no longer among the failed ones."))
    except setia.core.jobs.AlreadyWaiting:
        messages.info(request, _("The same job is waiting already. It runs soon."))
    else:
        messages.info(request, _("The job runs again."))
    return redirect("jobs")
