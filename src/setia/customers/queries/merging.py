"""What merges of customers concern (the tables of this room that hold a customer's key), and what they have done."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import ngettext_lazy

from setia.customers.keys import Key
from setia.customers.models import (
    Consent,
    ConsentEntry,
    ContactPoint,
    Customer,
    CustomerLink,
    CustomerTag,
    LifeEvent,
    Merge,
    MergedCustomer,
    NameKey,
    PrivacyRequest,
    TimelineEntry,
)
from setia.customers.typed import Encoder

CUSTOMER_KEYS = (
    Key(
        ContactPoint,
        "customer",
        words=ngettext_lazy("%(count)s contact", "%(count)s contacts", "count"),
        once=("kind", "value"),
        single="preferred",
    ),
    Key(CustomerTag, "customer", words=ngettext_lazy("%(count)s tag", "%(count)s tags", "count"), once=("tag_id",)),
    Key(
        CustomerLink,
        "customer",
        words=ngettext_lazy("%(count)s link to another customer", "%(count)s links to other customers", "count"),
        once=("other_id", "kind"),
        apart=("other_id",),
    ),
    Key(
        CustomerLink,
        "other",
        words=ngettext_lazy("%(count)s link from another customer", "%(count)s links from other customers", "count"),
        once=("customer_id", "kind"),
        apart=("customer_id",),
    ),
    Key(LifeEvent, "customer", words=ngettext_lazy("%(count)s life event", "%(count)s life events", "count")),
    Key(Customer, "recommended_by", apart=("id",)),
    Key(Customer, "merged_into"),
    Key(TimelineEntry, "customer", stays="append-only: the survivor's timeline reads those of who was merged away"),
    Key(Consent, "customer", stays="settled anew from the answers of both"),
    Key(ConsentEntry, "customer", stays="append-only: the answers of who was merged away count for the survivor"),
    Key(
        PrivacyRequest,
        "customer",
        words=ngettext_lazy("%(count)s privacy request", "%(count)s privacy requests", "count"),
    ),
    Key(NameKey, "customer", stays="the folded name of each record; those merged away keep theirs"),
    Key(Merge, "survivor", stays="whose merge it was; undone after the merge its survivor went away in"),
    Key(MergedCustomer, "customer", stays="who was merged away"),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""


class Done(NamedTuple):
    """What a merge did: `moves` as (table, column, whose, keys of rows), `facts` as (key, columns before, after).

    Values of columns are JSON text.
    """

    at: datetime
    survivor: int
    moves: list[tuple[str, str, int, list[int]]]
    facts: list[tuple[int, dict[str, str], dict[str, str]]]


def what_merge_did(merge_id: int) -> Done:
    """What a merge did, for a room that has to follow its undoing."""
    merge = Merge.objects.get(pk=merge_id)
    facts = [(merge.survivor_id, merge.before, merge.after)]
    facts += merge.others.order_by("customer_id").values_list("customer_id", "before", "after")
    moves = merge.moves.order_by("pk").values_list("table", "column", "was", "row_ids")
    told = [(customer, _as_json(before), _as_json(after)) for customer, before, after in facts]
    return Done(merge.at, merge.survivor_id, list(moves), told)


def _as_json(columns: dict[str, Any]) -> dict[str, str]:
    return {name: Encoder().encode(value) for name, value in columns.items()}
