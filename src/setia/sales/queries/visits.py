"""The visits of a day, for who leads people on the way: a list, and where they were on a map that this page draws.

Seen are the visits of those whose work one sees. Of a customer one may not see neither the name nor the place is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from setia.accounts.models import User
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may, owners_seen
from setia.customers.queries import assignable, files_with, may_see, provinces_of, tiles
from setia.sales.mercator import Piece, Square
from setia.sales.models import Flag, Visit, VisitPhoto
from setia.sales.queries.clock import desk

PEOPLE, POINTS = 200, 500


@dataclass(frozen=True)
class SeenVisit:
    """A visit for a reader: `customer` and `place` only where they may see that customer; `photos` with their files."""

    visit: Visit
    customer: Any
    place: bool
    photos: list[tuple[VisitPhoto, Any]]
    flags: list[str]


@dataclass(frozen=True)
class Point:
    """A visit on the map, in percent from the left and from the top."""

    visit: Visit
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class VisitMap:
    """Points within a square, its side in kilometres, and the provinces of the customers as tiles.

    `ground` are the pictures that lie under the points, where the firm named a map (`address`, `credit`) for them.
    """

    points: list[Point]
    km: float
    tiles: list[Any]
    more: bool
    ground: list[Piece]
    address: str
    credit: str


def visits_for(user: Actor) -> QuerySet[Visit]:
    """The visits of those whose work this person sees; none for somebody who does not see selling."""
    if not may(user, "sales.view"):
        return Visit.objects.none()
    owners = owners_seen(user)
    return Visit.objects.all() if owners is None else Visit.objects.filter(person__in=sorted(owners))


def narrow_visits(
    user: User, params: Mapping[str, str], *, today: date
) -> tuple[QuerySet[Visit], date, dict[str, list[tuple[str, str]]], list[Chip]]:
    """The visits an address names (`day`, `who`, `flagged`), their day, what may be chosen, and the filters at work."""
    day = _day(params.get("day", ""), today)
    people = [(str(one.pk), str(one)) for one in assignable(user)[:PEOPLE]]
    choices = {
        "who": [("", str(_("everybody"))), *people],
        "flagged": [("", str(_("all"))), ("1", str(_("to look at")))],
    }
    rows, chips = visits_for(user).filter(day=day), []
    if (who := params.get("who", "")) and who in dict(people):
        rows = rows.filter(person=int(who))
        chips.append(Chip(str(_("Done by")), dict(people)[who], "who"))
    if params.get("flagged") == "1":
        rows = rows.exclude(flags=[])
        chips.append(Chip(str(_("Visits")), str(_("to look at")), "flagged"))
    return rows, day, choices, chips


def visit_legs(rows: QuerySet[Visit]) -> list[Leg]:
    """The latest first."""
    photos = Prefetch("photos", VisitPhoto.objects.order_by("id"))
    whole = rows.select_related("activity__customer", "person").prefetch_related(photos)
    return [Leg(whole, ("-arrived_at", "-id"))]


def seen_visits(user: User, visits: list[Visit]) -> list[SeenVisit]:
    """Visits with what this reader may see of them. One query, for the photos."""
    digests = {photo.sha256 for one in visits for photo in one.photos.all()}
    files = files_with(user, digests)
    words = dict(Flag.choices)
    found = []
    for one in visits:
        customer = one.activity.customer
        seen = customer is None or may_see(user, customer)
        photos = [
            (photo, file)
            for photo in one.photos.all()
            if customer is not None and (file := files.get((customer.pk, photo.sha256))) is not None
        ]
        flags = [str(words.get(flag, flag)) for flag in one.flags]
        found.append(SeenVisit(one, customer if seen else None, seen and one.has_place, photos if seen else [], flags))
    return found


def visit_map(user: User, rows: QuerySet[Visit]) -> VisitMap:
    """Where the visits were: by their places, and by the provinces of their customers. Five queries at the most."""
    latest = list(rows.select_related("activity__customer", "person").order_by("-arrived_at", "-id")[: POINTS + 1])
    seen = [one for one in latest[:POINTS] if one.activity.customer is None or may_see(user, one.activity.customer)]
    shares = provinces_of(user, {one.activity.customer_id for one in seen if one.activity.customer_id})
    placed = [
        (one, one.latitude, one.longitude) for one in seen if one.latitude is not None and one.longitude is not None
    ]
    drawn = tiles(shares) if shares else []
    if not placed:
        return VisitMap([], 0, drawn, len(latest) > POINTS, [], "", "")
    square, terms = Square.around([(lat, lon) for _one, lat, lon in placed]), desk()
    points = [Point(one, _called(one), *square.percent(lat, lon)) for one, lat, lon in placed]
    ground = square.ground(terms.map_address) if terms.map_address else []
    return VisitMap(points, square.km, drawn, len(latest) > POINTS, ground, terms.map_address, terms.map_credit)


def _called(visit: Visit) -> str:
    customer = visit.activity.customer
    return customer.display_name if customer is not None else visit.activity.title


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if abs(found - today) < timedelta(days=36_500) else today
