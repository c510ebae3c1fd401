"""Home: the customer base at a glance, and who is about to leave. Composed here from several rooms' questions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core.permissions import may
from setia.customers.queries import customers_for, due, next_due
from setia.portraits import queries as portraits

LEAVING = 5


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The figures of the latest refresh; on the first day, what to do instead.

    Those are the whole firm's: somebody who does not see all customers sees how their own are doing.
    """
    if not may(me(request), "portraits.view"):
        return render(request, "web/home_own.html", {"own": portraits.own_page(me(request), most=LEAVING)})
    page = portraits.home_page(me(request))
    customers = customers_for(me(request))
    if page.as_of is None:
        return render(request, "web/home_empty.html", {"counting": customers.exists()})
    asked = next_due(me(request))
    context = {
        "page": page,
        "leaving": portraits.leaving_first(customers, most=LEAVING) if page.leaving else [],
        "why_absent": "" if page.leaving_known else portraits.why_absent(portraits.latest_refresh()),
        "asked": asked,
        "asked_due": due(asked, at=timezone.now()) if asked else "",
        "stale": portraits.is_stale(at=timezone.now()),
    }
    return render(request, "web/home.html", context)
