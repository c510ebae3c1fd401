"""Birthdays, life events and anniversaries of the coming days. Composed here, since a first purchase is no fact of the
customers' room."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import today as firm_today
from setia.core.yearly import next_time
from setia.customers import queries
from setia.portraits import queries as portraits

DAYS, PAGE = 30, 50
KINDS = {
    "birthdays": gettext_lazy("Birthdays"),
    "events": gettext_lazy("Life events"),
    "anniversaries": gettext_lazy("First purchase"),
}


@require_GET
@needs("customers.view")
def coming_days(request: HttpRequest) -> HttpResponse:
    """Whose day it is within 30 days, one kind at a time, the nearest first."""
    user, today = me(request), firm_today(at=timezone.now())
    shown = request.GET.get("show", "")
    shown = shown if shown in KINDS else "birthdays"
    if shown == "birthdays":
        legs = queries.birthdays(user, today=today, days=DAYS)
    elif shown == "events":
        legs = queries.life_events(user, today=today, days=DAYS)
    else:
        visible = queries.customers_for(user).filter(archived_at=None)
        legs = portraits.anniversaries(visible, today=today, days=DAYS)
    page = keyset.page(legs, size=PAGE, cursor=request.GET.get("page", ""))
    found = [
        _anniversary(row, today) if shown == "anniversaries" else queries.occasion(row, today=today)
        for row in page.rows
    ]
    mobiles = queries.mobiles_of(one.customer.pk for one in found)
    here = reverse("coming_days") + f"?show={shown}"
    context = {
        "tabs": [
            {"label": label, "url": f"{reverse('coming_days')}?show={key}", "on": key == shown}
            for key, label in KINDS.items()
        ],
        "days": [
            (day, [(one, mobiles.get(one.customer.pk, "")) for one in some])
            for day, some in groupby(found, key=lambda one: one.day)
        ],
        "today": today,
        "earlier": f"{here}&page={page.earlier}" if page.earlier else "",
        "later": f"{here}&page={page.later}" if page.later else "",
    }
    return render(request, "web/coming_days.html", context)


def _anniversary(row: Any, today: Any) -> queries.Occasion:
    day = next_time(row.first_date, today=today)
    return queries.Occasion(row.customer, _("First purchase"), day, day.year - row.first_date.year)
