"""The firm's own fields: define one, change its words, hide it, bring it back, delete it, and make it quick to find by.

What a customer holds in a field is set by `edit`, `add` and `set_values`. A choice's options are renamed here without
touching a customer. An index is made, and a field's values removed, in the background (`customers.tasks`).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.actions import changed_lists
from setia.core.permissions import require
from setia.customers import normalise, typed
from setia.customers.models import Customer, CustomField, FieldOption

MOST_FIELDS, MOST_INDEXED, MOST_OPTIONS = 100, 40, 200
CHUNK = 5_000
"""Customers whose values are removed in one transaction when a field is deleted."""


class FieldNameTaken(Exception):
    """Another field, or another option of this one, has this name."""


class TooMany(Exception):
    """There are as many fields, quick fields or options as a firm may have. `most` says how many."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class NotHidden(Exception):
    """A field is hidden first, so that deleting it cannot be a slip."""


def add_field(
    *,
    by: User,
    at: datetime,
    label: str,
    type: str,
    hint: str = "",
    options: Sequence[str] = (),
    quick: bool = True,
    about: str = CustomField.About.CUSTOMER,
) -> CustomField:
    """Define a field. `quick` makes it one to filter and sort by. Raises `FieldNameTaken`, `TooMany`."""
    require(by, "customers.arrange_fields")
    with _arranging("field.added", by=by, at=at) as told:
        _refuse_above(CustomField.objects.filter(deleting_at=None).count(), MOST_FIELDS)
        field = CustomField(
            about=about,
            type=CustomField.Type(type),
            label=normalise.text(label),
            code=_code(about, label),
            hint=normalise.text(hint),
            position=CustomField.objects.count(),
            created_at=at,
        )
        field.save(force_insert=True)
        if field.type == CustomField.Type.CHOICE:
            _refuse_above(len(options) - 1, MOST_OPTIONS)
            FieldOption.objects.bulk_create(
                FieldOption(field=field, label=normalise.text(one), position=place) for place, one in enumerate(options)
            )
        if quick:
            _make_quick(field)
        told(field, {"label": field.label, "type": field.type})
    return field


def edit_field(*, by: User, at: datetime, field: CustomField, label: str, hint: str, quick: bool) -> CustomField:
    """Change a field's words, and whether lists can be narrowed by it. Raises `FieldNameTaken`, `TooMany`."""
    require(by, "customers.arrange_fields")
    with _arranging("field.edited", by=by, at=at) as told:
        current = CustomField.objects.select_for_update().get(pk=field.pk)
        current.label, current.hint = normalise.text(label), normalise.text(hint)
        current.save(update_fields=["label", "hint"])
        if quick and current.index == CustomField.Index.NONE:
            _make_quick(current)
        elif not quick and current.index != CustomField.Index.NONE:
            CustomField.objects.filter(pk=current.pk).update(index=CustomField.Index.NONE)
            _later("customers.drop_index", current)
        told(current, {"label": current.label})
    return current


def move_field(*, by: User, at: datetime, field: CustomField, up: bool) -> None:
    """Move a field one place up or down among those in use."""
    require(by, "customers.arrange_fields")
    with _arranging("field.moved", by=by, at=at) as told:
        order = list(CustomField.objects.select_for_update().filter(about=field.about, hidden_at=None))
        keys = [one.pk for one in order]
        if field.pk not in keys:
            return
        place = keys.index(field.pk)
        other = place + (-1 if up else 1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            for position, one in enumerate(order):
                one.position = position
            CustomField.objects.bulk_update(order, ["position"])
            told(field, {"label": field.label})


def hide_field(*, by: User, at: datetime, field: CustomField) -> None:
    """Take a field out of forms, lists and files. What customers hold in it stays, and comes back with it."""
    require(by, "customers.arrange_fields")
    with _arranging("field.hidden", by=by, at=at) as told:
        if CustomField.objects.filter(pk=field.pk, hidden_at=None).update(hidden_at=at):
            told(field, {"label": field.label})


def restore_field(*, by: User, at: datetime, field: CustomField) -> None:
    """Bring a hidden field back with everything customers held in it. Raises `FieldNameTaken`."""
    require(by, "customers.arrange_fields")
    with _arranging("field.restored", by=by, at=at) as told:
        hidden = CustomField.objects.filter(pk=field.pk, hidden_at__isnull=False, deleting_at=None)
        if hidden.update(hidden_at=None):
            told(field, {"label": field.label})


def delete_field(*, by: User, at: datetime, field: CustomField) -> None:
    """Delete a hidden field and what customers held in it, for good. Raises `NotHidden`.

    From now on nobody sees it; the values go in the background.
    """
    require(by, "customers.arrange_fields")
    with _arranging("field.deleted", by=by, at=at) as told:
        # Its name is free again at once; the code keeps clear of a later field's by the key.
        going = CustomField.objects.filter(pk=field.pk, hidden_at__isnull=False, deleting_at=None)
        if not going.update(deleting_at=at, code=f"{field.code[:40]}-{field.pk}"):
            raise NotHidden
        _later("customers.remove_field", field)
        told(field, {"label": field.label})


def add_option(*, by: User, at: datetime, field: CustomField, label: str) -> FieldOption:
    """Offer one more option. Raises `FieldNameTaken`, `TooMany`."""
    require(by, "customers.arrange_fields")
    with _arranging("field.option_added", by=by, at=at) as told:
        CustomField.objects.select_for_update().get(pk=field.pk)
        count = FieldOption.objects.filter(field=field).count()
        _refuse_above(count, MOST_OPTIONS)
        option = FieldOption.objects.create(field=field, label=normalise.text(label), position=count)
        told(field, {"label": field.label, "option": option.label})
    return option


def rename_option(*, by: User, at: datetime, option: FieldOption, label: str) -> None:
    """Give an option another word. Customers point at the option, so none of them changes. Raises `FieldNameTaken`."""
    require(by, "customers.arrange_fields")
    with _arranging("field.option_renamed", by=by, at=at) as told:
        if FieldOption.objects.filter(pk=option.pk).update(label=normalise.text(label)):
            told(option.field, {"label": option.field.label, "option": normalise.text(label), "before": option.label})


def hide_option(*, by: User, at: datetime, option: FieldOption, hidden: bool) -> None:
    """Offer an option no longer, or again. Customers who have it keep it."""
    require(by, "customers.arrange_fields")
    with _arranging("field.option_hidden" if hidden else "field.option_restored", by=by, at=at) as told:
        if FieldOption.objects.filter(pk=option.pk, hidden_at__isnull=hidden).update(hidden_at=at if hidden else None):
            told(option.field, {"label": option.field.label, "option": option.label})


def index_field(*, field_id: int) -> bool:
    """Make the index behind a field's filters and its order, and let the planner count its values.

    Call it outside a transaction. An index that a stopped worker left half made is made anew. Answers whether the
    field is quick now.
    """
    field = CustomField.objects.filter(pk=field_id, index=CustomField.Index.BUILDING).first()
    if field is None:
        return False
    _drop(field)
    without_waiting = "" if connection.in_atomic_block else "CONCURRENTLY"
    name, value = _index_name(field), typed.sql(field.key)
    with connection.cursor() as cursor:
        # All who are not archived, empty ones too: so one index answers for a value, a span, none at all, and the
        # order, each by name. Its statistics would count the index's rows, so the values have statistics of their own.
        cursor.execute(
            f"CREATE INDEX {without_waiting} {name} ON customers_customer ({value}, sort_name, id)"
            " WHERE archived_at IS NULL"
        )
        if field.type == CustomField.Type.TEXT:
            cursor.execute(
                f"CREATE INDEX {without_waiting} {name}_part ON customers_customer"
                f" USING gin (lower(extra ->> '{field.key}') gin_trgm_ops)"
            )
        cursor.execute(f"CREATE STATISTICS {name}_values ON {value} FROM customers_customer")
        cursor.execute("ANALYZE customers_customer")
    with transaction.atomic():
        ready = CustomField.objects.filter(pk=field.pk, index=CustomField.Index.BUILDING)
        done = ready.update(index=CustomField.Index.READY)
        changed_lists()
    return bool(done)


def drop_index(*, field_id: int) -> None:
    """Remove the index of a field that is not to be found by any more. Call it outside a transaction."""
    field = CustomField.objects.filter(pk=field_id).exclude(index=CustomField.Index.READY).first()
    if field is not None:
        _drop(field)


def remove_field(*, field_id: int) -> int:
    """Take a deleted field's values from customers, some thousand at a time, then the field. Answers how many had one.

    Stopped in between, it goes on where it was: what is gone is gone.
    """
    field = CustomField.objects.filter(pk=field_id, deleting_at__isnull=False).first()
    if field is None:
        return 0
    CustomField.objects.filter(pk=field.pk).update(index=CustomField.Index.NONE)
    _drop(field)
    removed, after = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "WITH these AS (SELECT id FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s),"
                " gone AS (UPDATE customers_customer c SET extra = extra - %s FROM these"
                "   WHERE c.id = these.id AND jsonb_exists(c.extra, %s) RETURNING 1)"
                " SELECT max(id), (SELECT count(*) FROM gone) FROM these",
                [after, CHUNK, field.key, field.key],
            )
            latest, count = cursor.fetchone()
        if latest is None:
            break
        removed, after = removed + count, latest
    with transaction.atomic():
        field.delete()
        changed_lists()
    return removed


class _arranging:  # noqa: N801 — read as a word: `with _arranging(…)`
    """One change of the fields: a transaction, its audit line, and the word that makes every process ask anew."""

    def __init__(self, verb: str, *, by: User, at: datetime) -> None:
        self.verb, self.by, self.at = verb, by, at
        self.transaction = transaction.atomic()

    def __enter__(self) -> "_arranging":
        self.transaction.__enter__()
        return self

    def __call__(self, field: CustomField, data: dict[str, str]) -> None:
        """Write down that it was done."""
        audit(by=self.by, at=self.at, verb=self.verb, about="field", about_id=field.pk, data=data)
        changed_lists()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.transaction.__exit__(kind, error, trace)  # type: ignore[arg-type]
        if isinstance(error, IntegrityError):
            raise FieldNameTaken from error


def _refuse_above(count: int, most: int) -> None:
    if count >= most:
        raise TooMany(most)


def _make_quick(field: CustomField) -> None:
    _refuse_above(CustomField.objects.exclude(index=CustomField.Index.NONE).count(), MOST_INDEXED)
    CustomField.objects.filter(pk=field.pk).update(index=CustomField.Index.BUILDING)
    field.index = CustomField.Index.BUILDING
    _later("customers.index_field", field)


def _later(task: str, field: CustomField) -> None:
    app.configure_task(task, queue="house", lock=f"customers.field.{field.pk}").defer(field_id=field.pk)


def _code(about: str, label: str) -> str:
    """The label as a name for files and programs: `target_spend`, `target_spend_2` where that is taken."""
    stem = slugify(label).replace("-", "_")[:50] or "field"
    taken = set(CustomField.objects.filter(about=about, code__startswith=stem).values_list("code", flat=True))
    return next(
        code for code in (stem, *(f"{stem}_{place}" for place in range(2, MOST_FIELDS * 10))) if code not in taken
    )


def _index_name(field: CustomField) -> str:
    return f"customers_extra_{field.key}"


def _drop(field: CustomField) -> None:
    without_waiting = "" if connection.in_atomic_block else "CONCURRENTLY"
    name = _index_name(field)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP STATISTICS IF EXISTS {name}_values")
        cursor.execute(f"DROP INDEX {without_waiting} IF EXISTS {name}")
        cursor.execute(f"DROP INDEX {without_waiting} IF EXISTS {name}_part")


def forget_reference(*, to: int) -> None:
    """Take a customer who is about to go out of every field that refers to them. Inside the caller's transaction."""
    for field in CustomField.objects.filter(type=CustomField.Type.REFERENCE, deleting_at=None):
        held = Customer.objects.alias(held=typed.expression(field.key)).filter(held=to)
        with connection.cursor() as cursor:
            keys = list(held.filter(archived_at=None).values_list("pk", flat=True))
            keys += held.filter(archived_at__isnull=False).values_list("pk", flat=True)
            cursor.execute("UPDATE customers_customer SET extra = extra - %s WHERE id = ANY(%s)", [field.key, keys])
