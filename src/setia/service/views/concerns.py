"""Revisions and complaints: the list of all, one written down, changed, settled, opened again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.sheets import csv_response
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers.queries import get_customer_for
from setia.service import actions, queries
from setia.service.forms import AnswerForm, ConcernForm
from setia.service.views._shared import PAGE, address, keep_typed, params_of, sent

_AS_CHOICE = ("kind", "who", "done", "late")


@require_GET
@needs("service.view")
def concerns(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    params = params_of(request)
    found, chips = queries.narrow_concerns(me(request), queries.concerns_for(me(request)), params)
    legs = queries.concern_legs(found, done=params["done"] == "1", late=params["late"] == "1")
    page = keyset.page(legs, size=PAGE, cursor=params["page"])
    context = {
        "concerns": page.rows,
        "today": current_firm().day_of(timezone.now()),
        "count": keyset.count(found),
        "params": params,
        "choices": queries.concern_choices(),
        "chips": [
            (chip, address("concerns", params=params, **{chip.key: ""})) for chip in chips if chip.key not in _AS_CHOICE
        ],
        "kept": [(chip.key, params[chip.key]) for chip in chips if chip.key not in _AS_CHOICE],
        "earlier": address("concerns", params=params, page=page.earlier) if page.earlier else "",
        "later": address("concerns", params=params, page=page.later) if page.later else "",
        "export": address("export_concerns", params=params),
        "unfiltered": not chips,
    }
    return render(request, "service/concerns.html", context)


@require_GET
@needs("service.export")
@after_confirming
def export_concerns(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it."""
    found, _chips = queries.narrow_concerns(me(request), queries.concerns_for(me(request)), params_of(request))
    head = [
        _("Number"),
        _("Customer number"),
        _("Customer"),
        _("Kind"),
        _("What is it about?"),
        _("Day"),
        _("Contract number"),
        _("Resolved by"),
        _("Done on"),
        _("What was done?"),
    ]
    note_export(by=me(request), at=timezone.now(), what="concern")
    return csv_response("concerns", head, queries.exported_concerns(found))


@require_http_methods(["GET", "POST"])
@needs("service.concerns")
def add_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a customer wants changed or complains of."""
    customer = get_customer_for(me(request), pk)
    initial = {"raised_date": current_firm().day_of(timezone.now()), "resolver": me(request).pk, "kind": "REVISION"}
    form = ConcernForm(sent(request), user=me(request), customer=customer, present=me(request).pk, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.add_concern(by=me(request), at=timezone.now(), customer=customer, **form.facts())
        return redirect("customer", customer.pk)
    return _page(request, "service/add_concern.html", form, customer=customer)


@require_http_methods(["GET", "POST"])
@needs("service.concerns")
def edit_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is written, or who resolves it."""
    one = queries.get_concern_for(me(request), pk)
    initial: dict[str, Any] = {name: getattr(one, name) for name in ("kind", "words", "raised_date", "due_date")}
    initial |= {"contract": one.contract_id, "resolver": one.resolver_id, "version": version_of(one.updated_at)}
    form = ConcernForm(sent(request), user=me(request), customer=one.customer, present=one.resolver_id, initial=initial)
    context: dict[str, Any] = {"one": one, "customer": one.customer, "answer_form": AnswerForm()}
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_concern(by=me(request), at=timezone.now(), concern=one, version=version, **form.facts())
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return _page(request, "service/edit_concern.html", form, status=409, conflict=True, **context)
        return redirect("customer", one.customer_id)
    return _page(request, "service/edit_concern.html", form, **context)


@require_POST
@needs("service.concerns")
def settle_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is done, and how."""
    one = queries.get_concern_for(me(request), pk)
    form = AnswerForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    try:
        actions.settle_concern(by=me(request), at=timezone.now(), concern=one, answer=answer)
    except actions.StandsOtherwise:  # somebody else was quicker: the record shows how it stands
        return redirect("customer", one.customer_id)
    return redirect("customer", one.customer_id)


@require_POST
@needs("service.concerns")
def reopen_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is not done after all."""
    one = queries.get_concern_for(me(request), pk)
    try:
        actions.reopen_concern(by=me(request), at=timezone.now(), concern=one)
    except actions.StandsOtherwise:
        return redirect("customer", one.customer_id)
    return redirect("customer", one.customer_id)


def _page(request: HttpRequest, template: str, form: ConcernForm, *, status: int = 0, **context: Any) -> HttpResponse:
    return render(request, template, context | {"form": form}, status=status or (422 if form.errors else 200))
