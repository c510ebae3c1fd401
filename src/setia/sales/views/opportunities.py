"""Opportunities: the list, one with its history, entering, changing, winning and losing it, and taking a step back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core import keyset
from setia.core.permissions import may, needs
from setia.core.queries import current_firm
from setia.core.sheets import csv_response
from setia.core.versions import ChangedMeanwhile
from setia.customers.queries import get_customer_for, may_see
from setia.sales import actions, queries
from setia.sales.models import Opportunity
from setia.sales.opportunity_forms import Entry, LoseForm, WinForm
from setia.sales.views._shared import PAGE, address, keep_typed, params_of, sent, whole

_AS_CHOICE = ("status", "pipeline", "owner", "from", "to", "late", "aged")


@require_GET
@needs("sales.view")
def opportunities(request: HttpRequest) -> HttpResponse:
    """The list, a page of it, with the sums of all that it holds."""
    params = params_of(request)
    today = current_firm().day_of(timezone.now())
    found, chips = queries.narrow_opportunities(me(request), params, today=today)
    sort = params["sort"] if params["sort"] in queries.SORTS else "moved"
    closed = params["status"] in ("WON", "LOST")
    page = keyset.page(queries.opportunity_legs(found, sort, closed=closed), size=PAGE, cursor=params["page"])
    context = {
        "opportunities": page.rows,
        "sums": queries.sums_of(found),
        "now": timezone.now(),
        "today": today,
        "closed": closed,
        "params": params,
        "sort": sort,
        "sorts": {code: str(label) for code, label in queries.SORTS.items()},
        "sort_urls": {code: address("opportunities", params=params, sort=code) for code in queries.SORTS},
        "choices": queries.opportunity_choices(queries.pipeline_names()),
        "chips": [
            (one, address("opportunities", params=params, **{one.key: ""}))
            for one in chips
            if one.key not in _AS_CHOICE
        ],
        "kept": [(one.key, params[one.key]) for one in chips if one.key not in _AS_CHOICE],
        "earlier": address("opportunities", params=params, page=page.earlier) if page.earlier else "",
        "later": address("opportunities", params=params, page=page.later) if page.later else "",
        "export": address("export_opportunities", params=params),
        "board_url": address("board", params=params, status="", sort=""),
        "unfiltered": not chips and not params["q"],
    }
    return render(request, "sales/opportunities.html", context)


@require_GET
@needs("sales.export")
@after_confirming
def export_opportunities(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it."""
    today = current_firm().day_of(timezone.now())
    found, _chips = queries.narrow_opportunities(me(request), params_of(request), today=today)
    head = [
        _("Opportunity"),
        _("Customer number"),
        _("Customer"),
        _("Pipeline"),
        _("Stage"),
        _("State"),
        _("Amount"),
        _("Expected day of the decision"),
        _("Responsible"),
        _("Next step"),
        _("Reason"),
        _("Created on"),
        _("Closed on"),
    ]
    note_export(by=me(request), at=timezone.now(), what="opportunity")
    return csv_response("opportunities", head, _exported(queries.exported_opportunities(found)))


@require_GET
@needs("sales.view")
def opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """One opportunity: where it stands, what is offered, what happened."""
    one = queries.get_opportunity_for(me(request), pk)
    steps, lines, rivals = queries.steps_of(one), queries.lines_of(one), queries.rivals_met(one)
    now = timezone.now()
    about = {"rival": [rival.pk for rival in rivals], "product": [line.product_id for line in lines if line.product_id]}
    context = {
        "one": one,
        "may_open": may_see(me(request), one.customer),
        "stages": queries.path_of(one),
        "lines": lines,
        "rivals": rivals,
        "cards_of": urlencode(about, doseq=True),
        "steps": steps,
        "undo": queries.undoable_step(one, steps) if may(me(request), "sales.opportunities") else None,
        "now": now,
        "today": current_firm().day_of(now),
    }
    return render(request, "sales/opportunity.html", context)


@require_http_methods(["GET", "POST"])
@needs("sales.opportunities")
def add_opportunity(request: HttpRequest) -> HttpResponse:
    """Enter one."""
    customer, stage = request.GET.get("customer", ""), request.GET.get("stage", "")
    entry = Entry(sent(request), user=me(request), customer=customer, stage=stage)
    if do := request.POST.get("do"):
        return _page(request, "sales/add_opportunity.html", entry.changed(do))
    if request.method == "POST" and entry.is_valid():
        try:
            made = actions.add_opportunity(
                by=me(request), at=timezone.now(), lines=entry.values(), **entry.form.facts()
            )
        except actions.NeedsMore as more:
            entry.form.ask(more.needs)
        except actions.NoSuchStage:
            entry.form.add_error("stage", _("This stage was put away meanwhile. Choose another."))
        else:
            return redirect("opportunity", made.pk)
    return _page(request, "sales/add_opportunity.html", entry)


@require_http_methods(["GET", "POST"])
@needs("sales.opportunities")
def edit_opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of one."""
    one = queries.get_opportunity_for(me(request), pk)
    entry = Entry(sent(request), user=me(request), opportunity=one)
    if do := request.POST.get("do"):
        return _page(request, "sales/edit_opportunity.html", entry.changed(do), one=one)
    if request.method == "POST" and entry.is_valid():
        try:
            actions.edit_opportunity(
                by=me(request),
                at=timezone.now(),
                opportunity=one,
                version=entry.form.cleaned_data["version"],
                lines=entry.values(),
                **entry.form.facts(),
            )
        except actions.NeedsMore as more:
            entry.form.ask(more.needs)
        except ChangedMeanwhile as changed:
            keep_typed(entry.form, changed.version)
            return _page(request, "sales/edit_opportunity.html", entry, one=one, conflict=True, status=409)
        else:
            return redirect("opportunity", pk)
    return _page(request, "sales/edit_opportunity.html", entry, one=one)


@require_http_methods(["GET", "POST"])
@needs("sales.opportunities")
def win_opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it was bought, and what it becomes."""
    one = queries.get_opportunity_for(me(request), pk)
    form = WinForm(sent(request), user=me(request), opportunity=one, at=timezone.now())
    if request.method == "POST" and form.is_valid():
        try:
            actions.win_opportunity(by=me(request), at=timezone.now(), opportunity=one, **form.becomes())
        except actions.StandsElsewhere as elsewhere:
            return _elsewhere(request, elsewhere)
        except actions.NothingToOrder:
            form.add_error("become", _("Nothing is offered. Enter the amount or the products first."))
        except actions.NotTheirOrder:  # taken back, or chosen elsewhere, since the page was opened
            form.add_error("become", _("This order is no longer there to choose. Choose another."))
        except actions.CannotSubscribe:
            form.add_error("started_date", _("A subscription cannot begin on this day."))
        else:
            return redirect("opportunity", pk)
    context = {"one": one, "form": form, "lines": form.lines}
    return render(request, "sales/win_opportunity.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("sales.opportunities")
def lose_opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it will not be bought, and why."""
    one = queries.get_opportunity_for(me(request), pk)
    form = LoseForm(sent(request), user=me(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.lose_opportunity(by=me(request), at=timezone.now(), opportunity=one, **form.cleaned_data)
        except actions.StandsElsewhere as elsewhere:
            return _elsewhere(request, elsewhere)
        return redirect("opportunity", pk)
    context = {"one": one, "form": form}
    return render(request, "sales/lose_opportunity.html", context, status=422 if form.errors else 200)


@require_POST
@needs("sales.opportunities")
def reopen_opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with one that was lost."""
    one = queries.get_opportunity_for(me(request), pk)
    try:
        actions.reopen_opportunity(by=me(request), at=timezone.now(), opportunity=one)
    except actions.StandsElsewhere as elsewhere:
        return _elsewhere(request, elsewhere)
    except actions.NoSuchStage:
        messages.warning(request, _("The stage it had reached was put away. Take that stage out of the archive first."))
    return redirect("opportunity", pk)


@require_POST
@needs("sales.opportunities")
def undo_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the latest step back."""
    one = queries.get_opportunity_for(me(request), pk)
    step = request.POST.get("step", "")
    try:
        key = int(step) if step.isdecimal() and len(step) < 19 else 0
        actions.undo_step(by=me(request), at=timezone.now(), opportunity=one, step=key)
    except actions.NothingToUndo:
        messages.warning(request, _("Other steps have followed, or it was taken back already. Nothing has changed."))
    back = request.POST.get("back", "")
    return redirect("board") if back == "board" else redirect("opportunity", pk)


@require_GET
@needs("sales.view")
def customer_opportunities(request: HttpRequest, pk: int) -> HttpResponse:
    """What one customer may buy or has bought through the pipeline: a part of their record."""
    customer = get_customer_for(me(request), pk)
    context = {
        "customer": customer,
        "opportunities": queries.opportunities_of(me(request), customer),
        "prompt": queries.closing_prompt(me(request), customer, at=timezone.now()),
        "today": current_firm().day_of(timezone.now()),
    }
    piece = bool(getattr(request, "htmx", None)) and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "sales/customer_opportunities_piece.html" if piece else "sales/customer_opportunities.html"
    return render(request, template, context)


@require_GET
@needs("sales.view")
def find_opportunity(request: HttpRequest) -> HttpResponse:
    """The picker of a form: open ones with a title like the text typed, or the one picked (`pick`), as a fragment."""
    context: dict[str, Any] = {"chosen": None}
    if "pick" in request.GET:
        if key := whole(request.GET["pick"]):
            context["chosen"] = queries.get_opportunity_for(me(request), key)
        return render(request, "sales/picked_opportunity.html", context)
    q = request.GET.get("opportunity_q", "")[:200]
    found = queries.found_opportunities(me(request), q)
    return render(request, "sales/find_opportunity.html", {"q": q, "found": found})


def _page(request: HttpRequest, template: str, entry: Entry, *, status: int = 0, **context: Any) -> HttpResponse:
    customer, products = entry.chosen()
    context |= {
        "entry": entry,
        "form": entry.form,
        "chosen": customer,
        "products": products,
        "errors": entry.errors() if entry.form.is_bound else 0,
    }
    return render(request, template, context, status=status or (422 if context["errors"] else 200))


def _elsewhere(request: HttpRequest, why: actions.StandsElsewhere) -> HttpResponse:
    now, who = why.opportunity, str(why.by) if why.by else _("Somebody")
    state = now.stage.name if now.is_open else now.get_status_display()
    messages.warning(request, _("{who} was quicker: it stands at “{state}” now.").format(who=who, state=state))
    return redirect(reverse("opportunity", args=[now.pk]))


def _exported(rows: Iterator[Opportunity]) -> Iterator[list[Any]]:
    for one in rows:
        yield [
            one.title,
            one.customer.number,
            one.customer.display_name,
            one.pipeline.name,
            one.stage.name,
            one.get_status_display(),
            one.amount,
            one.expected_date,
            str(one.owner or ""),
            one.next_step,
            one.lost_reason.name if one.lost_reason else "",
            timezone.localtime(one.created_at),
            timezone.localtime(one.closed_at) if one.closed_at else None,
        ]
