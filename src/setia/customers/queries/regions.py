"""The tree of regions: found by any part of a name, read from a free text, and counted."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Value, When

from setia.core.permissions import Actor, may, sees_all
from setia.customers import regions as names
from setia.customers.models import Customer, Region, RegionEdition, RegionSpelling, RegionTally
from setia.customers.queries.gate import customers_for

FOUND = 12
LIVE = 50_000  # customers, from which on the page shows the latest count instead of counting


class Share(NamedTuple):
    """A region with the number of customers in it."""

    region: Region
    customers: int


class Distribution(NamedTuple):
    """Customers over the regions within one, and what is not in any of them. `counted_at` None: counted just now."""

    within: Region | None
    above: list[Region]
    shares: list[Share]
    elsewhere: int
    counted_at: object


def region_edition() -> str:
    """The edition of the tree in the table; '' before it is there."""
    return RegionEdition.objects.filter(pk=1).values_list("source", flat=True).first() or ""


def region(code: str) -> Region | None:
    """A region by its code."""
    return Region.objects.filter(pk=code).first() if names.is_code(code) else None


def find_regions(q: str, *, most: int = FOUND) -> list[Region]:
    """Regions whose path holds every word of a text, the larger ones first; `kec. beji`, `beji depok`, `16422`."""
    asked = names.spoken(q.replace(",", " ")[:100])
    words = asked.bare.split()
    if not words or max(map(len, words)) < 3:
        return []
    found = Region.objects.all()
    for word in words[:6]:
        found = found.filter(folded__contains=word)
    if asked.level:
        found = found.filter(level=asked.level)
    nearest = Case(
        When(bare=asked.bare, then=Value(0)),
        When(bare__startswith=words[0], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(found.annotate(nearest=nearest).order_by("nearest", "level", "path")[:most])


def meaning(text: str) -> str:
    """The code a free text means for certain, '' where it may mean several or none.

    Its parts are read from the largest, the last: `Beji, Depok` is the district within the city. A part that is no
    region (a street) ends the reading; what was understood up to there is still true.
    """
    code = ""
    for part in reversed([part for part in text.split(",") if part.strip()]):
        found = _one(names.spoken(part), within=code)
        if not found:
            break
        code = found
    return code


def in_region(code: str) -> tuple[Region, Q] | None:
    """A region and the condition for customers who live in it or below, chosen or typed; None for no such region."""
    if not names.is_code(code):
        return None
    typed = RegionSpelling.objects.filter(_within(code, "code")).values("spelling")
    # The spellings come along as a list: with the texts in hand, an index of the customers answers for them.
    found = Region.objects.filter(pk=code).annotate(spellings=ArraySubquery(typed)).first()
    if found is None:
        return None
    typed_here = Q(region_code="", region__in=found.spellings)
    return found, _within(code, "region_code") | typed_here if found.spellings else _within(code, "region_code")


def children_of(code: str) -> list[Region]:
    """The regions right below one, by name; the provinces for ''."""
    inside = Q(level=1) if not code else _below(code)
    return list(Region.objects.filter(inside).order_by("name"))


def provinces() -> dict[str, str]:
    """The names of the provinces by code."""
    return dict(Region.objects.filter(level=Region.Level.PROVINCE).values_list("code", "name"))


def region_choices(value: str) -> list[tuple[str, str]]:
    """What a filter by region offers: the way up from the one chosen, it, and those right below; provinces at first."""
    chosen = region(value)
    if chosen is None:
        free = [(text, text) for text in unread_spellings()]
        known = {code for code, _words in free}
        kept = [(value, value)] if value and value not in known else []
        return [*kept, *((one.code, one.name) for one in children_of("")), *free]
    way = [*Region.objects.filter(pk__in=names.above(chosen.code)).order_by("code"), chosen]
    return [(one.code, one.name) for one in way] + [(one.code, f"– {one.name}") for one in children_of(chosen.code)]


def distribution(user: Actor, code: str = "") -> Distribution:
    """Customers over the regions right below `code` (the provinces for ''), as this person may see them."""
    within = region(code)
    code = within.code if within else ""
    visible = customers_for(user).filter(archived_at=None)
    counted_at = None
    everybody = may(user, "customers.view") and sees_all(user)
    if everybody and _is_large() and (tally := list(RegionTally.objects.filter(_tallied(code)))):
        counts = {one.code: one.customers for one in tally}
        counted_at = min(one.counted_at for one in tally)
    else:
        counts = rolled_up(visible)
    below = children_of(code)
    shares = sorted(
        (Share(one, counts[one.code]) for one in below if counts.get(one.code)), key=lambda one: -one.customers
    )
    elsewhere = counts.get(code, 0) - sum(one.customers for one in shares) if code else counts.get("", 0)
    above = list(Region.objects.filter(pk__in=names.above(code)).order_by("code")) if code else []
    return Distribution(within, above, shares, max(elsewhere, 0), counted_at)


def rolled_up(customers: QuerySet[Customer]) -> dict[str, int]:
    """Customers by the code of every region they live in, at every level; '' for those of no known one."""
    if customers.query.is_empty():
        return {}
    spelled = dict(RegionSpelling.objects.exclude(code="").values_list("spelling", "code"))
    sql, params = customers.order_by().values("region_code", "region").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT region_code, region, count(*) FROM ({sql}) c GROUP BY 1, 2", params)  # noqa: S608
        rows = cursor.fetchall()
    counts: dict[str, int] = {}
    for code, text, number in rows:
        code = code or spelled.get(text, "")
        for one in [*names.above(code), code] if code else [""]:
            counts[one] = counts.get(one, 0) + number
    return counts


def unread_spellings(*, most: int = 100) -> list[str]:
    """Free texts in use that mean no region for certain."""
    in_use = Customer.objects.filter(archived_at=None, merged_into=None, region_code="", region=OuterRef("spelling"))
    unread = RegionSpelling.objects.filter(code="").alias(used=in_use.values("pk")[:1]).filter(used__isnull=False)
    return list(unread.order_by("spelling").values_list("spelling", flat=True)[:most])


def _one(asked: names.Spoken, *, within: str) -> str:
    """The one region of this name within another; '' for none or several. Without words in front, no village alone."""
    found = Region.objects.filter(bare=asked.bare)
    if within:
        found = found.filter(_below(within, deep=True))
    if asked.level:
        found = found.filter(level=asked.level)
    elif not within:
        found = found.filter(level__lte=2)
    if asked.kind:
        found = found.filter(name__istartswith=asked.kind)
    codes = list(found.order_by("level", "code").values_list("code", flat=True)[:20])
    if not codes:
        return ""
    # A province or city that shares its name only with what lies in it (Gorontalo in Gorontalo) is no doubt.
    inside = all(code == codes[0] or code.startswith(f"{codes[0]}.") for code in codes)
    return codes[0] if inside else ""


def _within(code: str, field: str) -> Q:
    """`field` is this code or begins with it and a dot: '/' is what follows '.' in the order of bytes."""
    return Q(**{f"{field}__gte": code, f"{field}__lt": f"{code}/"})


def _below(code: str, *, deep: bool = False) -> Q:
    """Of regions: those inside this one; right inside it unless `deep`."""
    inside = Q(code__gt=f"{code}.", code__lt=f"{code}/")
    return inside if deep else inside & Q(level=code.count(".") + 2)


def _tallied(code: str) -> Q:
    return _within(code, "code") if code else Q(code__in=_provinces()) | Q(code="")


def _provinces() -> Iterable[str]:
    return [f"{number:02}" for number in range(100)]


def _is_large() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'customers_customer'::regclass")
        return bool(cursor.fetchone()[0] > LIVE)
