"""How one customer is served: a piece of the record, and a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.customers.queries import get_customer_for
from setia.service import queries


@require_GET
@needs("service.view")
def served(request: HttpRequest, pk: int) -> HttpResponse:
    """Contracts, revisions and complaints, warranties and buying habit of a customer."""
    customer = get_customer_for(me(request), pk)
    day = current_firm().day_of(timezone.now())
    context = {
        "customer": customer,
        "served": queries.served_for(me(request), customer, today=day),
        "today": day,
    }
    htmx = getattr(request, "htmx", None)
    piece = bool(htmx) and not htmx.boosted  # type: ignore[union-attr]
    return render(request, "service/served_piece.html" if piece else "service/served.html", context)
