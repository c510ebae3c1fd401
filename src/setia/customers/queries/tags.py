"""Tags: those of a customer, those of the firm, and the customers that have one."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from setia.core.permissions import Actor, may
from setia.customers.models import Customer, CustomerTag, Tag

OFFERED = 300


def tags_of(customer: Customer) -> list[Tag]:
    """The tags on a customer, by name."""
    on = CustomerTag.objects.filter(customer=customer, tag=OuterRef("pk"))
    return list(Tag.objects.live().filter(Exists(on)).order_by("name"))


def tags_of_many(keys: Sequence[int]) -> dict[int, list[str]]:
    """The names of the tags on each of these customers, by name; an empty list where there is none. One query."""
    found: dict[int, list[str]] = {key: [] for key in keys}
    on = CustomerTag.objects.filter(customer__in=keys, tag__removed_at=None, tag__merged_into=None)
    for customer, name in on.order_by("tag__name").values_list("customer_id", "tag__name"):
        found[customer].append(name)
    return found


def tags() -> list[Tag]:
    """The firm's tags, by name."""
    return list(Tag.objects.live().order_by("name", "id"))


def tag_names() -> list[str]:
    """The names to offer to somebody who types one."""
    return list(Tag.objects.live().order_by("name").values_list("name", flat=True)[:OFFERED])


def get_tag_for(user: Actor, pk: int, *, gone_too: bool = False) -> Tag:
    """A tag, for whoever sees customers; with `gone_too` also one taken away or merged. Raises `Http404`."""
    found = (Tag.objects.all() if gone_too else Tag.objects.live()).filter(pk=pk).first()
    if found is None or not may(user, "customers.view"):
        raise Http404
    return found


def tag_by_key(value: str) -> Tag | None:
    """The tag an address names by its key; None for what names none."""
    return Tag.objects.live().filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None


def tagged(tag: Tag) -> Q:
    """A condition for customers: they have this tag."""
    return Q(pk__in=CustomerTag.objects.filter(tag=tag).values("customer"))
