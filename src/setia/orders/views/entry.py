"""Entering, correcting and taking back an order.

The form sends itself again with `do` to get a line more or less, or its sums counted; nothing is judged or saved then.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.versions import ChangedMeanwhile
from setia.orders import actions, queries
from setia.orders.forms import Entry, GiveBackForm
from setia.orders.models import Order


@require_http_methods(["GET", "POST"])
@needs("orders.add")
def add_order(request: HttpRequest) -> HttpResponse:
    """Enter an order."""
    customer, agent = (request.GET.get(name, "") for name in ("customer", "agent"))
    entry = Entry(_sent(request), user=me(request), customer=customer, agent=agent)
    if do := request.POST.get("do"):
        return _page(request, "orders/add_order.html", entry.changed(do))
    if request.method == "POST" and entry.is_valid():
        try:
            order = actions.add(by=me(request), at=timezone.now(), lines=entry.values(), **entry.facts())
        except actions.NumberTaken as taken:
            _number_taken(entry, taken.order)
        except actions.OwnAgent:
            _own_agent(entry)
        else:
            return redirect("order", order.pk)
    return _page(request, "orders/add_order.html", entry)


@require_http_methods(["GET", "POST"])
@needs("orders.edit")
def edit_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an order."""
    order = queries.get_order_for(me(request), pk)
    entry = Entry(_sent(request), user=me(request), order=order)
    if do := request.POST.get("do"):
        return _page(request, "orders/edit_order.html", entry.changed(do), order=order)
    if request.method == "POST" and entry.is_valid():
        version = entry.form.cleaned_data["version"]
        try:
            actions.edit(
                by=me(request), at=timezone.now(), order=order, version=version, lines=entry.values(), **entry.facts()
            )
        except actions.NumberTaken as taken:
            _number_taken(entry, taken.order)
        except actions.OwnAgent:
            _own_agent(entry)
        except actions.Settled:
            return redirect("order", pk)
        except ChangedMeanwhile as changed:
            entry.form.data = entry.form.data.copy()  # type: ignore[attr-defined]
            entry.form.data["version"] = changed.version  # type: ignore[index]
            return _page(request, "orders/edit_order.html", entry, order=order, conflict=True, status=409)
        else:
            return redirect("order", pk)
    return _page(request, "orders/edit_order.html", entry, order=order)


@require_http_methods(["GET", "POST"])
@needs("orders.give_back")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a purchase back whole, saying why."""
    order = queries.get_order_for(me(request), pk)
    form = GiveBackForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            back = actions.give_back(by=me(request), at=timezone.now(), order=order, reason=form.cleaned_data["reason"])
        except actions.CannotGiveBack:
            order.refresh_from_db()
        else:
            return redirect("order", back.pk)
    possible = order.kind == Order.Kind.PURCHASE and not order.reversed
    context = {"order": order, "form": form, "possible": possible}
    status = 409 if request.method == "POST" and not possible else 422 if form.errors else 200
    return render(request, "orders/give_back.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs("orders.give_back")
def undo_give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a return away again, so that its purchase counts as before."""
    order = queries.get_order_for(me(request), pk)
    if request.method == "POST":
        try:
            purchase = actions.undo_give_back(by=me(request), at=timezone.now(), order=order)
        except actions.CannotUndo:
            return render(request, "orders/undo_give_back.html", {"order": order, "possible": False}, status=409)
        return redirect("order", purchase.pk)
    return render(request, "orders/undo_give_back.html", {"order": order, "possible": queries.can_undo(order)})


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing: an empty form is to be told what is missing."""
    return request.POST if request.method == "POST" else None


def _page(request: HttpRequest, template: str, entry: Entry, *, status: int = 0, **context: Any) -> HttpResponse:
    customer, products = entry.chosen()
    context |= {
        "entry": entry,
        "form": entry.form,
        "chosen": customer,
        "products": products,
        "amounts": entry.amounts(),
        "sums": entry.sums(),
        "channels": queries.channels(),
        "errors": entry.errors() if entry.form.is_bound else 0,
    }
    return render(request, template, context, status=status or (422 if context["errors"] else 200))


def _own_agent(entry: Entry) -> None:
    """Customer and seller have become one by a merge since the form was opened."""
    entry.form.add_error("agent", _("Choose somebody else than the customer: nobody sells to themselves."))


def _number_taken(entry: Entry, other: Order) -> None:
    words = _("This number belongs to <a class='s-link' href='{url}'>another order</a>. Use another, or open that one.")
    entry.form.add_error("number", format_html(words, url=reverse("order", args=[other.pk])))
