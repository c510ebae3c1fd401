"""Turn a merge back: everybody as they were, and what came since stays with the survivor.

The newest merge of a survivor comes first, and a survivor that has itself been merged away comes out of that merge
before. A fact changed since the merge stays as it is; so does a row that somebody has moved on.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.permissions import require
from setia.customers.actions._moving import move_back, unstamped
from setia.customers.actions.merge import lock, rows
from setia.customers.keys import customer_keys
from setia.customers.models import Customer, DoubleGroup, Merge, TimelineEntry
from setia.customers.typed import Encoder


class AlreadyUnmerged(Exception):
    """The merge has been undone before."""


class NewerFirst(Exception):
    """Other merges have to be undone first: `merges`, in that order."""

    def __init__(self, merges: Iterable[Merge]) -> None:
        self.merges = list(merges)
        super().__init__([one.pk for one in self.merges])


def unmerge(*, by: User, at: datetime, merge: Merge) -> Merge:
    """Undo a merge. Raises `AlreadyUnmerged` and `NewerFirst`."""
    require(by, "customers.unmerge")
    with transaction.atomic():
        other_ids = list(merge.others.order_by("customer_id").values_list("customer_id", flat=True))
        lock([merge.survivor_id, *other_ids])
        undone = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if undone.is_undone:
            raise AlreadyUnmerged
        if first := in_the_way(undone):
            raise NewerFirst(first)
        _restore(undone, at=at)
        undone.undone_at, undone.undone_by = at, by
        undone.save(update_fields=["undone_at", "undone_by"])
        _record(undone)
        # Nobody said that they are different customers: the group they came from waits for another word.
        DoubleGroup.objects.filter(merge=undone).update(
            state=DoubleGroup.State.OPEN, merge=None, in_bulk=False, decided_by=None, decided_at=None
        )
        outbox.emit("customer.unmerged", at=at, customer_id=undone.survivor_id, merge_id=undone.pk, other_ids=other_ids)
    return undone


def give_back(merge_id: int) -> None:
    """Give those merged away their rows back, as far as the survivor has them (the answer to `customer.unmerged`)."""
    move_back(merge_id, Merge.objects.get(pk=merge_id).survivor_id, customer_keys())


def in_the_way(merge: Merge) -> list[Merge]:
    """The merges to undo before this one, in that order: those its survivor went away in, then its newer ones."""
    live = Merge.objects.filter(undone_at=None)
    newer = list(live.filter(survivor=merge.survivor_id, pk__gt=merge.pk).order_by("-pk"))
    away = live.filter(others__customer=merge.survivor_id, pk__gt=merge.pk).first()
    return [*in_the_way(away), away, *newer] if away else newer


def _restore(merge: Merge, *, at: datetime) -> None:
    """Put every fact back that is still as the merge left it."""
    changed = [(merge.survivor_id, merge.before, merge.after)]
    changed += merge.others.order_by("customer_id").values_list("customer_id", "before", "after")
    current = rows(pk for pk, _before, _after in changed)
    back: dict[int, dict[str, Any]] = {}
    for pk, before, after in changed:
        kept = {name: before[name] for name in before if current[pk][name] == after[name]}
        if named := before.keys() & {"source", "number"}:
            there = {name: {**current[pk], **kept}[name] for name in ("source", "number")}
            free = not Customer.objects.filter(**there).exclude(pk__in=current).exclude(number=None).exists()
            kept = {name: value for name, value in kept.items() if name not in there}
            if free and all(current[pk][name] == after[name] for name in named):
                kept |= there
        if before.keys() - kept.keys():  # changed since: who has the record open must see that it changes again
            kept["updated_at"] = at.isoformat()
        back[pk] = kept
    with unstamped() as cursor:
        # Two that exchange their numbers must both let go of them first.
        Customer.objects.filter(pk__in=[pk for pk, kept in back.items() if "number" in kept]).update(number=None)
        for pk, kept in back.items():
            if kept:
                _put_back(cursor, pk, kept)


def _put_back(cursor: CursorWrapper, pk: int, kept: dict[str, Any]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, kept))
    values = sql.SQL(", ").join(sql.SQL("was.{}").format(sql.Identifier(name)) for name in kept)
    cursor.execute(
        sql.SQL(
            "UPDATE customers_customer mine SET ({}) = ROW({})"
            " FROM jsonb_populate_record(NULL::customers_customer, %s::jsonb) was WHERE mine.id = %s"
        ).format(columns, values),
        [json.dumps(kept, cls=Encoder), pk],
    )


def _record(merge: Merge) -> None:
    assert merge.undone_at is not None
    at, by = merge.undone_at, merge.undone_by
    records = {one.customer_id: one.customer for one in merge.others.select_related("customer")}
    told = [{"id": one.pk, "name": one.name, "number": one.number or ""} for one in records.values()]
    since = {"merge": merge.pk, "merged_at": merge.at.isoformat()}
    TimelineEntry.objects.create(
        customer_id=merge.survivor_id, kind="UNMERGED", at=at, by=by, data={**since, "others": told}
    )
    survivor = Customer.objects.get(pk=merge.survivor_id)
    apart = {**since, "from": {"id": survivor.pk, "name": survivor.name, "number": survivor.number or ""}}
    for one in records.values():
        TimelineEntry.objects.create(customer=one, kind="UNMERGED", at=at, by=by, data=apart)
    for pk in (merge.survivor_id, *records):
        data = {"merge": merge.pk}
        audit(by=by, at=at, verb="customer.unmerged", about="customer", about_id=pk, data=data)
