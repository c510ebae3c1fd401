"""What a person needs on the way, without a network: their day, the customers in it, the products they may sell.

Everything goes through the gates: what is taken along on a telephone is what the person would see on the page.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404

from setia.accounts.models import User
from setia.catalogue.queries import products_for
from setia.core.permissions import may
from setia.core.versions import version_of
from setia.customers.queries import customers_for
from setia.orders.queries import orders_for
from setia.sales.models import Activity, FieldAction, Visit
from setia.sales.models.activities import OPEN
from setia.sales.queries.activities import day_begins, get_activity_for, in_day, shown

LATE, TODAY, ENDED, PRODUCTS, ORDERS = 20, 80, 50, 1000, 3
"""How many of each are taken along."""
BACK = timedelta(days=30)


def field_day(user: User, *, today: date) -> dict[str, Any]:
    """A person's day as plain values, to be taken along: `activities`, `customers` by key, `products`.

    What is late comes from the last 30 days; what was done today is there too, and visits that still go on. Eight
    queries at the most, whatever there is.
    """
    if not may(user, "sales.view"):
        return {"activities": [], "customers": {}, "products": []}
    mine = Activity.objects.filter(owner=user).select_related("customer", "opportunity", "owner", "visit")
    late = mine.filter(OPEN, due_date__lt=today, due_date__gte=today - BACK).order_by("-due_date", "-id")[:LATE]
    due = mine.filter(OPEN, due_date=today).order_by("id")[:TODAY]
    ended = mine.filter(done_at__gte=day_begins(today)).order_by("-done_at", "-id")[:ENDED]
    going = mine.filter(visit__left_at=None, visit__day__gte=today - BACK, visit__person=user).filter(OPEN)[:LATE]
    found = {one.pk: one for rows in (late, due, ended, going) for one in rows}
    rows = sorted(found.values(), key=in_day)
    keys = dict(
        FieldAction.objects.filter(
            person=user, kind="CHECK_IN", received_at__gte=day_begins(today) - BACK, answer__activity__in=list(found)
        ).values_list("answer__activity", "key")
    )
    cards = [activity_card(user, one, key=keys.get(one.pk, "")) for one in rows]
    customers = _customers(user, {card["customer"] for card in cards if card["customer"]})
    return {"activities": cards, "customers": customers, "products": _products(user)}


def activity_card(user: User, one: Activity, *, key: str = "") -> dict[str, Any]:
    """An activity as plain values, as a device shows and compares it; the customer only where the reader sees them."""
    line = shown(user, [one])[0]
    visit: Visit | None = getattr(one, "visit", None)
    return {
        "id": one.pk,
        "version": version_of(one.updated_at),
        "kind": one.kind,
        "title": one.title,
        "note": one.note,
        "place": one.place,
        "planned_at": one.planned_at and one.planned_at.isoformat(),
        "due_date": one.due_date and one.due_date.isoformat(),
        "minutes": one.duration_minutes,
        "customer": line.customer and line.customer.pk,
        "name": line.customer.display_name if line.customer else "",
        "owner": str(one.owner),
        "state": one.state,
        "outcome": one.outcome,
        "result": one.result,
        "mine": line.mine,
        "arrived_at": visit and visit.arrived_at.isoformat(),
        "left_at": visit and visit.left_at and visit.left_at.isoformat(),
        "key": key,
    }


def standing_card(user: User, pk: int) -> dict[str, Any] | None:
    """How an activity stands now, for somebody whose device knew it otherwise; None where it is not theirs to see."""
    try:
        return activity_card(user, get_activity_for(user, pk))
    except Http404:
        return None


def _customers(user: User, keys: Iterable[int]) -> dict[str, Any]:
    orders = orders_for(user).filter(customer=OuterRef("pk")).exclude(kind="ADJUSTMENT").order_by("-ordered_at", "-id")
    latest = orders.values(json=JSONObject(day=F("day"), total=F("total"), number=F("number")))[:ORDERS]
    rows = customers_for(user).filter(pk__in=list(keys)).annotate(latest=ArraySubquery(latest))
    found = {}
    for one in rows.prefetch_related("contact_points"):
        contacts = [{"kind": each.kind, "value": each.value, "shown": str(each)} for each in one.contact_points.all()]
        address = next((each["shown"] for each in contacts if each["kind"] == "ADDRESS"), "")
        found[str(one.pk)] = {
            "id": one.pk,
            "name": one.display_name,
            "call_name": one.call_name,
            "region": one.region,
            "address": address,
            "notes": one.notes,
            "contacts": [each for each in contacts if each["kind"] != "ADDRESS"],
            "orders": [each | {"total": str(each["total"])} for each in one.latest],
        }
    return found


def _products(user: User) -> list[dict[str, Any]]:
    rows = products_for(user).filter(archived_at=None).order_by("name", "id")
    return [
        {"id": pk, "code": code, "name": name, "price": _plain(price)}
        for pk, code, name, price in rows.values_list("pk", "code", "name", "price")[:PRODUCTS]
    ]


def _plain(price: Decimal | None) -> str | None:
    return None if price is None else f"{price.normalize():f}"
