"""The record of somebody who was erased stays as it is: no verb may say anything of them again."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from setia.customers.models import Customer


class RecordErased(PermissionDenied):
    """Somebody wants to write on the record of a person who was erased. `plain` says so to them."""

    plain = _(
        "The data of this person was erased, and their record stays empty. If they come back, add a new customer."
    )


def refuse_erased(keys: Iterable[int]) -> None:
    """Raise `RecordErased` where one of these customers was erased.

    Ask after the rows have been written or locked: an erasure under way is waited for there.
    """
    if Customer.objects.filter(pk__in=[*keys], erased_at__isnull=False).exists():
        raise RecordErased
