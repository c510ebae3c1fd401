"""How far customers' words reach: who reaches furthest, and followers noted by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.customers.queries import get_customer_for
from setia.service import actions, queries
from setia.service.forms import FollowersForm
from setia.service.views._shared import PAGE, address, params_of, sent


@require_GET
@needs("service.influence")
def influence(request: HttpRequest) -> HttpResponse:
    """Customers by how far their word reaches, a page of them."""
    params = params_of(request)
    page = keyset.page(queries.reach_legs(queries.reach_for(me(request))), size=PAGE, cursor=params["page"])
    context = {
        "rows": page.rows,
        "worked_out_at": page.rows[0].worked_out_at if page.rows else None,
        "earlier": address("influence", params=params, page=page.earlier) if page.earlier else "",
        "later": address("influence", params=params, page=page.later) if page.later else "",
    }
    return render(request, "service/influence.html", context)


@require_http_methods(["GET", "POST"])
@needs("service.followers")
def note_followers(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how many follow a customer on a channel."""
    customer = get_customer_for(me(request), pk)
    day = current_firm().day_of(timezone.now())
    form = FollowersForm(sent(request), initial={"seen_date": day})
    if request.method == "POST" and form.is_valid():
        actions.note_followers(by=me(request), at=timezone.now(), customer=customer, **form.cleaned_data)
        return redirect("served", customer.pk)
    context = {"customer": customer, "form": form}
    return render(request, "service/note_followers.html", context, status=422 if form.errors else 200)
