"""How to sell to a customer: the playbook's words on their stage and traits, each with why. Composed here, since the
portrait says who they are and the know-how what fits them.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.customers.queries import get_customer_for
from setia.planning import queries as planning
from setia.portraits import queries as portraits
from setia.web.format import language

SHOWN = 3
"""So many pieces stand open: the stage and the two clearest traits. More is no advice any more."""


@require_GET
@needs("planning.view")
def customer_advice(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece of the record, and a page of its own."""
    customer = get_customer_for(me(request), pk)
    portrait = portraits.portrait_of(customer.pk)
    reasons: dict[str, str] = {}
    if portrait is not None:
        said = portraits.overruled_of(portrait, today=timezone.localdate())
        for one in portraits.sentences(portrait, said):
            if one.kind in ("STAGE", "TRAIT"):
                reasons[one.code] = one.why
    found = planning.guidance_on(me(request), list(reasons), language=language())
    context: dict[str, Any] = {"customer": customer, "pieces": [(one, reasons[one.about]) for one in found[:SHOWN]]}
    context["drawn"] = planning.drawn_for(customer.pk, today=current_firm().day_of(timezone.now()))
    htmx = getattr(request, "htmx", None)
    piece = bool(htmx) and not htmx.boosted  # type: ignore[union-attr]
    return render(request, "web/customer_advice_piece.html" if piece else "web/customer_advice.html", context)
