"""The calendar as a page, and its feed for other programs."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.sales import actions, ical, queries
from setia.sales.views._shared import address, params_of, whole

SHOWN = 4
"""Activities a day of the month shows before it says how many more there are."""


@require_GET
@needs("sales.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """A month, or a week, of one person: one's own, or somebody's whose work one sees."""
    params = params_of(request)
    today = current_firm().day_of(timezone.now())
    day = _day(params["on"], today)
    people = queries.calendar_people(me(request))
    person = next((one for one in people if one.pk == whole(params["who"])), me(request))
    week = params["view"] == "week"
    if week:
        first = day - timedelta(days=day.weekday())
        final = first + timedelta(days=6)
        before, after = first - timedelta(days=7), first + timedelta(days=7)
    else:
        first, final = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
        before, after = (first - timedelta(days=1)).replace(day=1), final + timedelta(days=1)
    here: dict[str, str] = {"view": "week" if week else "", "who": str(person.pk) if person != me(request) else ""}
    context: dict[str, Any] = {
        "calendar": queries.calendar_of(me(request), person, first=first, final=final),
        "week": week,
        "day": day,
        "today": today,
        "now": timezone.now(),
        "most": None if week else SHOWN,
        "people": people,
        "params": here | {"on": day.isoformat()},
        "before": address("calendar", params=here, on=before.isoformat()),
        "after": address("calendar", params=here, on=after.isoformat()),
        "this": address("calendar", params=here),
        "views": [
            {"label": _("Month"), "url": address("calendar", params=here, view="", on=day.isoformat()), "on": not week},
            {"label": _("Week"), "url": address("calendar", params=here, view="week", on=day.isoformat()), "on": week},
        ],
        "who": here["who"],
    }
    return render(request, "sales/calendar.html", context)


@require_GET
@needs("sales.view")
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Whether one's calendar can be read from outside, and since when. The address itself is shown once, when made."""
    return _address_page(request)


@require_POST
@needs("sales.view")
def make_feed(request: HttpRequest) -> HttpResponse:
    """Make the secret address, or a new one, and show it this once."""
    token = actions.make_feed(by=me(request), at=timezone.now())
    url = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    return _address_page(request, url)


@require_POST
@needs("sales.view")
def drop_feed(request: HttpRequest) -> HttpResponse:
    """Take the address away."""
    actions.drop_feed(by=me(request), at=timezone.now())
    return redirect("calendar_address")


@login_not_required
@require_GET
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for another program, by its secret alone: no session, no page. A wrong secret is not found."""
    if not ratelimit.consume(request, app="allauth.account", action="calendar_feed", limit_get=True):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    feed = queries.feed_for(token)
    if feed is None:
        raise Http404
    now = timezone.now()
    actions.note_reading(feed=feed, at=now)
    with override(feed.user.language or current_firm().language):
        name = f"Setia · {feed.user}"
    text = ical.calendar(name, queries.feed_items(feed.user, at=now))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="setia.ics"'
    return answer


def _address_page(request: HttpRequest, url: str = "") -> HttpResponse:
    context = {"feed": queries.feed_of(me(request)), "address": url}
    answer = render(request, "sales/calendar_address.html", context)
    answer["Cache-Control"] = "no-store"  # the secret is shown this once
    return answer


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if 1990 <= day.year <= 2200 else today
