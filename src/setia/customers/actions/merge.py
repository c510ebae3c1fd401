"""Make several customers one.

1. All records concerned are locked in the order of their keys, so that two people who merge overlapping customers at
   the same moment take turns, and the second is told what the first has done.
2. The survivor takes the facts chosen; the others become markers that point to it. What that changed is kept, before
   and after, column by column.
3. `customer.merged` lets every room give its rows to the survivor in this same transaction (`take_over`), each
   written down too. Timeline entries stay with the record they were written on; the survivor's timeline reads them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.permissions import require
from setia.customers.actions._moving import move, unstamped
from setia.customers.actions.erased import refuse_erased
from setia.customers.keys import customer_keys
from setia.customers.models import Customer, Merge, MergedCustomer, TimelineEntry
from setia.customers.settling import picked, settled
from setia.customers.typed import Decoder


class NothingToMerge(Exception):
    """A merge needs two different customers or more."""


class AlreadyMerged(Exception):
    """`customer` has been merged into another one, `customer.merged_into`, meanwhile."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer.pk)
        self.customer = customer


def merge(
    *, by: User, at: datetime, survivor: Customer, others: Sequence[Customer], choices: Mapping[str, int] | None = None
) -> Merge:
    """Make `others` and `survivor` one customer. `choices` says for a field which record's value stays (its key).

    Raises `NothingToMerge`, `AlreadyMerged`, and `NotAChoice` (of `settling`).
    """
    require(by, "customers.merge")
    other_ids = sorted({one.pk for one in others} - {survivor.pk})
    if not other_ids:
        raise NothingToMerge
    with transaction.atomic():
        records = lock([survivor.pk, *other_ids])
        refuse_erased(records)
        if gone := next((one for one in records.values() if one.merged_into_id), None):
            raise AlreadyMerged(gone)
        kept, rest = records[survivor.pk], [records[pk] for pk in other_ids]
        before = rows(records)
        _settle(kept, rest, choices or {}, at=at)
        after = rows(records)
        done = Merge.objects.create(survivor=kept, at=at, by=by, **_changed(before, after, kept.pk))
        MergedCustomer.objects.bulk_create(
            MergedCustomer(merge=done, customer=one, **_changed(before, after, one.pk)) for one in rest
        )
        _record(done, kept, rest)
        outbox.emit("customer.merged", at=at, customer_id=kept.pk, merge_id=done.pk, other_ids=other_ids)
    return done


def take_over(merge_id: int) -> None:
    """Give the survivor of a merge every row that names one of those merged away (the answer to `customer.merged`)."""
    done = Merge.objects.get(pk=merge_id)
    others = list(done.others.order_by("customer_id").values_list("customer_id", flat=True))
    move(done.pk, done.survivor_id, others, customer_keys())


def lock(keys: Iterable[int]) -> dict[int, Customer]:
    """Lock these customers and the markers that point to them, in the order of their keys. Answers the former.

    A customer that is gone raises `Customer.DoesNotExist`.
    """
    wanted = set(keys)
    while True:
        with transaction.atomic():
            around = _cluster(wanted)
            rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=around).order_by("pk")
            found = {one.pk: one for one in rows if one.pk in wanted}
            if _cluster(wanted) <= around:  # else a marker came before the lock did: let go of all, and again in order
                break
            transaction.set_rollback(True)
    if missing := wanted - set(found):
        raise Customer.DoesNotExist(missing)
    return found


def _cluster(keys: set[int]) -> set[int]:
    return set(Customer.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys)).values_list("pk", flat=True))


def rows(keys: Iterable[int]) -> dict[int, dict[str, Any]]:
    """These customers' rows as the database writes them in JSON: restored from it, every value is exactly itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, (to_jsonb(c) - 'sort_name')::text FROM customers_customer c WHERE id = ANY(%s)", [list(keys)]
        )
        return {pk: json.loads(row, cls=Decoder) for pk, row in cursor.fetchall()}


def _changed(before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]], pk: int) -> dict[str, Any]:
    names = [name for name, value in before[pk].items() if after[pk][name] != value]
    return {
        "before": {name: before[pk][name] for name in names},
        "after": {name: after[pk][name] for name in names},
    }


def _settle(kept: Customer, rest: list[Customer], choices: Mapping[str, int], *, at: datetime) -> None:
    facts = settled(kept, rest, choices)
    number_of = picked(kept, rest, choices)["number"]
    mine = Customer.objects.filter(pk=kept.pk)
    with unstamped():
        Customer.objects.filter(pk__in=[one.pk for one in rest]).update(merged_into=kept, updated_at=at)
        mine.update(**facts, updated_at=at)
        if number_of != kept.pk:
            theirs = next(one for one in rest if one.pk == number_of)
            Customer.objects.filter(pk=theirs.pk).update(number=None)
            mine.update(source=theirs.source, number=theirs.number)
            Customer.objects.filter(pk=theirs.pk).update(source=kept.source, number=kept.number)


def _record(done: Merge, kept: Customer, rest: list[Customer]) -> None:
    told = [{"id": one.pk, "name": one.name, "number": one.number or ""} for one in rest]
    TimelineEntry.objects.create(
        customer=kept, kind="MERGED", at=done.at, by=done.by, data={"merge": done.pk, "others": told}
    )
    fields = sorted(set(done.after) - {"updated_at"})
    data = {"merge": done.pk, "others": [one.pk for one in rest], "fields": fields}
    audit(by=done.by, at=done.at, verb="customer.merged", about="customer", about_id=kept.pk, data=data)
    for one in rest:
        data = {"merge": done.pk, "into": kept.pk}
        audit(by=done.by, at=done.at, verb="customer.merged_away", about="customer", about_id=one.pk, data=data)
