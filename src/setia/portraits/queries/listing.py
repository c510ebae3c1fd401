"""Lists of customers in an order that only portraits know, for the page composed in `web`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from setia.core import keyset
from setia.core.among import among
from setia.core.keyset import By, Count, Leg
from setia.portraits.models import Interaction, Overruling, Portrait, Refresh, Relation, Role, Service, Stage, Trait
from setia.portraits.queries.narrow import Behind
from setia.portraits.words import base_word

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


def choices() -> dict[str, list[tuple[str, str]]]:
    """What a person may choose to narrow a list by, with its words: stage, base, trait and the other classes."""
    return {
        "stage": [(code, str(label)) for code, label in Stage.choices],
        "base": [(code, base_word(code)) for code in ("BUYERS", "LOYAL", "GENERAL", "RECURRING", "INSTALLED")],
        "trait": [(code, str(label)) for code, label in Trait.choices],
        "role": _codes(Role),
        "relation": _codes(Relation),
        "service": _codes(Service),
        "interact": _codes(Interaction),
        "said": [("ANY", _("about anything")), *_codes(Overruling.What)],
    }


def _codes(choices: type[TextChoices]) -> list[tuple[str, str]]:
    return [(str(code), str(label)) for code, label in choices.choices]


def trait_words(portrait: Portrait) -> list[str]:
    """The traits a portrait shows, in words."""
    return [str(Trait(code).label) for code in portrait.traits]


def legs_by_value(behind: Behind, keys: list[int] | None = None, *, gated: bool = False) -> list[Leg]:
    """By expected spend, the highest first; then those for whom nothing can be expected yet, then the newest.

    Only customers among `keys`, if given; `gated` says that these are keys of customers whom this reader may see. Rows
    of the last leg are customers, those of the others portraits with their customer.
    """
    return _legs(behind, keys, gated, "value", By("value", descending=True, nulls_last=True))


def legs_by_latest(behind: Behind, keys: list[int] | None = None, *, gated: bool = False) -> list[Leg]:
    """By the day of the latest purchase, the latest first; then those without one, then the newest."""
    return _legs(behind, keys, gated, "latest_date", By("latest_date", descending=True, nulls_last=True))


def count(behind: Behind, hidden: QuerySet[Any]) -> Count:
    """How many portraits fulfil the condition, those of `hidden` customers left out.

    Asked without the customers who are *not* hidden, of whom there are a million: an index of portraits answers alone.
    """
    portraits = Portrait.objects.filter(behind.having)
    return keyset.count(portraits.filter(~Exists(hidden.filter(pk=OuterRef("pk")))))


WALKED = 1_000
"""Of more keys than this, a page is found sooner by walking a million portraits in the list's order and asking of each
whether it is one of them (an index answers: the walk ends after some fifty thousand steps, mostly sooner) than by
fetching all of them and sorting."""


def _legs(behind: Behind, keys: list[int] | None, gated: bool, field: str, by: By) -> list[Leg]:
    # The conditions stand on the portraits that are walked: within the customers, the walk would look up each one's.
    portraits = Portrait.objects.filter(behind.having)
    if keys is not None:
        portraits = portraits.filter(among("customer_id", keys, walked=len(keys) > WALKED))
    if not gated or behind.narrowed:
        portraits = portraits.filter(customer__in=behind.customers)
    whole = Portrait.objects.select_related("customer", "customer__industry")
    known = portraits.filter(**{f"{field}__isnull": False})
    unknown = portraits.filter(**{f"{field}__isnull": True})
    # A walk would stop at the last of those known; the few in hand are sorted all the same, so one question does.
    both = None if keys is None or len(keys) > WALKED else portraits.select_related("customer", "customer__industry")
    legs = [
        Leg(known, (by, "customer_id"), with_next=both, whole=whole),
        Leg(unknown, (by._replace(constant=True), "customer_id"), whole=whole),
    ]
    if behind.having:  # nobody without a portrait fulfils it
        return legs
    customers = behind.customers if keys is None else behind.customers.filter(among("id", keys))
    return [*legs, Leg(_without(customers).select_related("industry"), ("-created_at", "-id"))]


def _without(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Customers without a portrait. A refresh gives one to everybody, so only those made since can be without."""
    latest = Refresh.objects.filter(finished_at__isnull=False).order_by("-id")
    since = Coalesce(Subquery(latest.values("started_at")[:1]), _EVER) - timedelta(days=1)
    return customers.filter(~Exists(Portrait.objects.filter(customer=OuterRef("pk"))), created_at__gte=since)
