"""Whom to ask for the first purchase today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.sales import queries
from setia.sales.views._shared import PAGE, address, params_of


@require_GET
@needs("sales.view")
def first_purchases(request: HttpRequest) -> HttpResponse:
    """Prospects in touch lately who have not bought, the latest touched first."""
    params = params_of(request)
    found = queries.warm_for(me(request), at=timezone.now())
    page = keyset.page(queries.warm_legs(found), size=PAGE, cursor=params["page"])
    context = {
        "prospects": page.rows,
        "earlier": address("first_purchases", params=params, page=page.earlier) if page.earlier else "",
        "later": address("first_purchases", params=params, page=page.later) if page.later else "",
    }
    return render(request, "sales/first_purchases.html", context)
