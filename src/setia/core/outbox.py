"""The outbox: an action writes its event row in its own transaction, `setia.listeners` says who reacts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from setia.core.models import Event


def emit(name: str, *, at: datetime, **payload: Any) -> Event:
    """Write an event row and tell the listeners. Call it inside the action's transaction, so that a rollback takes all
    of it along.

    Core knows no listener: the setting `SETIA_LISTENERS` names the function that does.
    """
    data: Mapping[str, Any] = payload
    event = Event.objects.create(name=name, payload=dict(data), at=at)
    import_string(settings.SETIA_LISTENERS)(event)
    return event
