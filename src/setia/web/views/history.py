"""The history of a record: a page of its own, and its older part as a fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.catalogue.queries import get_product_for
from setia.customers.queries import get_customer_for
from setia.orders.queries import get_order_for
from setia.web import history


@require_GET
def customer_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what about a customer."""
    customer = get_customer_for(me(request), pk)
    steps = history.of_customer(customer, before=request.GET.get("before", ""))
    return _page(request, steps, "customers", customer.display_name, reverse("customer", args=[pk]))


@require_GET
def product_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what about a product."""
    product = get_product_for(me(request), pk)
    steps = history.of_product(product, before=request.GET.get("before", ""))
    return _page(request, steps, "products", str(product), reverse("product", args=[pk]))


@require_GET
def order_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what about an order and its lines."""
    order = get_order_for(me(request), pk)
    steps = history.of_order(order, before=request.GET.get("before", ""))
    return _page(request, steps, "orders", order.number, reverse("order", args=[pk]))


def _page(request: HttpRequest, steps: history.History, place: str, title: str, back: str) -> HttpResponse:
    lists = {"customers": _("Customers"), "products": _("Products"), "orders": _("Orders")}
    context = {"history": steps, "place": place, "list": lists[place], "title": title, "back": back}
    return render(request, "web/record_history.html", context)
