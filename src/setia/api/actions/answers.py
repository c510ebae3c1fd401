"""Do a thing once for a key, however often it is asked for.

1. The key's row is inserted in the transaction in which the thing is done (`INSERT … ON CONFLICT DO NOTHING`). A second
   request with the key waits there until the first transaction has ended.
2. It ended well: the row is there with the answer, which is given again. The fingerprint tells a changed request.
3. It ended badly, or its process died: PostgreSQL has taken the row back with everything else, the second inserts its
   own and does the thing. So a crashed holder needs no lease, and there is no moment between doing and remembering.

Only answers of 2xx are kept: a refused request has changed nothing and may be mended and sent again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from psycopg import errors

from setia.api.models import KeptAnswer, Token

KEPT = timedelta(hours=48)
WAIT_SECONDS = 10
HEADERS = ("ETag", "Location", "Content-Type")

_CLAIM = """
INSERT INTO api_keptanswer (token_id, key, fingerprint, status, headers, body, created_at)
VALUES (%s, %s, %s, 0, '{}', '', %s) ON CONFLICT (token_id, key) DO NOTHING RETURNING id
"""


class OtherRequest(Exception):
    """The key was used for a request that said something else."""


class StillRunning(Exception):
    """The first request with the key has not ended yet."""


def once(
    do: Callable[[], HttpResponse], *, token: Token, key: str, fingerprint: str, at: datetime
) -> tuple[HttpResponse, bool]:
    """The answer of `do`, done now or at the first request with this key; and whether it was repeated.

    Whatever `do` raises is raised here, and the key stays free. Raises `OtherRequest` and `StillRunning`.
    """
    with transaction.atomic():
        claimed = _claim(token, key, fingerprint, at)
        if claimed is None:
            return _kept(token, key, fingerprint), True
        response = do()
        if not 200 <= response.status_code < 300:
            transaction.set_rollback(True)
            return response, False
        KeptAnswer.objects.filter(pk=claimed).update(
            status=response.status_code,
            headers={name: response.headers[name] for name in HEADERS if name in response.headers},
            body=response.content.decode(),
        )
    return response, False


def forget_answers(*, at: datetime) -> int:
    """Delete answers kept for longer than two days. Returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=at - KEPT).delete()[0]


def _claim(token: Token, key: str, fingerprint: str, at: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
        try:
            cursor.execute(_CLAIM, [token.pk, key, fingerprint, at])
        except OperationalError as error:
            if isinstance(error.__cause__, errors.LockNotAvailable):
                raise StillRunning from error
            raise
        row = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    return row[0] if row else None


def _kept(token: Token, key: str, fingerprint: str) -> HttpResponse:
    kept = KeptAnswer.objects.get(token=token, key=key)
    if kept.fingerprint != fingerprint:
        raise OtherRequest
    response = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        response.headers[name] = value
    return response
