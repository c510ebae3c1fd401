"""How many requests a token may send: counted in the database, so that several web processes share one count.

The generic cell rate algorithm keeps one moment per token: when all its requests so far would have arrived if they came
evenly. A request that would put it more than a minute ahead of the clock is refused. One statement, no window's edge.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from django.db import connection

from setia.api.models import Meter, Token

WINDOW = timedelta(minutes=1)

_COUNT = """
INSERT INTO api_meter AS meter (token_id, due_at) VALUES (%(token)s, %(at)s + %(step)s)
ON CONFLICT (token_id) DO UPDATE SET due_at = greatest(meter.due_at, %(at)s) + %(step)s
WHERE greatest(meter.due_at, %(at)s) + %(step)s <= %(at)s + %(window)s
RETURNING due_at
"""


class Metered(NamedTuple):
    """Whether a request may pass; how many more may follow at once; after how many seconds the next one may."""

    passes: bool
    remaining: int
    wait_seconds: int


def count(token: Token, *, at: datetime) -> Metered:
    """Count a request of a token. One that is refused is not counted."""
    step = WINDOW / token.per_minute
    names: dict[str, Any] = {"token": token.pk, "at": at, "step": step, "window": WINDOW}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, names)
        row = cursor.fetchone()
    if row is not None:
        return Metered(True, max(0, int((at + WINDOW - row[0]) / step)), 0)
    due_at = Meter.objects.values_list("due_at", flat=True).get(pk=token.pk)
    return Metered(False, 0, max(1, ceil((due_at + step - WINDOW - at).total_seconds())))
