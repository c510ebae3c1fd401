"""Choose who is told what: add, change, pause, remove an address, and give it a new secret."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.api import sending
from setia.api.events import EVENTS
from setia.api.models import Delivery, Endpoint
from setia.core.permissions import require
from setia.core.secrets import seal
from setia.core.text import line

BOTH = timedelta(hours=24)
"""How long the former secret signs beside a new one."""


def add_endpoint(*, by: User, at: datetime, name: str, url: str, events: Iterable[str]) -> tuple[Endpoint, str]:
    """Add an address. Answers it with its secret, shown this once. Raises `sending.NotAllowed`."""
    require(by, "api.webhooks")
    sending.checked(url)
    secret = sending.fresh_secret()
    with transaction.atomic():
        endpoint = Endpoint.objects.create(
            name=line(name)[:100],
            url=url,
            events=_known(events),
            secret_sealed=seal(secret),
            made_by=by,
            created_at=at,
        )
        _note("added", by=by, at=at, endpoint=endpoint, host=sending.parsed(url).hostname, events=endpoint.events)
    return endpoint, secret


def edit_endpoint(
    *, by: User, at: datetime, endpoint: Endpoint, name: str, url: str, events: Iterable[str]
) -> list[str]:
    """Change an address. Answers the names of what changed. Raises `sending.NotAllowed`."""
    require(by, "api.webhooks")
    if url != endpoint.url:
        sending.checked(url)
    values = {"name": line(name)[:100], "url": url, "events": _known(events)}
    with transaction.atomic():
        current = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        changed = sorted(field for field, value in values.items() if getattr(current, field) != value)
        if changed:
            for field in changed:
                setattr(current, field, values[field])
            current.save(update_fields=changed)
            host = sending.parsed(url).hostname
            _note("edited", by=by, at=at, endpoint=current, fields=changed, host=host)
    return changed


def pause_endpoint(*, by: User, at: datetime, endpoint: Endpoint) -> None:
    """Send nothing for now; what happens meanwhile waits."""
    require(by, "api.webhooks")
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk, paused_at=None).update(paused_at=at, paused_why=""):
            _note("paused", by=by, at=at, endpoint=endpoint)


def resume_endpoint(*, by: User, at: datetime, endpoint: Endpoint) -> None:
    """Send again, what has waited first."""
    require(by, "api.webhooks")
    with transaction.atomic():
        paused = Endpoint.objects.filter(pk=endpoint.pk, paused_at__isnull=False)
        if paused.update(paused_at=None, paused_why="", failing_since=None):
            _note("resumed", by=by, at=at, endpoint=endpoint)


def remove_endpoint(*, by: User, at: datetime, endpoint: Endpoint) -> None:
    """Forget an address with everything that was sent or waits."""
    require(by, "api.webhooks")
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk).delete()[0]:
            _note("removed", by=by, at=at, endpoint=endpoint, name=endpoint.name)


def renew_secret(*, by: User, at: datetime, endpoint: Endpoint) -> str:
    """Give an address a new secret, shown this once; the former one signs beside it for a day."""
    require(by, "api.webhooks")
    secret = sending.fresh_secret()
    with transaction.atomic():
        current = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        current.former_secret_sealed, current.former_until = current.secret_sealed, at + BOTH
        current.secret_sealed = seal(secret)
        current.save(update_fields=["former_secret_sealed", "former_until", "secret_sealed"])
        _note("secret_renewed", by=by, at=at, endpoint=current)
    return secret


def send_again(*, by: User, at: datetime, endpoint: Endpoint, delivery_id: int | None = None) -> int:
    """Queue what was given up once more: one delivery (also one that arrived), or all of them. Answers how many."""
    require(by, "api.webhooks")
    wanted = Delivery.objects.filter(endpoint=endpoint)
    if delivery_id is None:
        wanted = wanted.filter(state=Delivery.State.DEAD)
    else:
        wanted = wanted.filter(pk=delivery_id, state__in=[Delivery.State.DEAD, Delivery.State.DONE])
    with transaction.atomic():
        count = wanted.update(state=Delivery.State.WAITING, due_at=at, attempts=0, ended_at=None)
        if count:
            _note("sent_again", by=by, at=at, endpoint=endpoint, count=count)
    return count


def _known(events: Iterable[str]) -> list[str]:
    wanted = set(events)
    return [name for name in EVENTS if name in wanted]


def _note(verb: str, *, by: User, at: datetime, endpoint: Endpoint, **data: object) -> None:
    audit(by=by, at=at, verb=f"webhook.{verb}", about="webhook", about_id=endpoint.pk, data=data)
