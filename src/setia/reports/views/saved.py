"""Reports people keep: save one, delete it, bring it back, and have it sent to oneself."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.reports import actions, queries
from setia.reports.forms import SaveReportForm
from setia.reports.models import Mailing
from setia.reports.periods import PERIODS

_KEPT = ("period", "from", "to", "per", "product")


@require_http_methods(["GET", "POST"])
@needs("reports.view")
def save_report(request: HttpRequest, selling: str) -> HttpResponse:
    """Keep a report with its period under a name."""
    user, now = me(request), timezone.now()
    report = queries.get_live_report_for(user, selling)
    params = {key: request.GET[key][:40] for key in _KEPT if request.GET.get(key)}
    period = queries.asked_of(report, params, at=now).period
    words = str(PERIODS[period.name]) if period.name != "days" else f"{period.now.first} – {period.now.final}"
    data = request.POST if request.method == "POST" else None
    form = SaveReportForm(data, user=user, name=f"{report.title}, {words.lower()}"[:60])
    if data is not None and form.is_valid():
        try:
            with transaction.atomic():
                saved = actions.save_report(
                    by=user,
                    at=now,
                    name=form.cleaned_data["name"],
                    report=selling,
                    params=params,
                    for_all=form.for_all,
                    team=form.team,
                )
                if every := form.cleaned_data["every"]:
                    actions.mail_report(by=user, at=now, saved=saved, every=every)
        except actions.NoName:
            form.add_error("name", _("Give it a name."))
        except actions.TooManySaved:
            form.add_error("name", _("You have saved as many reports as fit. Delete one you no longer need."))
        else:
            return redirect("reports")
    context = {"report": report, "form": form, "period": words, "back": _back(selling, params)}
    return render(request, "reports/save_report.html", context, status=422 if form.errors else 200)


@require_POST
@needs("reports.view")
def delete_saved_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a saved report."""
    saved = queries.get_saved_for(me(request), pk, to_change=True)
    actions.delete_saved_report(by=me(request), at=timezone.now(), saved=saved)
    return redirect(f"{reverse('reports')}?undo={saved.pk}")


@require_POST
@needs("reports.view")
def restore_saved_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a deleted one back."""
    saved = queries.get_saved_for(me(request), pk, to_change=True, gone_too=True)
    actions.restore_saved_report(by=me(request), at=timezone.now(), saved=saved)
    return redirect("reports")


@require_POST
@needs("reports.view")
def mail_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a saved report sent to oneself, or no more."""
    saved = queries.get_saved_for(me(request), pk)
    every = request.POST.get("every", "")
    every = every if every in Mailing.Every.values else ""
    actions.mail_report(by=me(request), at=timezone.now(), saved=saved, every=every)
    said = _("“%(name)s” comes to %(to)s from now on.") if every else _("“%(name)s” comes no more.")
    messages.info(request, said % {"name": saved.name, "to": me(request).email})
    return redirect("reports")


def _back(selling: str, params: dict[str, str]) -> str:
    return f"{reverse('sales_report', args=[selling])}?{urlencode(params)}"
