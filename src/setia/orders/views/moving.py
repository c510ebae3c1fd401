"""Give a customer's orders to another one, such as those that came in while two were one."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import require
from setia.customers.queries import get_customer_for
from setia.orders import actions, queries

MOST = 200


@require_http_methods(["GET", "POST"])
def move_orders(request: HttpRequest) -> HttpResponse:
    """Tick orders of `from` and give them to `to`; `since` leaves out those written before that moment."""
    user = me(request)
    require(user, "orders.edit")
    given = request.POST if request.method == "POST" else request.GET
    giver, taker = (get_customer_for(user, _key(given.get(name, ""))) for name in ("from", "to"))
    orders = queries.orders_for(user).filter(customer=giver)
    if request.method == "POST":
        keys = [_key(text) for text in given.getlist("id")[:MOST]]
        count = actions.move(by=user, at=timezone.now(), orders=list(orders.filter(pk__in=keys)), customer=taker)
        words = ngettext("%(count)s order is with %(name)s now.", "%(count)s orders are with %(name)s now.", count)
        messages.info(request, words % {"count": count, "name": taker.display_name})
        return redirect("customer", taker.pk)
    since = _moment(given.get("since", ""))
    found = list((orders.filter(created_at__gte=since) if since else orders).order_by("-ordered_at", "-pk")[:MOST])
    if not found and since:
        return redirect("customer", giver.pk)
    context = {"giver": giver, "taker": taker, "orders": found, "most": MOST, "since": since}
    return render(request, "orders/move_orders.html", context)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
