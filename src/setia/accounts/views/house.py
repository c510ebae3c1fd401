"""How the house is doing: the audit trail and the background jobs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import setia.core.jobs
from setia.accounts import actions, queries
from setia.accounts.forms import AuditFilterForm
from setia.accounts.labels import details
from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.words import verb_name


@require_safe
@needs("accounts.audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first, filtered by person and verb; pages follow each other by key."""
    form = AuditFilterForm(request.GET)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name) or None for name in ("person", "verb", "before")}
    page = queries.audit_page_for(
        me(request), person=wanted["person"], verb=wanted["verb"] or "", before=wanted["before"]
    )
    context = {
        "page": page,
        "wanted": wanted,
        "people": queries.everybody(),
        "verbs": sorted(((verb, verb_name(verb)) for verb in queries.audit_verbs()), key=lambda pair: pair[1]),
        "verb_name": verb_name,
        "details": details,
        "subjects": queries.people_by_id(
            {entry.about_id for entry in page.entries if entry.about == "user" and entry.about_id}
        ),
    }
    return render(request, "accounts/audit.html", context)


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
