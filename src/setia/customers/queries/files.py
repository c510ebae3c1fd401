"""The files of a customer."""

from collections.abc import Collection

from django.http import Http404

from setia.core.permissions import Actor
from setia.customers.models import Customer, CustomerFile
from setia.customers.queries.gate import customers_for

MOST = 100


def files_of(customer: Customer) -> list[CustomerFile]:
    """The files on a customer, the latest first."""
    return list(CustomerFile.objects.filter(customer=customer, removed_at=None).order_by("-id")[:MOST])


def get_file_for(user: Actor, pk: int, file_pk: int, *, gone_too: bool = False) -> CustomerFile:
    """A file of a customer this person may see; with `gone_too` also one taken away. Raises `Http404`."""
    files = CustomerFile.objects.select_related("customer").filter(customer__in=customers_for(user).filter(pk=pk))
    found = (files if gone_too else files.filter(removed_at=None)).filter(pk=file_pk).first()
    if found is None:
        raise Http404
    return found


def files_with(user: Actor, digests: Collection[str]) -> dict[tuple[int, str], CustomerFile]:
    """The files with these contents, by customer and content, on customers this person may see."""
    found = CustomerFile.objects.filter(sha256__in=digests, removed_at=None, customer__in=customers_for(user))
    return {(one.customer_id, one.sha256): one for one in found} if digests else {}
