"""Contracts: the list of all, one entered, changed, renewed, taken away."""

from typing import Any

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
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.sheets import csv_response
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers.queries import get_customer_for
from setia.service import actions, queries
from setia.service.forms import ContractForm
from setia.service.views._shared import PAGE, address, keep_typed, params_of, sent

_AS_CHOICE = ("state", "who")
_FACTS = ("title", "number", "from_date", "until_date", "value", "complexity", "note")


@require_GET
@needs("service.view")
def contracts(request: HttpRequest) -> HttpResponse:
    """The list, a page of it; those that end soonest stand first."""
    params, day = params_of(request), current_firm().day_of(timezone.now())
    found, chips = queries.narrow_contracts(me(request), queries.contracts_for(me(request)), params, today=day)
    page = keyset.page(queries.contract_legs(found, params["state"], today=day), size=PAGE, cursor=params["page"])
    context = {
        "contracts": page.rows,
        "today": day,
        "count": keyset.count(found),
        "params": params,
        "choices": queries.contract_choices(),
        "chips": [
            (chip, address("contracts", params=params, **{chip.key: ""}))
            for chip in chips
            if chip.key not in _AS_CHOICE
        ],
        "kept": [(chip.key, params[chip.key]) for chip in chips if chip.key not in _AS_CHOICE],
        "earlier": address("contracts", params=params, page=page.earlier) if page.earlier else "",
        "later": address("contracts", params=params, page=page.later) if page.later else "",
        "export": address("export_contracts", params=params),
        "unfiltered": not chips,
    }
    return render(request, "service/contracts.html", context)


@require_GET
@needs("service.export")
@after_confirming
def export_contracts(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it."""
    params, day = params_of(request), current_firm().day_of(timezone.now())
    found, _chips = queries.narrow_contracts(me(request), queries.contracts_for(me(request)), params, today=day)
    head = [
        _("Contract number"),
        _("Customer number"),
        _("Customer"),
        _("Contract"),
        _("From"),
        _("Until"),
        _("Value"),
        _("Complexity"),
        _("Account manager"),
        _("Note"),
    ]
    note_export(by=me(request), at=timezone.now(), what="contract")
    return csv_response("contracts", head, queries.exported_contracts(found))


@require_http_methods(["GET", "POST"])
@needs("service.contracts")
def add_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a contract with a customer."""
    customer = get_customer_for(me(request), pk)
    initial = {"from_date": current_firm().day_of(timezone.now()), "responsible": customer.owner_id}
    form = ContractForm(sent(request), user=me(request), present=customer.owner_id, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.add_contract(by=me(request), at=timezone.now(), customer=customer, **form.facts())
        return redirect("customer", customer.pk)
    return _page(request, "service/add_contract.html", form, customer=customer)


@require_http_methods(["GET", "POST"])
@needs("service.contracts")
def edit_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a contract says."""
    one = queries.get_contract_for(me(request), pk)
    initial: dict[str, Any] = {name: getattr(one, name) for name in _FACTS}
    initial |= {"responsible": one.responsible_id, "version": version_of(one.updated_at)}
    form = ContractForm(sent(request), user=me(request), present=one.responsible_id, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_contract(by=me(request), at=timezone.now(), contract=one, version=version, **form.facts())
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            context = {"one": one, "customer": one.customer, "conflict": True}
            return _page(request, "service/edit_contract.html", form, status=409, **context)
        return redirect("customer", one.customer_id)
    return _page(request, "service/edit_contract.html", form, one=one, customer=one.customer)


@require_http_methods(["GET", "POST"])
@needs("service.contracts")
def renew_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the contract that follows one whose time ends."""
    one = queries.get_contract_for(me(request), pk)
    if not one.can_renew:
        return redirect("customer", one.customer_id)
    initial: dict[str, Any] = {name: getattr(one, name) for name in ("title", "number", "value", "complexity")}
    initial |= {"responsible": one.responsible_id, **queries.next_term(one)}
    form = ContractForm(sent(request), user=me(request), present=one.responsible_id, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.renew_contract(by=me(request), at=timezone.now(), contract=one, **form.facts())
        except actions.CannotRenew:
            messages.info(request, _("Another contract follows this one already."))
        else:
            undo = reverse("edit_contract", args=[made.pk])
            messages.info(request, _("Renewed: %(title)s.") % {"title": made.title}, extra_tags=undo)
        return redirect("customer", one.customer_id)
    return _page(request, "service/renew_contract.html", form, one=one, customer=one.customer)


@require_POST
@needs("service.contracts")
def remove_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a contract away."""
    one = queries.get_contract_for(me(request), pk)
    actions.remove_contract(by=me(request), at=timezone.now(), contract=one)
    return redirect("customer", one.customer_id)


def _page(request: HttpRequest, template: str, form: ContractForm, *, status: int = 0, **context: Any) -> HttpResponse:
    return render(request, template, context | {"form": form}, status=status or (422 if form.errors else 200))
