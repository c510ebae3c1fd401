"""Roles, leaving and coming back. There is always an active owner: nobody can lock the firm out of its own Setia."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from setia.accounts.actions.audit import audit
from setia.accounts.models import User


class LastOwner(Exception):
    """This is the only active owner, who must stay one until somebody else is."""


def change_role(*, by: User, at: datetime, user: User, role: str) -> bool:
    """Make somebody an owner or a member. False when they are already. Raises `LastOwner`, `PermissionDenied`."""
    with _changing(user, by=by) as (person, owners):
        if person.role == role:
            return False
        if role != User.Role.OWNER and owners == {person.pk}:
            raise LastOwner
        former, person.role = person.role, role
        person.save(update_fields=["role"])
        audit(
            by=by, at=at, verb="user.role_changed", about="user", about_id=person.pk, data={"from": former, "to": role}
        )
    return True


def deactivate(*, by: User, at: datetime, user: User) -> bool:
    """Let somebody in no more and end their sessions. False when they are out already. Raises `LastOwner`."""
    with _changing(user, by=by) as (person, owners):
        if not person.is_active:
            return False
        if owners == {person.pk}:
            raise LastOwner
        User.objects.filter(pk=person.pk).update(is_active=False, session_round=F("session_round") + 1)
        audit(by=by, at=at, verb="user.deactivated", about="user", about_id=person.pk)
    return True


def reactivate(*, by: User, at: datetime, user: User) -> bool:
    """Let somebody in again, with the password and role they had. False when they are in already."""
    if not by.is_owner:
        raise PermissionDenied
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            return False
        audit(by=by, at=at, verb="user.reactivated", about="user", about_id=user.pk)
    return True


def sign_out_everywhere(*, by: User, at: datetime, user: User) -> None:
    """End all sessions of a person on all devices. For oneself, or for an owner. Raises `PermissionDenied`."""
    if by.pk != user.pk and not by.is_owner:
        raise PermissionDenied
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
        audit(by=by, at=at, verb="user.signed_out_everywhere", about="user", about_id=user.pk)


def change_profile(*, by: User, at: datetime, name: str, language: str) -> list[str]:
    """A person's own name and language ('' for the browser's). Returns the names of what changed."""
    values = {"name": name.strip(), "language": language}
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.pk)
        changed = sorted(field for field, value in values.items() if getattr(person, field) != value)
        if changed:
            User.objects.filter(pk=by.pk).update(**{field: values[field] for field in changed})
            audit(by=by, at=at, verb="user.profile_changed", about="user", about_id=by.pk, data={"fields": changed})
    return changed


@contextmanager
def _changing(user: User, *, by: User) -> Iterator[tuple[User, set[int]]]:
    """The person and the keys of all active owners, locked until commit; `by` must be one of these.

    Two owners who demote each other at once both wait for the same rows, always in the order of keys; the second one
    then reads what the first one left.
    """
    with transaction.atomic():
        owners = User.objects.filter(role=User.Role.OWNER, is_active=True)
        locked = set(owners.select_for_update().order_by("pk").values_list("pk", flat=True))
        if by.pk not in locked:
            raise PermissionDenied
        yield User.objects.select_for_update().get(pk=user.pk), locked
