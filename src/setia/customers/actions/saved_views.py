"""Save a view of the list, change, move, prefer, delete it, and bring it back."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import Team, User
from setia.core.actions import changed_lists
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions.fields import TooMany
from setia.customers.models import PreferredView, SavedView
from setia.customers.queries import may_change_view, teams_to_share_with

MOST_VIEWS = 50
"""Views one person may have."""


class EmptyName(Exception):
    """A view needs a name."""


def save_view(
    *,
    by: User,
    at: datetime,
    name: str,
    params: Mapping[str, str],
    labels: Mapping[str, str],
    for_all: bool = False,
    team: Team | None = None,
) -> SavedView:
    """Keep a view. Raises `EmptyName`, `TooMany`, and `PermissionDenied` for a sharing this person may not choose."""
    require(by, "customers.view")
    _require_may_share(by, for_all=for_all, team=team)
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two at once count one another
        count = SavedView.objects.filter(maker=by, deleted_at=None).count()
        if count >= MOST_VIEWS:
            raise TooMany(MOST_VIEWS)
        view = SavedView.objects.create(
            maker=by,
            name=_named(name),
            params=dict(params),
            labels=dict(labels),
            for_all=for_all,
            team=team,
            position=count,
            made_at=at,
        )
        _told("saved", view, by=by, at=at)
    return view


def change_view(*, by: User, at: datetime, view: SavedView, name: str, for_all: bool, team: Team | None) -> None:
    """Rename a view, share it otherwise. Raises `EmptyName`, `PermissionDenied`."""
    _require_may_change(by, view)
    if (for_all, team and team.pk) != (view.for_all, view.team_id):
        _require_may_share(by, for_all=for_all, team=team)
    with transaction.atomic():
        SavedView.objects.filter(pk=view.pk).update(name=_named(name), for_all=for_all, team=team)
        _told("changed", view, by=by, at=at)


def keep_in_view(
    *, by: User, at: datetime, view: SavedView, params: Mapping[str, str], labels: Mapping[str, str]
) -> None:
    """Let a view show from now on what its reader looks at: other filters, another order, other columns."""
    _require_may_change(by, view)
    with transaction.atomic():
        SavedView.objects.filter(pk=view.pk).update(params=dict(params), labels=dict(labels))
        _told("changed", view, by=by, at=at)


def move_view(*, by: User, at: datetime, view: SavedView, up: bool) -> None:
    """Move one of one's own views a place up or down."""
    _require_may_change(by, view)
    with transaction.atomic():
        order = list(SavedView.objects.select_for_update().filter(maker=view.maker_id, deleted_at=None))
        place = next((number for number, one in enumerate(order) if one.pk == view.pk), None)
        if place is None or not 0 <= (other := place + (-1 if up else 1)) < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, one in enumerate(order):
            one.position = position
        SavedView.objects.bulk_update(order, ["position"])
        _told("moved", view, by=by, at=at)


def delete_view(*, by: User, at: datetime, view: SavedView) -> None:
    """Delete a view; nobody's list opens with it any more. It can be brought back."""
    _require_may_change(by, view)
    with transaction.atomic():
        if SavedView.objects.filter(pk=view.pk, deleted_at=None).update(deleted_at=at):
            _told("deleted", view, by=by, at=at)


def restore_view(*, by: User, at: datetime, view: SavedView) -> None:
    """Bring a deleted view back, for all who saw it."""
    _require_may_change(by, view)
    with transaction.atomic():
        if SavedView.objects.filter(pk=view.pk, deleted_at__isnull=False).update(deleted_at=None):
            _told("restored", view, by=by, at=at)


def prefer_view(*, by: User, view_id: int | None) -> None:
    """Let one's own list open with a view one may open; with None, with everybody in it again."""
    require(by, "customers.view")
    with transaction.atomic():
        if view_id is None:
            PreferredView.objects.filter(person=by).delete()
        else:
            PreferredView.objects.update_or_create(person=by, defaults={"view_id": view_id})
        changed_lists()


def _named(name: str) -> str:
    written = normalise.text(name)[:60]
    if not written:
        raise EmptyName
    return written


def _require_may_change(by: User, view: SavedView) -> None:
    if not may_change_view(by, maker_id=view.maker_id, for_all=view.for_all):
        raise PermissionDenied("customers.share_views")


def _require_may_share(by: User, *, for_all: bool, team: Team | None) -> None:
    if for_all or team is not None:
        require(by, "customers.share_views")
    if team is not None and team not in teams_to_share_with(by):
        raise PermissionDenied("customers.share_views")


def _told(verb: str, view: SavedView, *, by: User, at: datetime) -> None:
    audit(by=by, at=at, verb=f"view.{verb}", about="view", about_id=view.pk, data={"name": view.name})
    changed_lists()
