"""What merges of customers concern (the tables of this room that hold a customer's key), and what they have done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import ngettext, ngettext_lazy

from setia.core.permissions import Actor, require
from setia.customers.keys import Key, customer_keys
from setia.customers.models import (
    Consent,
    ConsentEntry,
    ContactPoint,
    Customer,
    CustomerFile,
    CustomerLink,
    CustomerTag,
    LifeEvent,
    Merge,
    MergedCustomer,
    NameKey,
    PrivacyRequest,
    TimelineEntry,
)
from setia.customers.queries.fields import custom_fields, in_words, names_for
from setia.customers.queries.gate import customers_for
from setia.customers.queries.words import field_word
from setia.customers.settling import CHOOSABLE, OWN, picked
from setia.customers.typed import Encoder

MOST = 10
"""Records merged at once on a page."""

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
    Key(CustomerFile, "customer", words=ngettext_lazy("%(count)s file", "%(count)s files", "count")),
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


class Option(NamedTuple):
    """What one record states in a field."""

    customer: int
    value: str
    record: str


@dataclass(frozen=True)
class Field:
    """A field the records state differently: the options, and the key of the record whose value stays."""

    name: str
    label: str
    options: list[Option]
    picked: int


@dataclass(frozen=True)
class Comparison:
    """Records side by side before they are merged: who stays, what they differ in, what will move."""

    survivor: Customer
    others: list[Customer]
    fields: list[Field]
    moving: list[str]

    @property
    def records(self) -> list[Customer]:
        return sorted([self.survivor, *self.others], key=lambda one: one.pk)


def compared_for(user: Actor, keys: Sequence[int], *, keep: int = 0) -> Comparison | None:
    """Compare the customers this person may see among `keys`; `keep` stays, else the first. None for fewer than two.

    Raises `PermissionDenied` for somebody who may not merge.
    """
    require(user, "customers.merge")
    seen = customers_for(user).select_related("industry", "recommended_by", "owner").filter(pk__in=keys[:MOST])
    found = sorted(seen, key=lambda one: list(keys).index(one.pk))
    if len(found) < 2:
        return None
    survivor = next((one for one in found if one.pk == keep), found[0])
    others = [one for one in found if one != survivor]
    return Comparison(survivor, others, _fields(user, survivor, others), moving([one.pk for one in others]))


def moving(keys: Sequence[int]) -> list[str]:
    """What these customers would take along in a merge, counted, in words. A query for each kind of row."""
    counted = [(key, key.model._default_manager.filter(**{f"{key.field}__in": keys}).count()) for key in _told()]
    entries = TimelineEntry.objects.filter(customer__in=keys).count()
    words = [str(key.words % {"count": n}) for key, n in counted if n]
    if entries:
        told = ngettext("%(count)s entry of the timeline", "%(count)s entries of the timeline", entries)
        words.append(told % {"count": entries})
    return words


def merges_of(customer: Customer) -> list[Merge]:
    """The merges this customer came through as survivor and that are not undone, the newest first, with the others."""
    merges = Merge.objects.filter(survivor=customer, undone_at=None).select_related("by").order_by("-pk")
    return list(merges.prefetch_related("others__customer"))


def get_merge_for(user: Actor, pk: int) -> Merge:
    """A merge whose survivor, or who that one was merged into, this person may see. Raises `Http404`."""
    merge = Merge.objects.select_related("survivor", "by").filter(pk=pk).first()
    if merge is None or not customers_for(user).filter(pk__in=_standing_for(merge)).exists():
        raise Http404
    return merge


def coming_back(merge: Merge) -> list[str]:
    """What those merged away would have back, counted, in words."""
    words = {(key.table, key.column): key.words for key in _told()}
    counts: dict[tuple[str, str], int] = {}
    for one in merge.moves.all():
        counts[one.table, one.column] = counts.get((one.table, one.column), 0) + len(one.row_ids)
    return [str(words[place] % {"count": n}) for place, n in counts.items() if place in words]


def _standing_for(merge: Merge) -> list[int]:
    return [merge.survivor.merged_into_id or merge.survivor_id]


def _told() -> list[Key]:
    return [key for key in customer_keys() if key.words and not key.stays]


def _fields(user: Actor, survivor: Customer, others: list[Customer]) -> list[Field]:
    records = [survivor, *others]
    picks: Mapping[str, int] = picked(survivor, others, {})
    own = custom_fields()
    named = {value for one in records for key, value in one.extra.items() if key[0] == "r"}
    names = names_for(user, named | {one.recommended_by_id for one in records if one.recommended_by_id})
    rows = [(name, field_word(name), {one.pk: _shown(one, name, names) for one in records}) for name in CHOOSABLE]
    rows += [(OWN + one.key, one.label, {c.pk: in_words(one, one.of(c), names) for c in records}) for one in own]
    fields = []
    for name, label, values in rows:
        stated = {pk: value for pk, value in values.items() if value}
        if len(set(stated.values())) > 1:
            options = [
                Option(one.pk, stated[one.pk], "" if name == "number" else one.number or one.display_name)
                for one in records
                if one.pk in stated
            ]
            fields.append(Field(name, label, options, picks.get(name) or next(iter(stated))))
    return fields


def _shown(one: Customer, name: str, names: Mapping[int, str]) -> str:
    """A fact in words; '' for none, and for a customer who is not among the `names` its reader may know."""
    value = getattr(one, name)
    if value in (None, ""):
        return ""
    if name == "birthday":
        return date_format(value, "j M Y")
    if isinstance(value, Customer):
        return names.get(value.pk, "")
    return str(getattr(one, f"get_{name}_display")() if hasattr(one, f"get_{name}_display") else value)
