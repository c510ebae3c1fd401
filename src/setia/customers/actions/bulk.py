"""Change many customers at once, in the background, and take it back.

1. `ask_bulk` writes the customers' keys down and queues the work, in one transaction.
2. `work_bulk` takes some hundred waiting rows at a time: each customer through the verb a person would use, so that
   rights, history and audit are those of one change; the rows say what became of them, in the same transaction. Killed
   in between, the next start goes on with those that wait.
3. `cancel_bulk` leaves what waits as it is. `undo_bulk` is a run over those that were changed: what somebody changed
   since stays.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions.archive import archive, restore
from setia.customers.actions.assign import require_may_choose
from setia.customers.actions.edit import edit
from setia.customers.actions.erased import RecordErased, refuse_erased
from setia.customers.actions.tags import EmptyTag, make_tag, tag_customer, untag_customer
from setia.customers.actions.values import BadValue, checked
from setia.customers.models import BulkRow, BulkRun, Customer, CustomerTag, Tag
from setia.customers.queries import customers_for
from setia.customers.typed import loaded

MOST = 100_000
"""Customers changed by one run."""
BATCH = 200

NEEDED = {
    BulkRun.Verb.TAG: ("customers.tag",),
    BulkRun.Verb.UNTAG: ("customers.tag",),
    BulkRun.Verb.ASSIGN: ("customers.edit", "customers.assign"),
    BulkRun.Verb.SET: ("customers.edit",),
    BulkRun.Verb.ARCHIVE: ("customers.archive",),
}
"""What a person needs to be allowed for each."""


class TooManyCustomers(Exception):
    """More customers than one run may change."""


class NotUndoable(Exception):
    """The run is under way, is itself an undo, or was taken back already."""


class _Left(Exception):
    """A customer is left as they are, for a reason."""


def ask_bulk(*, by: User, at: datetime, verb: str, value: Mapping[str, Any], customers: QuerySet[Customer]) -> BulkRun:
    """Queue a change of all of `customers`, which must come from the gate.

    `value` is {"name": …} or {"tag": key} for a tag, {"owner": key or None}, {"field": key, "value": …}, or nothing.
    Raises `PermissionDenied`, `TooManyCustomers`, `EmptyTag`, `BadValue`.
    """
    verb = BulkRun.Verb(verb)
    for needed in NEEDED[verb]:
        require(by, needed)
    with transaction.atomic():
        kept, words = _read(verb, value, by=by, at=at)
        run = BulkRun.objects.create(by=by, verb=verb, value=kept, words=words[:300], asked_at=at)
        found, parameters = customers.order_by().values("pk")[: MOST + 1].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO customers_bulkrow (run_id, customer_id, state, reason)"  # noqa: S608 — Django's own SQL
                # By key, so that two runs over the same customers lock them in one order.
                f" SELECT %s, id, 'WAITING', '' FROM ({found}) c (id) ORDER BY id",
                [run.pk, *parameters],
            )
            run.total = cursor.rowcount
        if run.total > MOST:
            raise TooManyCustomers
        _queue(run, by=by, at=at, said="bulk.asked")
    return run


def cancel_bulk(*, by: User, at: datetime, run: BulkRun) -> None:
    """Stop a run: what is changed stays changed, the rest stays as it is."""
    with transaction.atomic():
        if BulkRun.objects.filter(pk=run.pk, by=by, state="RUNNING").update(state="CANCELLED", finished_at=at):
            audit(by=by, at=at, verb="bulk.cancelled", about="bulk", about_id=run.pk, data={"verb": run.verb})


def undo_bulk(*, by: User, at: datetime, run: BulkRun) -> BulkRun:
    """Queue the way back for all that a run changed. Raises `NotUndoable`."""
    with transaction.atomic():
        current = BulkRun.objects.select_for_update().get(pk=run.pk, by=by)
        if current.state == "RUNNING" or current.undoes_id or BulkRun.objects.filter(undoes=current).exists():
            raise NotUndoable
        back = BulkRun.objects.create(
            by=by, verb=current.verb, value=current.value, words=current.words, undoes=current, asked_at=at
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO customers_bulkrow (run_id, customer_id, state, reason, before)"
                " SELECT %s, customer_id, 'WAITING', '', before FROM customers_bulkrow"
                " WHERE run_id = %s AND state = 'CHANGED' ORDER BY customer_id",
                [back.pk, current.pk],
            )
            back.total = cursor.rowcount
        _queue(back, by=by, at=at, said="bulk.undone")
    return back


def work_bulk(*, run_id: int) -> None:
    """Work off what waits of a run, batch by batch."""
    while _batch(run_id):
        pass


def _batch(run_id: int) -> bool:
    """Change the next few; answers whether there may be more."""
    with transaction.atomic():
        run = BulkRun.objects.select_for_update(of=("self",)).select_related("by").filter(pk=run_id).first()
        if run is None or run.state != "RUNNING":
            return False
        rows = list(run.rows.filter(state="WAITING").order_by("pk")[:BATCH])
        at = datetime.now(UTC)
        if not rows:
            BulkRun.objects.filter(pk=run.pk).update(state="DONE", finished_at=at)
            return False
        by = User.objects.get(pk=run.by_id)  # as they are allowed now, not when they asked
        seen = {one.pk: one for one in customers_for(by).filter(pk__in=[row.customer_id for row in rows])}
        for row in rows:
            _change(run, row, seen.get(row.customer_id), by=by, at=at)
        BulkRow.objects.bulk_update(rows, ["state", "reason", "before"])
    return True


def _change(run: BulkRun, row: BulkRow, customer: Customer | None, *, by: User, at: datetime) -> None:
    row.state = BulkRow.State.SKIPPED
    if customer is None:
        row.reason = BulkRow.Reason.GONE
        return
    try:
        with transaction.atomic():
            for needed in NEEDED[BulkRun.Verb(run.verb)]:
                require(by, needed)
            refuse_erased([customer.pk])  # said even where there is nothing to change; the verb asks again at its lock
            done = (_back if run.undoes_id else _forth)(run, row, customer, by=by, at=at)
        row.state = BulkRow.State.CHANGED if done else BulkRow.State.SAME
    except _Left as left:
        row.reason = left.args[0]
    except RecordErased:
        row.reason = BulkRow.Reason.ERASED
    except PermissionDenied:
        row.reason = BulkRow.Reason.REFUSED
    except (BadValue, Tag.DoesNotExist, User.DoesNotExist):
        row.reason = BulkRow.Reason.VALUE
    except Customer.DoesNotExist:
        row.reason = BulkRow.Reason.GONE


def _forth(run: BulkRun, row: BulkRow, customer: Customer, *, by: User, at: datetime) -> bool:
    """Make the change; answers whether there was anything to change."""
    value = run.value
    if run.verb in ("TAG", "UNTAG"):
        return _tagged(Tag.objects.live().get(pk=value["tag"]), customer, on=run.verb == "TAG", by=by, at=at)
    if run.verb == "ARCHIVE":
        if customer.is_archived:
            return False
        archive(by=by, at=at, customer=customer)
        return True
    if run.verb == "ASSIGN":
        row.before = {"owner": customer.owner_id}
        return _assigned(customer, value["owner"], by=by, at=at)
    row.before = {"value": customer.extra.get(value["field"])}
    return _set(customer, value["field"], value["value"], by=by, at=at)


def _back(run: BulkRun, row: BulkRow, customer: Customer, *, by: User, at: datetime) -> bool:
    """Take the change back, unless somebody has changed it since."""
    value, before = run.value, row.before or {}
    if run.verb in ("TAG", "UNTAG"):
        return _tagged(Tag.objects.live().get(pk=value["tag"]), customer, on=run.verb == "UNTAG", by=by, at=at)
    if run.verb == "ARCHIVE":
        if not customer.is_archived:
            return False
        restore(by=by, at=at, customer=customer)
        return True
    if run.verb == "ASSIGN":
        if customer.owner_id != value["owner"]:
            raise _Left(BulkRow.Reason.SINCE)
        return _assigned(customer, before.get("owner"), by=by, at=at)
    if customer.extra.get(value["field"]) != value["value"]:
        raise _Left(BulkRow.Reason.SINCE)
    return _set(customer, value["field"], before.get("value"), by=by, at=at)


def _tagged(tag: Tag, customer: Customer, *, on: bool, by: User, at: datetime) -> bool:
    if CustomerTag.objects.filter(customer=customer, tag=tag).exists() == on:
        return False
    if on:
        tag_customer(by=by, at=at, customer=customer, name=tag.name)
    else:
        untag_customer(by=by, at=at, customer=customer, tag=tag)
    return True


def _assigned(customer: Customer, owner: int | None, *, by: User, at: datetime) -> bool:
    if customer.owner_id == owner:
        return False
    edit(by=by, at=at, customer=customer, owner=User.objects.get(pk=owner) if owner else None)
    return True


def _set(customer: Customer, field: str, kept: Any, *, by: User, at: datetime) -> bool:
    if customer.extra.get(field) == kept:
        return False
    edit(by=by, at=at, customer=customer, extra={field: None if kept is None else loaded(field[0], kept)})
    return True


def _read(verb: str, value: Mapping[str, Any], *, by: User, at: datetime) -> tuple[dict[str, Any], str]:
    """The value as it is kept, and in words."""
    if verb == BulkRun.Verb.TAG:
        tag = make_tag(by=by, at=at, name=str(value.get("name", "")))
        return {"tag": tag.pk}, tag.name
    if verb == BulkRun.Verb.UNTAG:
        found = Tag.objects.live().filter(pk=int(value.get("tag") or 0)).first()
        if found is None:
            raise EmptyTag
        return {"tag": found.pk}, found.name
    if verb == BulkRun.Verb.ASSIGN:
        owner = User.objects.get(pk=int(value["owner"])) if value.get("owner") else None
        require_may_choose(by, owner)
        return {"owner": owner.pk if owner else None}, str(owner or "")
    if verb == BulkRun.Verb.SET:
        ready = checked({str(value.get("field", "")): value.get("value")}, by=by)
        key, kept = next(iter(ready.items()))
        words = next(iter(ready.apply({})[1].values()), ("", ""))[1]
        return {"field": key, "value": kept}, f"{ready.fields[key].label}: {words or '–'}"
    return {}, ""


def _queue(run: BulkRun, *, by: User, at: datetime, said: str) -> None:
    run.save(update_fields=["total"])
    audit(by=by, at=at, verb=said, about="bulk", about_id=run.pk, data={"verb": run.verb, "customers": run.total})
    app.configure_task("customers.work_bulk", queue="customers", lock=f"customers.bulk.{run.pk}").defer(run_id=run.pk)
