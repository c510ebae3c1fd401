"""The visits of a day for who leads people on the way."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.sales import queries
from setia.sales.views._shared import PAGE, address, params_of

_AS_CHOICE = ("who", "flagged")


@require_GET
@needs("sales.view")
def visits(request: HttpRequest) -> HttpResponse:
    """Who was where: a list, and a map drawn by the page itself."""
    user, params, today = me(request), params_of(request), current_firm().day_of(timezone.now())
    rows, day, choices, chips = queries.narrow_visits(user, params, today=today)
    page = keyset.page(queries.visit_legs(rows), size=PAGE, cursor=params["page"])
    context = {
        "day": day,
        "today": today,
        "found": queries.seen_visits(user, page.rows),
        "map": queries.visit_map(user, rows),
        "params": params,
        "choices": choices,
        "before": address("visits", params=params, day=(day - timedelta(days=1)).isoformat()),
        "after": address("visits", params=params, day=(day + timedelta(days=1)).isoformat()) if day < today else "",
        "earlier": address("visits", params=params, page=page.earlier) if page.earlier else "",
        "later": address("visits", params=params, page=page.later) if page.later else "",
        "unfiltered": not chips,
    }
    return render(request, "sales/visits.html", context)
