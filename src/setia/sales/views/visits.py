"""The visits of a day for who leads people on the way, and the map that lies under them."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.sales import actions, queries
from setia.sales.map_forms import MapForm
from setia.sales.mercator import source_of
from setia.sales.views._shared import PAGE, address, params_of, sent

_AS_CHOICE = ("who", "flagged")


@require_GET
@needs("sales.view")
def visits(request: HttpRequest) -> HttpResponse:
    """Who was where: a list, and a map drawn by the page itself."""
    user, params, today = me(request), params_of(request), current_firm().day_of(timezone.now())
    rows, day, choices, chips = queries.narrow_visits(user, params, today=today)
    page = keyset.page(queries.visit_legs(rows), size=PAGE, cursor=params["page"])
    drawn = queries.visit_map(user, rows)
    context = {
        "day": day,
        "today": today,
        "found": queries.seen_visits(user, page.rows),
        "map": drawn,
        "params": params,
        "choices": choices,
        "before": address("visits", params=params, day=(day - timedelta(days=1)).isoformat()),
        "after": address("visits", params=params, day=(day + timedelta(days=1)).isoformat()) if day < today else "",
        "earlier": address("visits", params=params, page=page.earlier) if page.earlier else "",
        "later": address("visits", params=params, page=page.later) if page.later else "",
        "unfiltered": not chips,
    }
    if drawn.ground and request.headers.get("HX-Boosted"):
        # Put into the page before, this one would keep that one's policy, which lets no picture of the map in.
        return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
    response = render(request, "sales/visits.html", context)
    if drawn.ground:  # for this page alone, pictures may come from the map's server
        response._csp_update = {"img-src": [source_of(drawn.address)]}  # type: ignore[attr-defined]
    return response


@require_http_methods(["GET", "POST"])
@needs("sales.share")
def map_ground(request: HttpRequest) -> HttpResponse:
    """Which map lies under the places of the visits."""
    terms = queries.desk()
    form = MapForm(sent(request), initial={name: getattr(terms, name) for name in MapForm.base_fields})
    if request.method == "POST" and form.is_valid():
        actions.change_desk(by=me(request), at=timezone.now(), **form.cleaned_data)
        return redirect("visits")
    return render(request, "sales/map_ground.html", {"form": form}, status=422 if form.errors else 200)
