"""Saved views of the list, kept in this process like the firm's own fields: under the firm's `lists_version`.

Every change of a view, and of who is in a team, replaces that word, so the list of customers asks nothing for views.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from setia.accounts.models import Team
from setia.core.permissions import Actor, may
from setia.customers.models import PreferredView, SavedView

_MOST_KEPT = 4


@dataclass(frozen=True)
class ViewDef:
    """A view as the list needs it. `members` are the people of the team it is shared with."""

    id: int
    maker_id: int
    maker: str
    name: str
    params: Mapping[str, str]
    labels: Mapping[str, str]
    for_all: bool
    team_id: int | None
    team: str
    members: frozenset[int]


@dataclass(frozen=True)
class _Kept:
    views: tuple[ViewDef, ...]
    preferred: Mapping[int, int]


_kept: dict[str, _Kept] = {}


def views_for(user: Actor, *, version: str | None = None) -> list[ViewDef]:
    """The views this person may open: their own in their order, their teams', everybody's.

    `version` is the firm's `lists_version` where it is at hand.
    """
    if not may(user, "customers.view"):
        return []
    key = _key(user)
    views = _every(version).views
    own = [one for one in views if one.maker_id == key]
    teams = [one for one in views if one.maker_id != key and key in one.members]
    return own + teams + [one for one in views if one.maker_id != key and one.for_all]


def preferred_view(user: Actor, *, version: str | None = None) -> ViewDef | None:
    """The view this person's list opens with; None where they chose none, or may not open it any more."""
    wanted = _every(version).preferred.get(_key(user))
    return next((one for one in views_for(user, version=version) if one.id == wanted), None)


def get_view_for(user: Actor, pk: int, *, gone_too: bool = False) -> SavedView:
    """A view this person may change: their own, or one of everybody's if they may arrange those. Raises `Http404`."""
    found = SavedView.objects.filter(pk=pk).select_related("team")
    view = (found if gone_too else found.filter(deleted_at=None)).first()
    if view is None or not may_change_view(user, maker_id=view.maker_id, for_all=view.for_all):
        raise Http404
    return view


def may_change_view(user: Actor, *, maker_id: int, for_all: bool) -> bool:
    """Whether this person may rename, change or delete such a view."""
    if not may(user, "customers.view"):
        return False
    return maker_id == _key(user) or (for_all and may(user, "customers.share_views"))


def teams_to_share_with(user: Actor) -> list[Team]:
    """The teams this person may share a view with: those they are in."""
    if not may(user, "customers.share_views"):
        return []
    return list(Team.objects.filter(members=_key(user)).order_by("name"))


def _key(user: Actor) -> int:
    return int(getattr(user, "pk", None) or 0)


def _every(version: str | None) -> _Kept:
    if version == "":
        return _Kept((), {})
    if version and version in _kept:
        return _kept[version]
    rows = SavedView.objects.filter(deleted_at=None).select_related("maker", "team").prefetch_related("team__members")
    found = _Kept(
        tuple(
            ViewDef(
                id=one.pk,
                maker_id=one.maker_id,
                maker=str(one.maker),
                name=one.name,
                params=one.params,
                labels=one.labels,
                for_all=one.for_all,
                team_id=one.team_id,
                team=one.team.name if one.team else "",
                members=frozenset(person.pk for person in one.team.members.all()) if one.team else frozenset(),
            )
            for one in rows
        ),
        dict(PreferredView.objects.values_list("person_id", "view_id")),
    )
    if version:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[version] = found
    return found
