"""Search as you type: by name, by the firm's number, by any contact point, however it is written; by tax number whole.

From three characters on, any part of a word is found through trigram indexes; shorter text is the beginning of a name.
A telephone number half typed from its beginning (`0812`, `+62 812`) is looked up among numbers alone.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower

from setia.core.among import among
from setia.core.keyset import COUNTED, Count, Leg
from setia.customers import normalise
from setia.customers.models import ContactPoint, Customer
from setia.customers.queries.listing import legs_by_name

_WORD = re.compile(r"[^\W_]{2}")  # with less than this a trigram index is read from end to end
_PHONE_LIKE = re.compile(r"[+0-9][0-9\s().\-]{2,}")


# Up to so many matches of a kind all keys are fetched, and the list is walked asking of each row whether its key is
# among them. What matches more is so frequent that walking finds a page at once, though each step looks at the text.
LOOKED_UP = {"name": 25_000, "number": 25_000, "contact": 25_000}

_NUMBERS = [ContactPoint.Kind.PHONE, ContactPoint.Kind.WHATSAPP]


class Matches(NamedTuple):
    """The customers a text matches, how many they are where that is known already, and their keys when all in hand.

    `some` are keys of a few thousand of them, when there are too many to have them all in hand.
    """

    customers: QuerySet[Customer]
    counted: Count | None
    keys: list[int] | None
    some: list[int] | None = None


def matching(customers: QuerySet[Customer], q: str, *, but: QuerySet[Customer] | None = None) -> Matches:
    """Those of `customers` that match a text. When these are all there are but a few, those few may be named in `but`:
    of thousands of contact points it is sooner said that none is of one of a few than that each is of one of a million.

    Up to `LOOKED_UP` matches are looked up first, so that the list can be sorted in any way; when there are more, they
    are so frequent that walking the list in its own order finds a page of them at once, and their count is "so many
    and more".
    """
    q = _folded(q)
    if not q:
        return Matches(customers, None, None)
    found = _looked_up(customers, q, but)
    keys = set().union(*found.values())
    counted = Count(COUNTED, False) if len(keys) > COUNTED else None
    far = {kind for kind, most in LOOKED_UP.items() if len(found[kind]) > most}
    if not far:
        return Matches(Customer.objects.filter(among("id", keys)), Count(len(keys), True), list(keys))
    # Of the three ways to match mostly one goes too far: the walk then looks at that one alone, not at everybody's
    # contacts and numbers as well.
    tax = normalise.tax_number(q)
    ways = {
        "name": Q(sort_name__startswith=q) if _is_short(q) else Q(sort_name__contains=q),
        "number": Q(number_folded__contains=q) | (Q(tax_number=tax) if tax else Q()),
        "contact": Q(Exists(_contacts(q).filter(customer=OuterRef("pk")))),
    }
    condition = among("id", set().union(*(found[kind] for kind in ways if kind not in far)))
    for kind in far:
        condition |= ways[kind]
    return Matches(customers.alias(number_folded=Lower("number")).filter(condition), counted, None, list(keys))


def search(customers: QuerySet[Customer], q: str, *, most: int = 10) -> list[Customer]:
    """The best few matches for a picker or the search box: names that begin with the text first. One query."""
    q = _folded(q)
    if not q:
        return []
    customers = customers.filter(archived_at=None)
    if _is_short(q):
        return list(customers.filter(sort_name__startswith=q).order_by("sort_name", "id")[:most])
    # No more than this many are ranked: of a text that matches thousands, ten are as good as any other ten.
    first, *others = (rows for _kind, rows in _ways(customers, q, dict.fromkeys(LOOKED_UP, 1000)))
    found = Customer.objects.filter(id__in=first.union(*others))
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


def _looked_up(customers: QuerySet[Customer], q: str, but: QuerySet[Customer] | None) -> Mapping[str, list[int]]:
    """The keys found by name, by number and by contact; more than `LOOKED_UP` of a kind means that there may be others.

    Each kind comes as one array: thousands of rows would take longer to read than to find.
    """
    ways = _ways(customers, q, {kind: most + 1 for kind, most in LOOKED_UP.items()}, but)
    asked = [(kind, *rows.query.sql_with_params()) for kind, rows in ways]
    arrays = [f"SELECT '{kind}', array_agg(id) FROM ({sql}) AS found (id)" for kind, sql, _params in asked]  # noqa: S608 - Django's SQL
    keys: dict[str, list[int]] = {kind: [] for kind in LOOKED_UP}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arrays), [one for _kind, _sql, params in asked for one in params])
        for kind, found in cursor.fetchall():
            keys[kind] += found or []
    return keys


def _ways(
    customers: QuerySet[Customer], q: str, most: Mapping[str, int], but: QuerySet[Customer] | None = None
) -> list[tuple[str, QuerySet[Any, Any]]]:
    """The keys of at most so many of `customers` that match by name, by number (also for the tax), by contact point.

    A short text is the beginning of a name and nothing else.
    """
    customers = customers.order_by()
    if _is_short(q):
        return [("name", customers.filter(sort_name__startswith=q).values_list("id")[: most["name"]])]
    names = customers.filter(sort_name__contains=q)
    numbers: list[QuerySet[Any, Any]] = [customers.alias(folded=Lower("number")).filter(folded__contains=q)]
    if tax := normalise.tax_number(q):
        numbers.append(customers.filter(tax_number=tax))
    contacts = _contacts(q)
    if but is None:
        contacts = contacts.filter(customer__in=customers.values("id"))
    else:
        contacts = contacts.exclude(Exists(but.filter(pk=OuterRef("customer_id"))))
    return [
        ("name", names.values_list("id")[: most["name"]]),
        *(("number", rows.values_list("id")[: most["number"]]) for rows in numbers),
        ("contact", contacts.values_list("customer_id")[: most["contact"]]),
    ]


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
