"""The outbox: an action writes its event row in its own transaction, `setia.listeners` says who reacts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from setia.core.models import Event


def emit(name: str, *, at: datetime, **payload: Any) -> Event:
    """Write an event row. Call it inside the action's transaction, so that a rollback takes it along."""
    data: Mapping[str, Any] = payload
    return Event.objects.create(name=name, payload=dict(data), at=at)
