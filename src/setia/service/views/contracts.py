"""Contracts: enter one, change it, take it away."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers.queries import get_customer_for
from setia.service import actions, queries
from setia.service.forms import ContractForm
from setia.service.views._shared import keep_typed, sent

_FACTS = ("title", "number", "from_date", "until_date", "value", "complexity", "note")


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


@require_POST
@needs("service.contracts")
def remove_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a contract away."""
    one = queries.get_contract_for(me(request), pk)
    actions.remove_contract(by=me(request), at=timezone.now(), contract=one)
    return redirect("customer", one.customer_id)


def _page(request: HttpRequest, template: str, form: ContractForm, *, status: int = 0, **context: Any) -> HttpResponse:
    return render(request, template, context | {"form": form}, status=status or (422 if form.errors else 200))
