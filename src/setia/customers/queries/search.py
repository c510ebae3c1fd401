"""Search as you type: by name, by the firm's number, by any contact point, however it is written.

From three characters on, any part of a word is found through trigram indexes; shorter text is the beginning of a name.
A telephone number half typed from its beginning (`0812`, `+62 812`) is looked up among numbers alone.
"""

import re
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower

from setia.core.keyset import COUNTED, Count, Leg
from setia.customers import normalise
from setia.customers.models import ContactPoint, Customer
from setia.customers.queries.listing import legs_by_name

_WORD = re.compile(r"[^\W_]{2}")  # with less than this a trigram index is read from end to end
_PHONE_LIKE = re.compile(r"[+0-9][0-9\s().\-]{2,}")


_NUMBERS = [ContactPoint.Kind.PHONE, ContactPoint.Kind.WHATSAPP]


class Matches(NamedTuple):
    """The customers a text matches, and how many they are where that is known already."""

    customers: QuerySet[Customer]
    counted: Count | None


def matching(customers: QuerySet[Customer], q: str) -> Matches:
    """Those of `customers` that match a text.

    Up to `COUNTED` matches are looked up first, so that the list can be sorted in any way; when there are more, they
    are so frequent that walking the list in its own order finds a page of them at once.
    """
    q = _folded(q)
    if not q:
        return Matches(customers, None)
    if _is_short(q):
        return Matches(customers.filter(sort_name__startswith=q), None)
    ids = list(_union(customers, q, COUNTED + 1)[: COUNTED + 1].values_list("id", flat=True))
    if len(ids) <= COUNTED:
        return Matches(Customer.objects.filter(id__in=ids), Count(len(ids), True))
    contact = _contacts(q).filter(customer=OuterRef("pk"))
    broad = customers.alias(number_folded=Lower("number")).filter(
        Q(sort_name__contains=q) | Q(number_folded__contains=q) | Q(Exists(contact))
    )
    return Matches(broad, Count(COUNTED, False))


def search(customers: QuerySet[Customer], q: str, *, most: int = 10) -> list[Customer]:
    """The best few matches for a picker or the search box: names that begin with the text first. One query."""
    q = _folded(q)
    if not q:
        return []
    customers = customers.filter(archived_at=None)
    if _is_short(q):
        return list(customers.filter(sort_name__startswith=q).order_by("sort_name", "id")[:most])
    # No more than this many are ranked: of a text that matches thousands, ten are as good as any other ten.
    found = Customer.objects.filter(id__in=_union(customers, q, 1000))
    ranked = found.alias(begins=Q(sort_name__startswith=q)).order_by("-begins", "sort_name", "id")
    return list(ranked[:most])


def legs_by_match(customers: QuerySet[Customer], q: str) -> list[Leg]:
    """Matches by name, those whose name begins with the text first: that is where most people look."""
    q = _folded(q)
    if _is_short(q):
        return legs_by_name(customers)
    begins = Q(sort_name__startswith=q)
    return [*legs_by_name(customers.filter(begins)), *legs_by_name(customers.exclude(begins))]


def _folded(q: str) -> str:
    return normalise.text(q)[:100].lower()


def _is_short(q: str) -> bool:
    return len(q) < 3 or not _WORD.search(q)


def _union(customers: QuerySet[Customer], q: str, most: int) -> QuerySet[Customer, Any]:
    """The keys of at most so many of `customers` that match by name, as many by number, and by contact point."""
    customers = customers.order_by()
    names = customers.filter(sort_name__contains=q).values("id")[:most]
    numbers = customers.alias(folded=Lower("number")).filter(folded__contains=q).values("id")[:most]
    contacts = _contacts(q).filter(customer__in=customers.values("id")).values("customer_id")[:most]
    return names.union(numbers, contacts)


def _contacts(q: str) -> QuerySet[ContactPoint]:
    digits = _digits(q)
    if digits.startswith("+"):
        return ContactPoint.objects.filter(kind__in=_NUMBERS, value__startswith=digits)
    points = ContactPoint.objects.alias(written=Lower(Concat("value", Value(" "), "shown")))
    return points.filter(Q(written__contains=q) | Q(written__contains=digits) if digits else Q(written__contains=q))


def _digits(q: str) -> str:
    """A telephone number half typed: `0812-20` as the beginning of its stored form, `+6281220`; `45-77` as `4577`."""
    if not _PHONE_LIKE.fullmatch(q):
        return ""
    digits = re.sub(r"[^0-9]", "", q)
    if digits.startswith("00"):
        return "+" + digits[2:]
    if q.startswith("+"):
        return "+" + re.sub(r"^620+", "62", digits)
    return "+62" + digits[1:] if digits.startswith("0") else digits
