"""The price list of one who sells for the firm, and the discount it rests on."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from setia.accounts.actions import note_export
from setia.accounts.queries import me
from setia.catalogue.queries import categories, products_for
from setia.catalogue.queries import narrow as narrow_products
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.sheets import csv_response
from setia.customers.queries import get_customer_for
from setia.service import actions, queries
from setia.service.forms import DiscountForm
from setia.service.views._shared import PAGE, address, params_of, sent


@require_GET
@needs("service.view")
def price_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, a page of it."""
    customer, params = get_customer_for(me(request), pk), params_of(request)
    terms = queries.terms_of(customer)
    found, chips = narrow_products(products_for(me(request)), {**params, "archived": ""})
    page = keyset.page(queries.price_legs(found), size=PAGE, cursor=params["page"])
    kept = urlencode({key: params[key] for key in ("q", "category") if params[key]})
    context = {
        "customer": customer,
        "terms": terms,
        "prices": queries.priced(page.rows, terms),
        "params": params,
        "categories": [("", _("all")), *((str(one.pk), one.name) for one in categories())],
        "earlier": address("price_list", pk, params=params, page=page.earlier) if page.earlier else "",
        "later": address("price_list", pk, params=params, page=page.later) if page.later else "",
        "export": f"{reverse('export_prices', args=[pk])}{'?' if kept else ''}{kept}",
        "unfiltered": not chips and not params["q"],
    }
    return render(request, "service/price_list.html", context)


@require_GET
@needs("service.export")
def export_prices(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The list as CSV, all of it."""
    customer, params = get_customer_for(me(request), pk), params_of(request)
    found, _chips = narrow_products(products_for(me(request)), {**params, "archived": ""})
    head = [_("Code"), _("Product"), _("Category"), _("List price"), _("Discount in percent"), _("Their price")]
    note_export(by=me(request), at=timezone.now(), what="price", customer=customer.pk)
    return csv_response("prices", head, queries.exported_prices(found, queries.terms_of(customer)))


@require_http_methods(["GET", "POST"])
@needs("service.discounts")
def change_discount(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what one who sells pays less than the list says."""
    customer = get_customer_for(me(request), pk)
    terms = queries.terms_of(customer)
    initial = {"own": terms.own, "of_role": terms.of_role}
    form = DiscountForm(sent(request), user=me(request), terms=terms, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.set_discount(by=me(request), at=timezone.now(), customer=customer, percent=data["own"])
        if "of_role" in data:
            actions.set_role_discount(by=me(request), at=timezone.now(), role=terms.role, percent=data["of_role"])
        return redirect("price_list", customer.pk)
    context = {"customer": customer, "terms": terms, "form": form}
    return render(request, "service/change_discount.html", context, status=422 if form.errors else 200)
