"""Tags: stick one on a customer, take it off; rename, merge, take away and bring back a tag itself."""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.models import Customer, CustomerTag, Tag

# New tags take a colour by their name, so that two people who make the same tag see the same colour.
_DYES = [Tag.Colour.TEAL, Tag.Colour.BLUE, Tag.Colour.VIOLET, Tag.Colour.PINK, Tag.Colour.ORANGE, Tag.Colour.GREEN]


class EmptyTag(Exception):
    """There is no word in the tag."""


class TagNameTaken(Exception):
    """Another tag has this name; the two can be merged. `tag` is that one."""

    def __init__(self, tag: Tag) -> None:
        super().__init__(tag.name)
        self.tag = tag


class TagGone(Exception):
    """The tag, or the one to merge it into, was taken away or merged by somebody else meanwhile."""


def tag_customer(*, by: User, at: datetime, customer: Customer, name: str) -> Tag:
    """Put the tag of this name, in any case, on a customer; a new name makes a new tag. Raises `EmptyTag`.

    The name of a tag that was merged means the one it was merged into.
    """
    require(by, "customers.tag")
    with transaction.atomic():
        tag = _named(name, at=at)
        _on, made = CustomerTag.objects.get_or_create(customer=customer, tag=tag, defaults={"at": at, "by": by})
        if made:
            record("tagged", by=by, at=at, customer=customer, data={"tag": tag.name}, audited={"tag": tag.pk})
    return tag


def make_tag(*, by: User, at: datetime, name: str) -> Tag:
    """The tag of this name, in any case, made where there is none; for those about to get it. Raises `EmptyTag`."""
    require(by, "customers.tag")
    with transaction.atomic():
        return _named(name, at=at)


def untag_customer(*, by: User, at: datetime, customer: Customer, tag: Tag) -> None:
    """Take a tag off a customer. One that is not on it changes nothing."""
    require(by, "customers.tag")
    with transaction.atomic():
        if CustomerTag.objects.filter(customer=customer, tag=tag).delete()[0]:
            record("untagged", by=by, at=at, customer=customer, data={"tag": tag.name}, audited={"tag": tag.pk})


def set_tags(*, by: User, at: datetime, customer: Customer, names: Iterable[str]) -> bool:
    """Make these the tags of a customer: put on what is missing, take off what is not named. Whether anything changed.

    Raises `EmptyTag`.
    """
    require(by, "customers.tag")
    with transaction.atomic():
        on = {one.pk: one for one in Tag.objects.live().filter(pk__in=_on(customer))}
        wanted = {tag.pk: tag for tag in (_named(name, at=at) for name in names)}
        for tag in wanted.values():
            if tag.pk not in on:
                tag_customer(by=by, at=at, customer=customer, name=tag.name)
        for key, tag in on.items():
            if key not in wanted:
                untag_customer(by=by, at=at, customer=customer, tag=tag)
    return wanted.keys() != on.keys()


def edit_tag(*, by: User, at: datetime, tag: Tag, name: str, colour: str) -> Tag:
    """Rename a tag or change its colour. Raises `EmptyTag`, `TagNameTaken`."""
    require(by, "customers.edit_tags")
    wanted = _written(name)
    if (tag.name, tag.colour) == (wanted, colour):
        return tag
    try:
        with transaction.atomic():
            Tag.objects.filter(pk=tag.pk).update(name=wanted, colour=Tag.Colour(colour))
            audit(by=by, at=at, verb="tag.edited", about="tag", about_id=tag.pk, data={"from": tag.name, "to": wanted})
    except IntegrityError as error:
        raise _taken(wanted) from error
    tag.refresh_from_db()
    return tag


def merge_tag(*, by: User, at: datetime, tag: Tag, into: Tag) -> None:
    """Put another tag on every customer that has this one, and retire this one. Raises `TagGone`."""
    require(by, "customers.edit_tags")
    with transaction.atomic():
        both = {one.pk: one for one in Tag.objects.live().select_for_update().filter(pk__in=[tag.pk, into.pk])}
        if len(both) < 2:
            raise TagGone
        with connection.cursor() as cursor:
            # Those merged away take the tag along, for they may come back, but nobody counts them.
            cursor.execute(
                "WITH put AS ("
                "INSERT INTO customers_customertag (customer_id, tag_id, from_tag_id, at, by_id)"
                " SELECT customer_id, %s, tag_id, %s, %s FROM customers_customertag WHERE tag_id = %s"
                " ON CONFLICT (customer_id, tag_id) DO NOTHING RETURNING customer_id)"
                " SELECT count(*) FROM put JOIN customers_customer c ON c.id = put.customer_id"
                " WHERE c.merged_into_id IS NULL",
                [into.pk, at, by.pk, tag.pk],
            )
            (moved,) = cursor.fetchone()
        Tag.objects.filter(pk=tag.pk).update(merged_into=into)
        audit(
            by=by,
            at=at,
            verb="tag.merged",
            about="tag",
            about_id=tag.pk,
            data={"tag": tag.name, "into": into.name, "customers": moved},
        )


def remove_tag(*, by: User, at: datetime, tag: Tag) -> None:
    """Take a tag away from all customers at once. It can be brought back, with all of them."""
    require(by, "customers.edit_tags")
    with transaction.atomic():
        if Tag.objects.live().filter(pk=tag.pk).update(removed_at=at):
            audit(by=by, at=at, verb="tag.removed", about="tag", about_id=tag.pk, data={"tag": tag.name})


def restore_tag(*, by: User, at: datetime, tag: Tag) -> None:
    """Bring back a tag that was taken away or merged, on the customers it was on. Raises `TagNameTaken`.

    What its merge put on other customers' other tag goes again; what people put there since stays.
    """
    require(by, "customers.edit_tags")
    try:
        with transaction.atomic():
            current = Tag.objects.select_for_update().get(pk=tag.pk)
            if current.removed_at is None and current.merged_into_id is None:
                return
            if current.merged_into_id:
                CustomerTag.objects.filter(tag=current.merged_into_id, from_tag=current).delete()
            Tag.objects.filter(pk=tag.pk).update(removed_at=None, merged_into=None)
            audit(by=by, at=at, verb="tag.restored", about="tag", about_id=tag.pk, data={"tag": tag.name})
    except IntegrityError as error:
        raise _taken(tag.name) from error


def tags_named(names: Iterable[str], *, at: datetime) -> tuple[dict[str, int], list[int]]:
    """The tags of these names, made where they are new: name → key, and the keys of the new ones. Raises `EmptyTag`.

    For an import, inside its own transaction; whether its importer may tag is asked there.
    """
    keys: dict[str, int] = {}
    made: list[int] = []
    for name in names:
        tag = _named(name, at=at)
        keys[name] = tag.pk
        if tag.created_at == at:
            made.append(tag.pk)
    return keys, sorted(set(made))


def _on(customer: Customer) -> "QuerySet[CustomerTag, int]":
    return CustomerTag.objects.filter(customer=customer).values_list("tag", flat=True)


def _written(name: str) -> str:
    written = normalise.text(name).lstrip("#").strip()[:60]
    if not written:
        raise EmptyTag
    return written


def _named(name: str, *, at: datetime) -> Tag:
    written = _written(name)
    same = Tag.objects.alias(folded=Lower("name")).filter(folded=Lower(Value(written)))
    if (found := same.live().first()) is None and (found := _heir(same.filter(merged_into__isnull=False).first())):
        return found
    if found is None:
        colour = _DYES[crc32(written.lower().encode()) % len(_DYES)]
        # Somebody may be making it at this very moment: the unique key decides, and both get the same row.
        Tag.objects.bulk_create([Tag(name=written, colour=colour, created_at=at)], ignore_conflicts=True)
        found = same.live().get()
    return found


def _heir(tag: Tag | None) -> Tag | None:
    """The living tag that a merged one has become, through later merges too; None where that was taken away."""
    seen: set[int] = set()
    while tag is not None and tag.merged_into_id and tag.pk not in seen:
        seen.add(tag.pk)
        tag = Tag.objects.filter(pk=tag.merged_into_id).first()
    return tag if tag is not None and tag.removed_at is None and tag.merged_into_id is None else None


def _taken(name: str) -> TagNameTaken:
    return TagNameTaken(Tag.objects.live().alias(folded=Lower("name")).get(folded=Lower(Value(name))))
