"""The renewals to come, each with its risk; and the agreed ends to come, which nobody has renewed yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.subscriptions import queries
from setia.subscriptions.views._shared import PAGE, address, params_of


@require_GET
@needs("subscriptions.view")
def renewals(request: HttpRequest) -> HttpResponse:
    """What renews in the coming weeks, the soonest first, and what the risks rest on."""
    user, params = me(request), params_of(request)
    found = queries.renewals_due(user, params, today=current_firm().day_of(timezone.now()))
    page = keyset.page(queries.renewal_legs(found), size=PAGE, cursor=params["page"])
    known = queries.all_studies()
    seen = queries.leaving_studies(user, known=known)
    studies = [(one, queries.first_risk(one), queries.rise_factor(one)) for one in seen]
    context = {
        "renewals": queries.with_risk(page.rows, known=known),
        "count": keyset.count(found),
        "params": params,
        "within": [(str(n), ngettext("%(num)s day", "%(num)s days", n) % {"num": n}) for n in queries.WITHIN],
        "plans": [("", _("all")), *queries.plan_choices()],
        "rises": [("", _("all")), ("1", _("a rise is planned"))],
        "studies": studies,
        "earlier": address("renewals", params, page=page.earlier) if page.earlier else "",
        "later": address("renewals", params, page=page.later) if page.later else "",
    }
    return render(request, "subscriptions/renewals.html", context)


@require_GET
@needs("subscriptions.view")
def endings(request: HttpRequest) -> HttpResponse:
    """What was agreed for a fixed time and ends in the coming weeks unless somebody renews it, the soonest first."""
    user, params = me(request), params_of(request)
    found = queries.endings_due(user, params, today=current_firm().day_of(timezone.now()))
    page = keyset.page(queries.ending_legs(found), size=PAGE, cursor=params["page"])
    context = {
        "endings": page.rows,
        "count": keyset.count(found),
        "params": params,
        "within": [(str(n), ngettext("%(num)s day", "%(num)s days", n) % {"num": n}) for n in queries.WITHIN],
        "plans": [("", _("all")), *queries.plan_choices()],
        "earlier": address("endings", params, page=page.earlier) if page.earlier else "",
        "later": address("endings", params, page=page.later) if page.later else "",
    }
    return render(request, "subscriptions/endings.html", context)
