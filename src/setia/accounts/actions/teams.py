"""Teams and who is in them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from setia.accounts.actions.audit import audit
from setia.accounts.actions.roles import NameTaken
from setia.accounts.models import Team, User
from setia.core.actions import changed_lists
from setia.core.permissions import require


def add_team(*, by: User, at: datetime, name: str, members: Iterable[User]) -> Team:
    """Make a team. Raises `NameTaken`, `PermissionDenied`."""
    require(by, "accounts.teams")
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name.strip())
            team.members.set(members)
            audit(by=by, at=at, verb="team.added", about="team", about_id=team.pk, data={"name": team.name})
            changed_lists()
    except IntegrityError as error:
        raise NameTaken from error
    return team


def edit_team(*, by: User, at: datetime, team: Team, name: str, members: Iterable[User]) -> None:
    """Change a team's name and members. Whoever sees their team's customers sees those of the new members at once.

    Raises `NameTaken`, `PermissionDenied`.
    """
    require(by, "accounts.teams")
    try:
        with transaction.atomic():
            current = Team.objects.select_for_update().get(pk=team.pk)
            before = set(current.members.values_list("pk", flat=True))
            current.name = name.strip()
            current.save(update_fields=["name"])
            current.members.set(members)
            after = set(current.members.values_list("pk", flat=True))
            data = {"name": current.name, "joined": sorted(after - before), "left": sorted(before - after)}
            audit(by=by, at=at, verb="team.changed", about="team", about_id=team.pk, data=data)
            changed_lists()
    except IntegrityError as error:
        raise NameTaken from error


def remove_team(*, by: User, at: datetime, team: Team) -> None:
    """Dissolve a team; its members stay who they are. Raises `PermissionDenied`."""
    require(by, "accounts.teams")
    with transaction.atomic():
        audit(by=by, at=at, verb="team.removed", about="team", about_id=team.pk, data={"name": team.name})
        Team.objects.filter(pk=team.pk).delete()
        changed_lists()
