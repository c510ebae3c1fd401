"""Who stands how to whom, and the days that come round."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from setia.core.keyset import Leg
from setia.core.permissions import Actor
from setia.core.yearly import coming, next_time
from setia.customers.models import Customer, CustomerLink, LifeEvent
from setia.customers.queries.gate import customers_for

MOST = 200
# How a link reads from either end: seen from who was linked, and from whom they were linked to.
READS: dict[tuple[str, str], Any] = {
    ("WORKS_AT", "to"): _("works at"),
    ("WORKS_AT", "from"): _("employs"),
    ("SELLS_FOR", "to"): _("sells for"),
    ("SELLS_FOR", "from"): _("is sold for by"),
    ("FAMILY", "to"): _("family of"),
    ("FAMILY", "from"): _("family of"),
    ("REFERRED_BY", "to"): _("recommended by"),
    ("REFERRED_BY", "from"): _("has recommended"),
}


class Relative(NamedTuple):
    """One related customer: how it reads from here, who, as what, from and to when. `link` is None for a referral."""

    reads: str
    customer: Customer
    words: str
    from_date: date | None
    to_date: date | None
    link: CustomerLink | None


class Occasion(NamedTuple):
    """A day of a customer that comes round: what, when next, and how many years it then is (None: it comes once)."""

    customer: Customer
    what: str
    day: date
    years: int | None
    event: LifeEvent | None = None


def relatives_for(user: Actor, customer: Customer) -> list[Relative]:
    """Everybody related to a customer whom this person may see: present ties first, then by kind and name."""
    links = CustomerLink.objects.filter(Q(customer=customer) | Q(other=customer)).select_related("customer", "other")
    found = []
    for one in links.order_by("id")[:MOST]:
        there = one.customer_id == customer.pk
        other = one.other if there else one.customer
        reads = READS[one.kind, "to" if there else "from"]
        found.append(Relative(str(reads), other, one.words, one.from_date, one.to_date, one))
    if customer.recommended_by:
        found.append(Relative(str(READS["REFERRED_BY", "to"]), customer.recommended_by, "", None, None, None))
    brought = Customer.objects.filter(recommended_by=customer).order_by("-id")[:MOST]
    found += [Relative(str(READS["REFERRED_BY", "from"]), one, "", None, None, None) for one in brought]
    seen = set(customers_for(user).filter(pk__in={one.customer.pk for one in found}).values_list("pk", flat=True))
    shown = [one for one in found if one.customer.pk in seen]
    return sorted(shown, key=lambda one: (one.to_date is not None, one.reads, one.customer.display_name.lower()))


def get_link_for(user: Actor, pk: int, link_pk: int) -> CustomerLink:
    """A link of a customer, both ends of which this person may see. Raises `Http404`."""
    seen = customers_for(user)
    found = (
        CustomerLink.objects.filter(Q(customer=pk) | Q(other=pk), pk=link_pk, customer__in=seen, other__in=seen)
        .select_related("customer", "other")
        .first()
    )
    if found is None:
        raise Http404
    return found


def sells_for(customer: Customer) -> list[Customer]:
    """Whom a customer sells for, the nearest first, and whom those sell for in turn."""
    found: list[Customer] = []
    now, seen = [customer.pk], {customer.pk}
    while now:
        links = CustomerLink.objects.filter(customer__in=now, kind=CustomerLink.Kind.SELLS_FOR).select_related("other")
        above = [one.other for one in links.order_by("id") if one.other_id not in seen]
        found += above
        now = [one.pk for one in above]
        seen |= set(now)
    return found


class Seller(NamedTuple):
    """Somebody of a chain: who, how many steps below, and whom they sell for."""

    customer_id: int
    depth: int
    sells_for: int


def sellers_below(customer_id: int, *, most: int = MOST) -> list[Seller]:
    """Who sells for a customer, directly or through others, the nearest first, by ties that have not ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE below(id, depth, principal) AS (
                SELECT l.customer_id, 1, l.other_id FROM customers_customerlink l
                WHERE l.kind = 'SELLS_FOR' AND l.other_id = %(top)s AND l.to_date IS NULL
                UNION
                SELECT l.customer_id, below.depth + 1, l.other_id
                FROM customers_customerlink l JOIN below ON l.other_id = below.id
                WHERE l.kind = 'SELLS_FOR' AND l.to_date IS NULL AND below.depth < 20
            )
            SELECT DISTINCT ON (id) id, depth, principal FROM below WHERE id <> %(top)s ORDER BY id, depth, principal
            """,
            {"top": customer_id},
        )
        found = [Seller(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: (one.depth, one.customer_id))[:most]


def chain_ends(*, today: date, customer_id: int | None = None) -> tuple[dict[int, int], dict[int, int]]:
    """How many others each customer sells for, and how many sell for them, by ties that hold on a day.

    Of everybody, or of one customer. Ties with somebody merged away are the survivor's.
    """
    ties = CustomerLink.objects.filter(kind=CustomerLink.Kind.SELLS_FOR).filter(
        Q(from_date=None) | Q(from_date__lte=today), Q(to_date=None) | Q(to_date__gte=today)
    )
    below, above = ties, ties
    if customer_id is not None:
        below, above = ties.filter(customer=customer_id), ties.filter(other=customer_id)
    return (
        dict(below.order_by().values_list("customer").annotate(n=Count("pk"))),
        dict(above.order_by().values_list("other").annotate(n=Count("pk"))),
    )


def life_events_of(customer: Customer) -> list[LifeEvent]:
    """The days written down of a customer, by date."""
    return list(LifeEvent.objects.filter(customer=customer).order_by("day", "id")[:MOST])


def get_life_event_for(user: Actor, pk: int, event_pk: int) -> LifeEvent:
    """A day of a customer this person may see. Raises `Http404`."""
    found = LifeEvent.objects.select_related("customer").filter(
        pk=event_pk, customer__in=customers_for(user).filter(pk=pk)
    )
    if (event := found.first()) is None:
        raise Http404
    return event


def birthdays(user: Actor, *, today: date, days: int) -> Sequence[Leg]:
    """Birthdays within so many days, as legs of a list. Rows are customers."""
    born = customers_for(user).filter(archived_at=None, birthday__isnull=False)
    return coming(born, "birthday", today=today, days=days)


def life_events(user: Actor, *, today: date, days: int) -> Sequence[Leg]:
    """Days of customers' lives within so many days. Rows are life events with their customer."""
    visible: QuerySet[Customer] = customers_for(user).filter(archived_at=None)
    events = LifeEvent.objects.filter(customer__in=visible).select_related("customer")
    # One that does not come round counts only in its own year.
    return coming(
        events.filter(Q(yearly=True) | Q(day__range=(today, today + timedelta(days=days - 1)))),
        "day",
        today=today,
        days=days,
    )


def occasion(row: Customer | LifeEvent, *, today: date) -> Occasion:
    """A row of one of these lists in words."""
    if isinstance(row, Customer):
        assert row.birthday is not None
        day = next_time(row.birthday, today=today)
        return Occasion(row, str(_("Birthday")), day, day.year - row.birthday.year)
    day = next_time(row.day, today=today) if row.yearly else row.day
    what = row.words or row.get_kind_display()
    return Occasion(row.customer, what, day, day.year - row.day.year if row.yearly else None, row)
