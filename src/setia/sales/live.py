"""The team board while it is watched: who sees the same, how it is drawn, what news is about whom (`core.live`).

A scene holds a role's sight and a language, and no person: colleagues who see the same are drawn one board. It is drawn
through the same gates as the page, for a reader who is nobody in particular.
"""

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from setia.accounts.models import User
from setia.accounts.queries import Held, still_signed_in
from setia.core.live import Hub, Parts, Watch
from setia.core.news import News
from setia.core.permissions import owners_seen
from setia.core.queries import firm, keep_firm
from setia.sales.queries import Standing, live_day, live_open_to, target_board, targets_for, whose

_VERBS = frozenset({"sales.view", "customers.view", "orders.view"})
_ASKED_SECONDS = 5.0
_MOST_ASKED = 200
_COUNTED_SECONDS = 2.0
_TARGETS = 8
_MARK = "<!-- part -->"

_RECORDS = frozenset({"customer", "activity", "opportunity", "order"})
"""News about these is news for whoever sees the one who is responsible for them, and who sees the one who did it."""
_EVERYBODYS = frozenset(
    {"team", "role", "user", "target", "prospect", "sales_desk", "run", "firm", "stage", "pipeline"}
)
"""News about these may change anybody's board."""
_QUIET = ("user.sign", "user.second", "user.session", "user.other_sessions", "user.recovery")
"""Verbs about people that change no board."""
_HANDED = frozenset({"customer.merged", "customer.merged_away", "customer.unmerged", "customer.erased"})
"""After these, and after somebody else became responsible, it is not known any more who saw the record before."""


@dataclass(unsafe_hash=True)  # nothing changes one; frozen, it would not pass for an actor
class Scene:
    """What some people see alike. It stands in for a person (`core.permissions.Actor`) where the gates are asked."""

    owners_seen: frozenset[int] | None
    verbs: frozenset[str]
    language: str
    is_authenticated: bool = True
    is_active: bool = True


def scene_of(user: User, language: str) -> Scene:
    """What this person watches, in a language."""
    return Scene(owners_seen(user), user.verbs & _VERBS, language)


class Standings:
    """Where the targets of now stand, counted for all boards at once.

    In a firm of many orders counting takes a while: it is done anew when something changed, but no sooner than ten
    times as long after the last time as that took.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Know nothing any more."""
        self._made_at, self._took, self._stale = 0.0, 0.0, True
        self._found: list[Standing] = []

    def change(self) -> None:
        """Something was changed that may count."""
        self._stale = True

    def seen_by(self, reader: Scene, *, at: datetime) -> list[Standing]:
        """Those this reader may see: the firm's and the teams' first, then people's, those furthest on first."""
        with self._lock:
            age = time.monotonic() - self._made_at
            if age >= 10 * self._took and (self._stale or age >= _COUNTED_SECONDS):
                self._stale, begun = False, time.monotonic()
                self._found = target_board(_EVERYTHING, at=at).standings
                self._made_at = time.monotonic()
                self._took = self._made_at - begun
            found = self._found
        seen = set(targets_for(reader).filter(pk__in=[one.target.pk for one in found]).values_list("pk", flat=True))
        mine = [one for one in found if one.target.pk in seen]
        return sorted(mine, key=lambda one: (one.target.person_id is not None, -one.share))[:_TARGETS]


_EVERYTHING = Scene(None, frozenset({"sales.view"}), "id")
standings = Standings()
"""Of this process."""


def draw(scenes: Sequence[Scene]) -> Iterator[tuple[Scene, Parts]]:
    """The parts of some boards, counted once for those that differ in their language alone."""
    ours = firm()
    keep_firm(ours)
    days: dict[tuple[frozenset[int] | None, frozenset[str]], dict[str, Any]] = {}
    now = timezone.now()
    try:
        with timezone.override(ours.tz):
            for scene in scenes:
                sight = (scene.owners_seen, scene.verbs)
                if sight not in days:
                    days[sight] = figures(scene, at=now)
                with translation.override(scene.language):
                    drawn = parts_of(render_to_string("sales/live_parts.html", days[sight]))
                yield scene, drawn
    finally:
        keep_firm(None)


def figures(reader: Scene, *, at: datetime) -> dict[str, Any]:
    """What the board's template needs."""
    return {"day": live_day(reader, at=at), "targets": standings.seen_by(reader, at=at)}


def parts_of(html: str) -> Parts:
    """The parts a drawing is made of, by their names."""
    parts = [one.strip() for one in html.split(_MARK) if one.strip()]
    return {one.split('data-part="', 1)[1].split('"', 1)[0]: one for one in parts}


def concerned(news: Collection[News], scenes: Collection[Scene]) -> Collection[Scene]:
    """The boards that some news may change. One query at most."""
    standings.change()
    records: dict[str, set[int]] = {}
    people: set[int] = set()
    for one in news:
        if one.verb.startswith(_QUIET):
            continue
        if one.about in _EVERYBODYS or one.gave or one.verb in _HANDED:
            return scenes
        if one.about in _RECORDS:
            if one.by is not None:
                people.add(one.by)
            if one.about_id is not None:
                records.setdefault(one.about, set()).add(one.about_id)
    if not records and not people:
        return ()
    people |= whose(records) if records else set()
    return [one for one in scenes if one.owners_seen is None or one.owners_seen & people]


def refused(watches: Collection[Watch[Scene]]) -> Mapping[Watch[Scene], str]:
    """Those that may not go on: `out` who is not signed in any more, or may not; `again` who sees something else."""
    held = {watch: watch.who for watch in watches if isinstance(watch.who, Held)}
    here = still_signed_in(set(held.values()))
    found = {}
    for watch, one in held.items():
        person = here.get(one)
        if person is None or not live_open_to(person):
            found[watch] = "out"
        elif scene_of(person, watch.scene.language) != watch.scene:
            found[watch] = "again"
    return found


board: Hub[Scene] = Hub("live board", draw=draw, concerned=concerned, refused=refused)
"""The team board of this process."""

_asked: dict[Scene, tuple[float, Parts]] = {}
_asking = threading.Lock()


def latest(scene: Scene) -> Parts:
    """The board for whoever asks now and then instead of watching, drawn at most every few seconds for each scene."""
    now = time.monotonic()
    with _asking:
        kept = _asked.get(scene)
        if kept and now - kept[0] < _ASKED_SECONDS:
            return kept[1]
    ((_scene, parts),) = draw([scene])
    with _asking:
        if len(_asked) >= _MOST_ASKED:
            _asked.clear()
        _asked[scene] = (now, parts)
    return parts
