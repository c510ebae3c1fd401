"""Roles, leaving and coming back. There is always an active owner: nobody can lock the firm out of its own Setia.

Nobody can give, or take hold of, more than they have: a role may be given, and its holder deactivated or handed a link
for a new password, only by somebody whose own role allows all that it does. Nobody gives themselves more, then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from setia.accounts.actions.audit import audit
from setia.accounts.actions.sessions import drop_sessions
from setia.accounts.models import Role, User
from setia.core.permissions import require
from setia.core.words import told_changes


class LastOwner(Exception):
    """This is the only active owner, who must stay one until somebody else is."""


def change_role(*, by: User, at: datetime, user: User, role: str) -> bool:
    """Give somebody the role of this code. False when they have it already.

    Raises `LastOwner`, `Role.DoesNotExist`, and `PermissionDenied` for a role, or a person, that allows more than `by`.
    """
    with _changing(user, by=by) as (actor, person, owners):
        if person.role_id == role:
            return False
        given = Role.objects.select_for_update().get(pk=role)
        if not given.within(actor.role):
            raise PermissionDenied
        if not given.is_owner and owners == {person.pk}:
            raise LastOwner
        former = person.role_id
        User.objects.filter(pk=person.pk).update(role=given)
        audit(
            by=by, at=at, verb="user.role_changed", about="user", about_id=person.pk, data={"from": former, "to": role}
        )
    return True


def deactivate(*, by: User, at: datetime, user: User) -> bool:
    """Let somebody in no more and end their sessions. False when they are out already.

    Raises `LastOwner`, and `PermissionDenied` for somebody who may more than `by`.
    """
    with _changing(user, by=by) as (_actor, person, owners):
        if not person.is_active:
            return False
        if owners == {person.pk}:
            raise LastOwner
        User.objects.filter(pk=person.pk).update(is_active=False, session_round=F("session_round") + 1)
        drop_sessions(person)
        audit(by=by, at=at, verb="user.deactivated", about="user", about_id=person.pk)
    return True


def reactivate(*, by: User, at: datetime, user: User) -> bool:
    """Let somebody in again, with the password and role they had. False when they are in already."""
    with _changing(user, by=by) as (_actor, person, _owners):
        if person.is_active:
            return False
        User.objects.filter(pk=person.pk).update(is_active=True)
        audit(by=by, at=at, verb="user.reactivated", about="user", about_id=person.pk)
    return True


def sign_out_everywhere(*, by: User, at: datetime, user: User) -> None:
    """End all sessions of a person on all devices: one's own, or of somebody one may change. Raises
    `PermissionDenied`.
    """
    if by.pk != user.pk:
        require_over(by, user)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
        drop_sessions(user)
        audit(by=by, at=at, verb="user.signed_out_everywhere", about="user", about_id=user.pk)


def change_profile(*, by: User, at: datetime, name: str, language: str) -> list[str]:
    """A person's own name and language ('' for the browser's). Returns the names of what changed."""
    values = {"name": name.strip(), "language": language}
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        changed = sorted(field for field, value in values.items() if getattr(person, field) != value)
        if changed:
            User.objects.filter(pk=by.pk).update(**{field: values[field] for field in changed})
            told = told_changes({field: (getattr(person, field), values[field]) for field in changed})
            audit(by=by, at=at, verb="user.profile_changed", about="user", about_id=by.pk, data={"changes": told})
    return changed


def require_over(by: User, user: User) -> None:
    """Raise `PermissionDenied` unless `by` may change people, and this person may nothing that `by` may not."""
    require(by, "accounts.people")
    if not user.role.within(by.role):
        raise PermissionDenied("accounts.people")


@contextmanager
def _changing(user: User, *, by: User) -> Iterator[tuple[User, User, set[int]]]:
    """Who acts and the person as they are now, and the keys of all active owners, locked until commit.

    Two owners who demote each other at once both wait for the same rows, always in the order of keys; the second one
    then reads what the first one left, and may no longer.
    """
    with transaction.atomic():
        owners = User.objects.filter(role=User.Role.OWNER, is_active=True)
        locked = set(owners.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        people = {
            one.pk: one
            for one in User.objects.select_for_update(of=("self",)).order_by("pk").filter(pk__in={by.pk, user.pk})
        }
        actor, person = people[by.pk], people[user.pk]
        require_over(actor, person)
        yield actor, person, locked
