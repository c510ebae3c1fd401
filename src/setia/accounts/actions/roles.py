"""Roles: the built-in ones, and those people make.

Nobody can put into a role what their own role does not allow, and nobody can change a role that allows more than
theirs: a role is a way to hand on rights, never to gain them. A change counts from the next request of its holders on.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from setia.accounts.actions.audit import audit
from setia.accounts.models import Invitation, Role, User
from setia.core.permissions import every_verb, require

_SEES = {Role.BuiltIn.SALES: Role.Sees.OWN}


class NameTaken(Exception):
    """Another role, or team, has this name."""


class StillHeld(Exception):
    """Somebody has this role, or is invited with it: they need another one first."""


class BuiltInRole(Exception):
    """The verbs of a built-in role are Setia's; a copy of it can be changed."""


def make_built_in_roles() -> None:
    """Put in the built-in roles that are not there: in a database that was emptied by hand, or by a test."""
    Role.objects.bulk_create(
        [Role(code=code, built_in=True, sees=_SEES.get(code, Role.Sees.ALL)) for code in Role.BuiltIn],
        ignore_conflicts=True,
    )


def add_role(*, by: User, at: datetime, name: str, sees: str, verbs: Iterable[str]) -> Role:
    """Make a role. Raises `NameTaken`, and `PermissionDenied` for one that allows more than `by` may."""
    require(by, "accounts.roles")
    role = Role(code=get_random_string(12).lower(), name=name.strip(), sees=sees, verbs=_known(verbs))
    _refuse_more(by, role)
    try:
        with transaction.atomic():
            role.save(force_insert=True)
            audit(by=by, at=at, verb="role.added", about="role", data={"name": role.name, "sees": sees})
    except IntegrityError as error:
        raise NameTaken from error
    return role


def edit_role(*, by: User, at: datetime, role: Role, name: str, sees: str, verbs: Iterable[str]) -> bool:
    """Change what a role people made is called, allows and shows; of a built-in role, whose customers it shows.

    False when nothing differs. Raises `NameTaken`, `BuiltInRole`, and `PermissionDenied` for a role that allows more
    than `by` may, before or after.
    """
    require(by, "accounts.roles")
    try:
        with transaction.atomic():
            current = Role.objects.select_for_update().get(pk=role.pk)
            _refuse_more(by, current)
            if current.is_owner:
                raise BuiltInRole
            new = Role(code=current.code, built_in=current.built_in, name=current.name, sees=sees, verbs=current.verbs)
            if not current.built_in:
                new.name, new.verbs = name.strip(), _known(verbs)
            _refuse_more(by, new)
            fields = [field for field in ("name", "sees", "verbs") if getattr(current, field) != getattr(new, field)]
            if fields:
                new.save(force_update=True, update_fields=fields)
                data = {
                    "name": current.name or current.code,
                    "fields": fields,
                    "given": sorted(new.listed - current.listed),
                    "taken": sorted(current.listed - new.listed),
                }
                audit(by=by, at=at, verb="role.changed", about="role", data=data)
    except IntegrityError as error:
        raise NameTaken from error
    return bool(fields)


def remove_role(*, by: User, at: datetime, role: Role) -> None:
    """Remove a role that nobody has. Raises `StillHeld`, `BuiltInRole`, `PermissionDenied`."""
    require(by, "accounts.roles")
    with transaction.atomic():
        current = Role.objects.select_for_update().get(pk=role.pk)
        if current.built_in:
            raise BuiltInRole
        _refuse_more(by, current)
        invited = Invitation.objects.filter(role=current, accepted_at=None, revoked_at=None)
        if User.objects.filter(role=current).exists() or invited.exists():
            raise StillHeld
        current.delete()
        audit(by=by, at=at, verb="role.removed", about="role", data={"name": current.name})


def _refuse_more(by: User, role: Role) -> None:
    if not role.within(by.role):
        raise PermissionDenied("accounts.roles")


def _known(verbs: Iterable[str]) -> list[str]:
    return sorted(set(verbs) & every_verb())
