"""Pages of understanding: parse, ask one question, answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.queries import me
from setia.core.permissions import may, needs
from setia.core.sheets import csv_response
from setia.customers.queries import get_customer_for
from setia.portraits import queries
from setia.portraits.forms import OverruleForm


@require_GET
@needs("portraits.view")
def cohorts(request: HttpRequest) -> HttpResponse:
    """The cohort heat map, as shares or (`view=numbers`) as customers, and one cell's people."""
    page = queries.cohort_page(me(request), request.GET.dict())
    view = "numbers" if request.GET.get("view") == "numbers" else "shares"
    return render(request, "portraits/cohorts.html", {"page": page, "view": view})


@require_GET
@needs("portraits.view")
def rfm(request: HttpRequest) -> HttpResponse:
    """The map of recency by frequency and its groups."""
    return render(request, "portraits/rfm.html", {"page": queries.rfm_page(me(request))})


@require_GET
@needs("portraits.view")
def moves(request: HttpRequest) -> HttpResponse:
    """Who moved between the groups of the RFM map over three months."""
    return render(request, "portraits/moves.html", {"page": queries.moves_page(me(request))})


@require_GET
@needs("portraits.view")
def together(request: HttpRequest) -> HttpResponse:
    """Which products are bought together more often than by chance."""
    return render(request, "portraits/together.html", {"page": queries.together_page(me(request))})


@require_GET
@needs("portraits.view")
def concentration(request: HttpRequest) -> HttpResponse:
    """How few customers brought how much."""
    return render(request, "portraits/concentration.html", {"page": queries.concentration_page(me(request))})


@require_GET
@needs("portraits.view")
def value(request: HttpRequest) -> HttpResponse:
    """What customers are expected to spend in the coming year."""
    return render(request, "portraits/value.html", {"page": queries.value_page(me(request))})


@require_GET
@needs("portraits.view")
def accuracy(request: HttpRequest) -> HttpResponse:
    """What was foretold and what happened: all forecasts, and one of them (`at`) looked at."""
    return render(request, "portraits/accuracy.html", {"page": queries.accuracy_page(me(request), request.GET.dict())})


@require_GET
@needs("portraits.view")
def curves(request: HttpRequest) -> HttpResponse:
    """Who stays subscribed from renewal to renewal: of one plan, or of all of a length (`of`)."""
    return render(request, "portraits/curves.html", {"page": queries.curves_page(me(request), request.GET.dict())})


@require_GET
@needs("subscriptions.export")
def export_curves(request: HttpRequest) -> HttpResponseBase:
    """The counted curves as CSV: a row a plan, month and renewal."""
    names = ["plan", "period", "days", "month", "began", "renewal", "made", "share"]
    rows = queries.exported_curves(me(request))
    note_export(by=me(request), at=timezone.now(), what="report", report="renewal-curves")
    return csv_response("renewal-curves", names, rows)


@require_GET
@needs("customers.view")
def classes(request: HttpRequest, pk: int) -> HttpResponse:
    """The classes of a customer: what counts, what is computed and from what, who said otherwise and why."""
    customer = get_customer_for(me(request), pk)
    context = {
        "customer": customer,
        "page": queries.class_page(customer, today=timezone.localdate()),
        "may_overrule": may(me(request), "portraits.overrule"),
    }
    return render(request, "portraits/classes.html", context)


@require_GET
@needs("customers.view")
def alive(request: HttpRequest, pk: int) -> HttpResponse:
    """How the chance that a customer is still active went: a page, or the piece of it that the record shows."""
    customer = get_customer_for(me(request), pk)
    # Brings the analytics along, which the other pages of this room do without.
    from setia.portraits import actions

    # A boosted link, and a browser without script, want a whole page.
    htmx = getattr(request, "htmx", None)
    template = "portraits/alive_piece.html" if htmx and not htmx.boosted else "portraits/alive.html"
    return render(request, template, {"customer": customer, "page": actions.follow_alive(customer)})


@require_http_methods(["GET", "POST"])
@needs("portraits.overrule")
def overrule(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Say otherwise about one class of a customer."""
    customer = get_customer_for(me(request), pk)
    page = queries.class_page(customer, today=timezone.localdate())
    if what not in queries.OVERRULABLE:
        raise Http404
    one = page.class_of(what)
    word = one.overruling if one else None
    initial = (
        {"value": one.value, "reason": word.reason if word else "", "until_date": word and word.until_date}
        if one
        else {}
    )
    form = OverruleForm(request.POST or None, what=what, today=timezone.localdate(), initial=initial)
    if request.method == "POST" and form.is_valid():
        # Brings the analytics along, which recompute this customer at once.
        from setia.portraits import actions

        actions.overrule(by=me(request), at=timezone.now(), customer=customer, what=what, **form.cleaned_data)
        return redirect("classes", customer.pk)
    context = {"customer": customer, "one": one, "label": queries.OVERRULABLE[what], "form": form}
    return render(request, "portraits/overrule.html", context, status=422 if form.errors else 200)


@require_POST
@needs("portraits.overrule")
def withdraw_overruling(request: HttpRequest, pk: int, overruling_pk: int) -> HttpResponse:
    """Let the computed value count again."""
    word = queries.get_overruling_for(me(request), pk, overruling_pk)
    from setia.portraits import actions

    actions.withdraw_overruling(by=me(request), at=timezone.now(), overruling=word)
    return redirect("classes", pk)


@require_POST
@needs("portraits.overrule")
def restore_overruling(request: HttpRequest, pk: int, overruling_pk: int) -> HttpResponse:
    """Undo a withdrawal."""
    word = queries.get_overruling_for(me(request), pk, overruling_pk)
    from setia.portraits import actions

    try:
        actions.restore_overruling(by=me(request), at=timezone.now(), overruling=word)
    except actions.Superseded:
        messages.info(request, _("Somebody has said something else about it meanwhile; that counts."))
    except actions.DayPassed:
        messages.info(request, _("Its last day has passed, so it cannot count again. Say it anew with a later day."))
    return redirect("classes", pk)
