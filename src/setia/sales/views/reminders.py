"""What one was reminded of, and how one wants to be."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.sales import actions, queries
from setia.sales.activity_forms import RemindingForm
from setia.sales.views._shared import sent


@require_http_methods(["GET", "POST"])
@needs("sales.view")
def reminders(request: HttpRequest) -> HttpResponse:
    """What the reader was reminded of and has not done yet, and how long before. As a part, it stands with mentions."""
    htmx = getattr(request, "htmx", None)
    piece = bool(htmx) and not htmx.boosted  # type: ignore[union-attr]
    now = timezone.now()
    context = {
        "found": queries.reminders_of(me(request)),
        "today": current_firm().day_of(now),
        "now": now,
    }
    if piece:
        return render(request, "sales/reminders_piece.html", context)
    kept = queries.reminding_of(me(request))
    initial = {"minutes": "" if kept.minutes is None else str(kept.minutes), "by_mail": kept.by_mail}
    form = RemindingForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_reminding(by=me(request), at=now, **form.cleaned_data)
        return redirect("reminders")
    context |= {"form": form}
    return render(request, "sales/reminders.html", context, status=422 if form.errors else 200)
