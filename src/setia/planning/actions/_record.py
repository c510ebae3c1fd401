"""Writes down what a verb did here: the audit trail and the outbox."""

from datetime import datetime
from typing import Any

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.words import told_changes


def record(verb: str, *, by: User, at: datetime, about_id: int, data: dict[str, Any] | None = None) -> None:
    """Write a verb (`answer.added`) in the audit trail and as an event."""
    about = verb.partition(".")[0]
    audit(by=by, at=at, verb=verb, about=about, about_id=about_id, data=data)
    outbox.emit(verb, at=at, **{f"{about}_id": about_id})


def changed(current: object, facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The facts that differ from what a row says: by name, from what to what."""
    return {name: (getattr(current, name), value) for name, value in facts.items() if getattr(current, name) != value}


def told(changes: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Changes as the trail keeps them; a row stands there by what it is called."""
    return {"changes": told_changes({name: (_plain(one), _plain(two)) for name, (one, two) in changes.items()})}


def _plain(value: Any) -> Any:
    return str(value) if hasattr(value, "pk") else value
