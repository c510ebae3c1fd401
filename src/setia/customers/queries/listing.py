"""The list of customers: filters as chips, and orders that an index has.

What Setia makes of a customer (stage, value) belongs to `portraits`; the page that shows both is composed in `web`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.accounts.queries import everybody
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.customers.models import Customer, Industry
from setia.customers.queries.regions import in_region
from setia.customers.queries.tags import tag_by_key, tagged, tags

NOBODY = "none"


class Filter(NamedTuple):
    """A filter by one field. `choices` gives the values a person may choose, with their words."""

    label: object
    field: str
    choices: Callable[[], list[tuple[str, str]]]


def _labels(choices: type) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(value, str(label)) for value, label in choices.choices]  # type: ignore[attr-defined]


def _industries() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Industry.objects.order_by("name").values_list("pk", "name")]


def regions() -> list[tuple[str, str]]:
    """The regions in use, read off the index one distinct value at a time (a table of a million has a few dozen)."""
    found = Customer.objects.raw(
        """
        WITH RECURSIVE region AS (
            (SELECT region FROM customers_customer WHERE archived_at IS NULL AND region > '' ORDER BY region LIMIT 1)
            UNION ALL
            SELECT (SELECT c.region FROM customers_customer c WHERE c.archived_at IS NULL AND c.region > r.region
                    ORDER BY c.region LIMIT 1)
            FROM region r WHERE r.region IS NOT NULL
        )
        SELECT 0 AS id, region FROM region WHERE region IS NOT NULL AND EXISTS (
            SELECT FROM customers_customer c
            WHERE c.region = region.region AND c.archived_at IS NULL AND c.merged_into_id IS NULL)
        LIMIT 500
        """
    )
    return [(row.region, row.region) for row in found]


def _owners() -> list[tuple[str, str]]:
    """Everybody who may be responsible for somebody, and nobody."""
    return [(NOBODY, str(_("nobody"))), *((str(one.pk), str(one)) for one in everybody())]


FILTERS: dict[str, Filter] = {
    "kind": Filter(_("Kind"), "kind", _labels(Customer.Kind)),
    "industry": Filter(_("Industry"), "industry_id", _industries),
    "acquisition": Filter(_("Came by"), "acquisition", _labels(Customer.Acquisition)),
    "gender": Filter(_("Gender"), "gender", _labels(Customer.Gender)),
    "region": Filter(_("Region"), "region", regions),
    "owner": Filter(_("Responsible"), "owner_id", _owners),
    "tag": Filter(_("Tag"), "", lambda: [(str(one.pk), one.name) for one in tags()]),
}


def choices_of(key: str) -> list[tuple[str, str]]:
    """The values a filter may have, with their words."""
    return FILTERS[key].choices()


def narrow(
    customers: QuerySet[Customer], params: Mapping[str, str], *, archived_too: bool = False
) -> tuple[QuerySet[Customer], list[Chip]]:
    """Apply the filters an address names, and say which in words. A value that is not one of a filter's is no filter.

    Archived customers are left out unless `archived=1` asks for them alone, or `archived_too` for all: a list behind a
    figure shows whom the figure counts.
    """
    chips: list[Chip] = []
    if params.get("archived") == "1":
        customers = customers.filter(archived_at__isnull=False)
        chips.append(Chip(str(_("Archived")), str(pgettext_lazy("the filter Archived", "only")), "archived"))
    elif not archived_too:
        customers = customers.filter(archived_at=None)
    for key, filter_ in FILTERS.items():
        if not (value := params.get(key, "")):
            continue
        if key == "tag":
            if (tag := tag_by_key(value)) is not None:
                customers = customers.filter(tagged(tag))
                chips.append(Chip(str(filter_.label), tag.name, key))
            continue
        if key == "region" and (place := in_region(value)) is not None:
            found, inside = place
            customers = customers.filter(inside)
            chips.append(Chip(str(filter_.label), found.path, key))
            continue
        if key == "region":
            words: str | None = value[:200]
        elif key == "industry":
            words = (
                Industry.objects.filter(pk=value).values_list("name", flat=True).first() if value.isdecimal() else None
            )
        else:
            words = dict(filter_.choices()).get(value)
        if words is not None:
            customers = customers.filter(**{filter_.field: None if key == "owner" and value == NOBODY else value})
            chips.append(Chip(str(filter_.label), words, key))
    return customers, chips


def out_of_sight() -> QuerySet[Customer]:
    """The few whom the list without a filter leaves out before somebody who sees all: archived, merged into another."""
    return Customer.objects.filter(Q(archived_at__isnull=False) | Q(merged_into__isnull=False))


def legs_by_name(customers: QuerySet[Customer]) -> list[Leg]:
    """By name, folded; a customer without a name stands under its number."""
    return [Leg(customers, ("sort_name", "id"))]


def legs_by_newest(customers: QuerySet[Customer]) -> list[Leg]:
    """By the moment the record was made, the newest first."""
    return [Leg(customers, ("-created_at", "-id"))]
