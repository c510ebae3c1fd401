"""Telling other systems what happened: written down with the event, sent by the worker, tried again, given up.

1. `announce` writes a delivery for each address that wants the event, in the event's own transaction: exactly the
   events that happened are told, none is lost between two processes.
2. `deliver_due` claims what is due by a conditional UPDATE with a lease, sends it, and writes down how it went. A
   worker that dies leaves its claims to run out; they are sent again under the same id, by which receivers know a
   repetition.
3. After a failure the next try waits longer, with some chance in it, so that a server that comes back is not met by
   everything at once. After the last try the delivery is given up until a person sends it again.
"""

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from setia.accounts.models import User
from setia.api import sending
from setia.api.events import EVENTS, TEST, links_of
from setia.api.models import Delivery, Endpoint
from setia.api.sending import Outcome
from setia.core.models import Event
from setia.core.permissions import require
from setia.core.queries import outgoing_paused
from setia.core.secrets import CannotOpen, unseal

WAITS_SECONDS = (10, 60, 300, 1800, 7200, 6 * 3600, 12 * 3600, 24 * 3600)
"""How long to wait after each failure; after the one that follows the last of them a delivery is given up."""
JITTER = 0.2
AT_ONCE = 8
EACH = 10
BATCH = 40
LEASE = timedelta(minutes=5)
ROUND_SECONDS = 50
FAILING_PAUSES_AFTER = timedelta(days=5)
DONE_KEPT = timedelta(days=14)
DEAD_KEPT = timedelta(days=60)

_ANNOUNCE = """
INSERT INTO api_delivery (endpoint_id, event_id, event, payload, happened_at, state, due_at, attempts, trouble, answer)
SELECT id, %(event)s, %(name)s, %(payload)s::jsonb, %(at)s, 'WAITING', %(due)s, 0, '', ''
FROM api_endpoint WHERE events @> ARRAY[%(name)s]::varchar[]
"""

_CLAIM = """
UPDATE api_delivery delivery SET state = 'SENDING', lease_until = %(lease)s, attempts = delivery.attempts + 1
FROM (
  SELECT due.id FROM api_endpoint endpoint CROSS JOIN LATERAL (
    SELECT id, due_at FROM api_delivery WHERE endpoint_id = endpoint.id AND state = 'WAITING' AND due_at <= %(at)s
    ORDER BY due_at, id LIMIT %(each)s FOR UPDATE SKIP LOCKED
  ) due WHERE endpoint.paused_at IS NULL ORDER BY due.due_at LIMIT %(batch)s
) claimed WHERE delivery.id = claimed.id RETURNING delivery.id
"""


class _Letter(NamedTuple):
    delivery: Delivery
    message_id: str
    body: bytes
    keys: Sequence[str]


def announce(event: Event) -> int:
    """Write down who is to be told of an event. Answers how many are. One statement, in the event's transaction."""
    if event.name not in EVENTS:
        return 0
    names: dict[str, Any] = {
        "event": event.pk,
        "name": event.name,
        "payload": json.dumps(event.payload),
        "at": event.at,
        "due": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANNOUNCE, names)
        return int(cursor.rowcount)


def send_test(*, by: User, at: datetime, endpoint: Endpoint) -> Outcome:
    """Send a test message now and write down how it went; it is not tried again. A restored copy sends none."""
    require(by, "api.webhooks")
    if outgoing_paused():
        return Outcome("PAUSED", None, "", 0)
    event = Event.objects.create(name=TEST, payload={}, at=at)
    delivery = Delivery.objects.create(
        endpoint=endpoint,
        event_id=event.pk,
        event=TEST,
        payload={},
        happened_at=at,
        state=Delivery.State.SENDING,
        due_at=at,
        lease_until=at + LEASE,
        attempts=len(WAITS_SECONDS) + 1,
    )
    outcome = _sent(_letter(delivery, at=at))
    _write_down(delivery, outcome, at=at)
    return outcome


def deliver_due(*, at: datetime | None = None) -> int:
    """Send what is due, in batches, until nothing is or the round is over. Answers how many were tried.

    A restored copy sends nothing until it is released; what is due waits.
    """
    if outgoing_paused():
        return 0
    begun, tried = time.monotonic(), 0
    while time.monotonic() - begun < ROUND_SECONDS:
        now = at or datetime.now(UTC)
        claimed = _claim(now)
        if not claimed:
            break
        letters = [_letter(delivery, at=now) for delivery in claimed]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            underway = {pool.submit(_sent, letter): letter for letter in letters}
            for done in as_completed(underway):
                _write_down(underway[done].delivery, done.result(), at=at or datetime.now(UTC))
        tried += len(letters)
    return tried


def forget_deliveries(*, at: datetime) -> int:
    """Delete what was delivered two weeks ago, and what was given up two months ago. Answers how many."""
    old = Delivery.objects.filter(state=Delivery.State.DONE, ended_at__lt=at - DONE_KEPT).delete()[0]
    return old + Delivery.objects.filter(state=Delivery.State.DEAD, ended_at__lt=at - DEAD_KEPT).delete()[0]


def _claim(at: datetime) -> list[Delivery]:
    with transaction.atomic(), connection.cursor() as cursor:
        Delivery.objects.filter(state=Delivery.State.SENDING, lease_until__lt=at).update(
            state=Delivery.State.WAITING, due_at=at, lease_until=None
        )
        cursor.execute(_CLAIM, {"lease": at + LEASE, "at": at, "each": EACH, "batch": BATCH})
        keys = [key for (key,) in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=keys).select_related("endpoint").order_by("due_at", "id"))


def _letter(delivery: Delivery, *, at: datetime) -> _Letter:
    endpoint = delivery.endpoint
    body = {
        "type": delivery.event,
        "timestamp": delivery.happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": delivery.payload | {"links": links_of(delivery.payload, settings.BASE_URL)},
    }
    sealed = [endpoint.secret_sealed]
    if endpoint.former_secret_sealed and endpoint.former_until and endpoint.former_until > at:
        sealed.append(endpoint.former_secret_sealed)
    try:
        keys = [unseal(one) for one in sealed]
    except CannotOpen:
        keys = []
    return _Letter(delivery, f"evt_{delivery.event_id}", json.dumps(body, ensure_ascii=False).encode(), keys)


def _sent(letter: _Letter) -> Outcome:
    """Network only: this runs in a thread that has no database."""
    if not letter.keys:
        return Outcome("SECRET_LOST", None, "", 0)
    return sending.send(letter.delivery.endpoint.url, message_id=letter.message_id, body=letter.body, keys=letter.keys)


def _write_down(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """Only for who still holds the claim: a later holder's outcome is not overwritten."""
    told = {
        "status": outcome.status,
        "trouble": outcome.trouble,
        "answer": outcome.answer,
        "milliseconds": outcome.milliseconds,
        "lease_until": None,
    }
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts)
    endpoint = Endpoint.objects.filter(pk=delivery.endpoint_id)
    with transaction.atomic():
        if not outcome.trouble:
            if mine.update(state=Delivery.State.DONE, ended_at=at, **told):
                endpoint.exclude(failing_since=None).update(failing_since=None)
            return
        last = delivery.attempts > len(WAITS_SECONDS) or outcome.trouble == "GONE"
        if last:
            noted = mine.update(state=Delivery.State.DEAD, ended_at=at, **told)
        else:
            noted = mine.update(state=Delivery.State.WAITING, due_at=at + _wait(delivery.attempts, outcome), **told)
        if not noted or delivery.event == TEST:
            return
        endpoint.filter(failing_since=None).update(failing_since=at)
        if outcome.trouble == "GONE":
            endpoint.filter(paused_at=None).update(paused_at=at, paused_why="GONE")
        elif last:
            failing = endpoint.filter(paused_at=None, failing_since__lt=at - FAILING_PAUSES_AFTER)
            failing.update(paused_at=at, paused_why="FAILING")


def _wait(attempts: int, outcome: Outcome) -> timedelta:
    seconds = WAITS_SECONDS[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 — no secret
    return timedelta(seconds=max(seconds, min(outcome.retry_after_seconds, 24 * 3600)))
