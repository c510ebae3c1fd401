"""Reading orders: the list, one order, the export."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.sheets import csv_response
from setia.core.text import line
from setia.customers.queries import get_customer_for, may_see
from setia.orders import queries
from setia.orders.models import Order

PAGE = 50
SORTS = {
    "newest": gettext_lazy("newest first"),
    "oldest": gettext_lazy("oldest first"),
    "total": gettext_lazy("highest total first"),
}
_AS_CHOICE = ("kind", "channel", "from", "to", "walk_in")  # shown by the choice itself, so not as a chip again


@require_GET
@needs("orders.view")
def orders(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    params = _params(request)
    found, chips = queries.narrow(me(request), queries.orders_for(me(request)), params)
    sort = params["sort"] if params["sort"] in SORTS else "newest"
    page = keyset.page(queries.legs(found, sort), size=PAGE, cursor=params["page"])
    context = {
        "orders": page.rows,
        "count": keyset.count(found),
        "params": params,
        "sort": sort,
        "sorts": SORTS,
        "total_url": _address(params, sort="" if sort == "total" else "total"),
        "time_url": _address(params, sort="oldest" if sort == "newest" else ""),
        "chips": [(chip, _address(params, **{chip.key: ""})) for chip in chips if chip.key not in _AS_CHOICE],
        "kept": [(chip.key, params[chip.key]) for chip in chips if chip.key not in _AS_CHOICE],
        "kinds": [("", _("all")), *((code, str(label)) for code, label in Order.Kind.choices)],
        "channels": [("", _("all")), *((one, one) for one in queries.channels())],
        "earlier": _address(params, page=page.earlier) if page.earlier else "",
        "later": _address(params, page=page.later) if page.later else "",
        "export": f"{reverse('export_orders')}?{urlencode({key: value for key, value in params.items() if value})}",
        "unfiltered": not chips and not params["q"],
    }
    return render(request, "orders/orders.html", context)


@require_GET
@needs("orders.view")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order with its lines."""
    one = queries.get_order_for(me(request), pk)
    context = {
        "order": one,
        "lines": queries.lines_of(one),
        "agent": one.agent if one.agent and may_see(me(request), one.agent) else None,
        "back": queries.return_of(one),
        "undoable": queries.can_undo(one),
    }
    return render(request, "orders/order.html", context)


@require_GET
@needs("orders.export")
@after_confirming
def export_orders(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it: one row per line of an order, so that it can be imported again."""
    found, _chips = queries.narrow(me(request), queries.orders_for(me(request)), _params(request))
    head = [
        _("Order number"),
        _("Time"),
        _("Kind"),
        _("Customer number"),
        _("Customer"),
        _("Product code"),
        _("Product"),
        _("Quantity"),
        _("Unit price"),
        _("Line discount"),
        _("Amount"),
        _("Order discount"),
        _("Order total"),
        _("Promotion code"),
        _("Sales channel"),
        _("Takes back"),
        _("Sold through (customer number)"),
        _("Note"),
    ]
    note_export(by=me(request), at=timezone.now(), what="order")
    return csv_response("orders", head, queries.exported(found))


@require_GET
@needs("orders.view")
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """What a customer sells for the firm: their results per month, and the chain of those who sell for them."""
    customer = get_customer_for(me(request), pk)
    context = {"customer": customer, "page": queries.agent_page(me(request), customer, today=timezone.localdate())}
    return render(request, "orders/agent.html", context)


def _params(request: HttpRequest) -> dict[str, str]:
    return defaultdict(str, {key: line(value)[:2000] for key, value in request.GET.dict().items()})


def _address(params: dict[str, str], **also: str) -> str:
    kept = {key: value for key, value in {**params, "page": "", **also}.items() if value}
    return f"{reverse('orders')}?{urlencode(kept)}" if kept else reverse("orders")
