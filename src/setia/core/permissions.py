"""Who may do what, for now by two roles: everyone who may sign in works with the records, the owner alone destroys.

Called by the gates in `queries` and at the head of every action, never by a template alone.
"""

from typing import Protocol

from django.core.exceptions import PermissionDenied


class Actor(Protocol):
    """What a permission looks at: `accounts.User`, or an anonymous visitor, who may nothing."""

    is_active: bool

    @property
    def is_authenticated(self) -> bool: ...


def may(actor: Actor | None, verb: str) -> bool:
    """Whether this person may do a verb on a room, such as `customers.edit` or `customers.delete`."""
    if actor is None or not actor.is_authenticated or not actor.is_active:
        return False
    return bool(getattr(actor, "is_owner", False)) if verb.endswith(".delete") else True


def require(actor: Actor | None, verb: str) -> None:
    """Raise `PermissionDenied` unless this person may."""
    if not may(actor, verb):
        raise PermissionDenied(verb)
