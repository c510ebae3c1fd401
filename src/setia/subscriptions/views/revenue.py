"""Monthly recurring revenue: how it came to be what it is, and the customers behind every figure."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.subscriptions import queries
from setia.subscriptions.models import RevenueMove
from setia.subscriptions.views._shared import PAGE, address, month_of, params_of


@require_GET
@needs("subscriptions.revenue")
def revenue(request: HttpRequest) -> HttpResponse:
    """The latest thirteen months."""
    months = queries.revenue_months(today=current_firm().day_of(timezone.now()))
    context = {
        "months": months,
        "latest": months[-1],
        "kinds": RevenueMove.Kind.choices,
        "any": queries.any_subscription(),
    }
    return render(request, "subscriptions/revenue.html", context)


@require_GET
@needs("subscriptions.revenue")
def revenue_customers(request: HttpRequest) -> HttpResponse:
    """The customers behind a figure: `month` (2026-11) and `kind` (one of them, or `ALL` for who brings it)."""
    params = params_of(request)
    month, kind = month_of(params["month"]), params["kind"]
    if month is None or kind not in (*queries.KINDS, "ALL"):
        raise Http404
    if kind == "ALL":
        found = queries.standing_behind(me(request), month)
        legs = queries.standing_legs(found)
    else:
        found = queries.moves_behind(me(request), month, kind)
        legs = queries.move_legs(found)
    page = keyset.page(legs, size=PAGE, cursor=params["page"])
    context: dict[str, Any] = {
        "moves": page.rows,
        "count": keyset.count(found),
        "month": month,
        "kind": kind,
        "kinds": dict(RevenueMove.Kind.choices),
        "back": reverse("revenue"),
        "earlier": address("revenue_customers", params, page=page.earlier) if page.earlier else "",
        "later": address("revenue_customers", params, page=page.later) if page.later else "",
    }
    return render(request, "subscriptions/revenue_customers.html", context)
