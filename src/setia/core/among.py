"""Rows whose key is one of many keys in hand.

`field__in=[…]` sends a parameter a key, which thousands of keys make slow to write, to send and to plan; here they go
as one array, and an index answers for them just the same.
"""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, Value
from django.db.models.functions import Cast


def among(field: str, keys: Iterable[int], *, walked: bool = False) -> Q:
    """A condition for `filter`: the whole number in `field` is one of `keys`; of no keys, nothing is.

    `walked` says that the rows are passed in another order, and each is only asked whether it is one of them: no index
    on `field` is then used, also where the planner would guess that one serves.
    """
    # Written by hand: Django and the driver would each go through thousands of numbers one by one.
    written = Value("{" + ",".join(map(str, map(int, keys))) + "}")
    array = Cast(written, ArrayField(BigIntegerField()))
    number = Func(F(field), template="(%(expressions)s + 0)") if walked else F(field)
    return Q(Func(number, array, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))
