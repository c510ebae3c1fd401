"""Rows whose key is one of many keys in hand.

`field__in=[…]` sends a parameter a key, which thousands of keys make slow to write, to send and to plan; here they go
as one array, and an index answers for them just the same.
"""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, Value


def among(field: str, keys: Iterable[int]) -> Q:
    """A condition for `filter`: the whole number in `field` is one of `keys`; of no keys, nothing is."""
    array = Value(list(keys), output_field=ArrayField(BigIntegerField()))
    return Q(Func(F(field), array, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))
