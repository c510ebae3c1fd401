"""Prospects: the list, one taken down, and the steps of their qualification."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers.actions import KnownAlready
from setia.customers.queries import get_customer_for
from setia.sales import actions, queries
from setia.sales.models import Prospect
from setia.sales.prospect_forms import CameForm, ProspectForm, QualifyForm
from setia.sales.views._shared import PAGE, address, back_to, keep_typed, params_of, sent


@require_GET
@needs("sales.view")
def prospects(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    user, params = me(request), params_of(request)
    choices = queries.prospect_choices(user=user)
    found, chips = queries.narrow_prospects(user, queries.prospects_for(user), params, dict(choices["owner"]))
    counts = queries.counts_by_status(found, waiting=params["waiting"] == "1")
    standing_so = queries.of_status(found, params["status"])
    legs = queries.prospect_legs(standing_so, sort=params["sort"], owners=queries.team_of(user, params))
    page = keyset.page(legs, size=PAGE, cursor=params["page"])
    context = {
        "prospects": page.rows,
        "now": timezone.now(),
        "params": params,
        "choices": choices,
        "tabs": _tabs(params, counts),
        "shown": [
            (chip, address("prospects", params=params, **{chip.key: ""}))
            for chip in chips
            if chip.key not in ("owner", "source", "q", "waiting", "fit")
        ],
        "earlier": address("prospects", params=params, page=page.earlier) if page.earlier else "",
        "later": address("prospects", params=params, page=page.later) if page.later else "",
        "unfiltered": not chips and not params["status"],
    }
    return render(request, "sales/prospects.html", context)


@require_http_methods(["GET", "POST"])
@needs("sales.prospects")
def add_prospect(request: HttpRequest) -> HttpResponse:
    """Take somebody new down: from one line (`line`), or from the form that the line fills."""
    user = me(request)
    if request.method == "POST" and "line" in request.POST:
        return _quick(request)
    form = ProspectForm(sent(request), user=user, initial={"owner": user.pk, "name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        return _captured(request, form)
    return _form(request, form)


@require_http_methods(["GET", "POST"])
@needs("sales.prospects")
def start_prospect(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a customer who has not bought yet a prospect."""
    customer = get_customer_for(me(request), pk)
    form, refused = CameForm(sent(request)), ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.start(by=me(request), at=timezone.now(), customer=customer, **form.cleaned_data)
        except actions.ProspectAlready:
            return redirect("customer", pk)
        except actions.BuysAlready:
            refused = _("They have bought already: a prospect is somebody who has not.")
        else:
            return redirect("customer", pk)
    context = {"form": form, "customer": customer, "refused": refused, "sources": queries.sources()}
    return render(request, "sales/start_prospect.html", context, status=409 if refused else 422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("sales.prospects")
def qualify_prospect(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where they stand, and why."""
    one = queries.get_prospect_for(me(request), pk)
    initial = {"status": one.status, "reason": one.reason, "version": version_of(one.updated_at)}
    form, context = QualifyForm(sent(request), initial=initial), {"one": one, "customer": one.customer}
    if request.method == "POST" and form.is_valid():
        try:
            actions.qualify(by=me(request), at=timezone.now(), prospect=one, **form.cleaned_data)
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return render(
                request, "sales/qualify_prospect.html", {**context, "form": form, "conflict": True}, status=409
            )
        except actions.WonByOrder:
            return redirect("customer", one.customer_id)
        return back_to(request, reverse("customer", args=[one.customer_id]))
    status = 422 if form.errors else 200
    return render(request, "sales/qualify_prospect.html", {**context, "form": form}, status=status)


@require_POST
@needs("sales.prospects")
def undo_qualifying(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the latest step back."""
    one = queries.get_prospect_for(me(request), pk)
    try:
        actions.undo_qualifying(by=me(request), at=timezone.now(), prospect=one)
    except actions.NothingToTakeBack:
        messages.info(request, _("There is nothing to take back: the record shows how they stand now."))
    return back_to(request, reverse("customer", args=[one.customer_id]))


@require_POST
@needs("sales.prospects")
def touch_prospect(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that somebody was in touch with them."""
    one = queries.get_prospect_for(me(request), pk)
    actions.touch(by=me(request), at=timezone.now(), prospect=one)
    return back_to(request, reverse("customer", args=[one.customer_id]))


@require_GET
@needs("sales.view")
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """How a customer stands as a prospect: a piece of the record, and a page of its own."""
    customer = get_customer_for(me(request), pk)
    one = queries.prospect_of(me(request), customer.pk)
    context = {
        "customer": customer,
        "one": one,
        "steps": list(one.steps.select_related("by").order_by("-at", "-id")[:10]) if one else [],
        "now": timezone.now(),
        "fit_reasons": queries.fit_reasons(one) if one and one.fit is not None else [],
        "may_start": one is None and not customer.erased_at and not queries.has_bought(customer.pk),
    }
    htmx = getattr(request, "htmx", None)
    piece = bool(htmx) and not htmx.boosted  # type: ignore[union-attr]
    return render(request, "sales/standing_piece.html" if piece else "sales/standing.html", context)


def _quick(request: HttpRequest) -> HttpResponse:
    """One line read into the form; saved at once where nothing in it needs another look."""
    user, quick = me(request), queries.read_quick(request.POST.get("line", "")[:2000])
    reached: dict[str, str] = {}
    for kind, text in quick.contacts:
        reached.setdefault(kind.lower(), text)
    named = ("name", "region", "source", "campaign", "note")
    typed = {name: getattr(quick, name) for name in named} | reached | {"owner": str(user.pk)}
    form = ProspectForm(typed, user=user)
    return _captured(request, form) if form.is_valid() else _form(request, form)


def _captured(request: HttpRequest, form: ProspectForm) -> HttpResponse:
    try:
        made = actions.capture(
            by=me(request), at=timezone.now(), anyway=bool(request.POST.get("anyway")), **form.facts()
        )
    except KnownAlready as known:
        return _form(request, form, twins=known.twins, elsewhere=known.elsewhere, status=409)
    messages.info(request, _("%(name)s is a prospect now.") % {"name": made.customer.display_name})
    return redirect("customer", made.customer_id)


def _form(request: HttpRequest, form: ProspectForm, *, status: int = 0, **context: Any) -> HttpResponse:
    context |= {"form": form, "sources": queries.sources()}
    return render(request, "sales/add_prospect.html", context, status=status or (422 if form.errors else 200))


def _tabs(params: dict[str, str], counts: dict[str, keyset.Count]) -> list[dict[str, Any]]:
    """The statuses as parts of the list, with how many stand there."""

    def tab(code: str, label: str, count: str | None = None) -> dict[str, Any]:
        url = address("prospects", params=params, status=code)
        return {"label": label, "url": url, "on": (params["status"] or "") == code, "count": count}

    each = [
        tab(code, str(label), f"{counts[code].number}{'' if counts[code].exact else '+'}")
        for code, label in Prospect.Status.choices
    ]
    return [tab("", _("Open")), *each, tab(queries.ALL, _("All"))]
