"""Do a thing once for a key, however often it is asked for (`core.once` says how), and answer it alike.

The fingerprint tells a changed request. Only answers of 2xx are kept: a refused request has changed nothing and may be
mended and sent again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpResponse

from setia.api.models import KeptAnswer, Token
from setia.core.once import StillRunning, claim

__all__ = ["OtherRequest", "StillRunning", "forget_answers", "once"]

KEPT = timedelta(hours=48)
HEADERS = ("ETag", "Location", "Content-Type")


class OtherRequest(Exception):
    """The key was used for a request that said something else."""


def once(
    do: Callable[[], HttpResponse], *, token: Token, key: str, fingerprint: str, at: datetime
) -> tuple[HttpResponse, bool]:
    """The answer of `do`, done now or at the first request with this key; and whether it was repeated.

    Whatever `do` raises is raised here, and the key stays free. Raises `OtherRequest` and `StillRunning`.
    """
    row = KeptAnswer(token=token, key=key, fingerprint=fingerprint, created_at=at)
    with transaction.atomic():
        if not claim(row, on=("token", "key")):
            return _kept(token, key, fingerprint), True
        response = do()
        if not 200 <= response.status_code < 300:
            transaction.set_rollback(True)
            return response, False
        KeptAnswer.objects.filter(pk=row.pk).update(
            status=response.status_code,
            headers={name: response.headers[name] for name in HEADERS if name in response.headers},
            body=response.content.decode(),
        )
    return response, False


def forget_answers(*, at: datetime) -> int:
    """Delete answers kept for longer than two days. Returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=at - KEPT).delete()[0]


def _kept(token: Token, key: str, fingerprint: str) -> HttpResponse:
    kept = KeptAnswer.objects.get(token=token, key=key)
    if kept.fingerprint != fingerprint:
        raise OtherRequest
    response = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        response.headers[name] = value
    return response
