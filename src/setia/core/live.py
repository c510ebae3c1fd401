"""Live pages: what is seen is drawn again when it changed, once for all who see the same, and sent to each of them.

A `Scene` is what some people see alike: a page in a language, as far as their role lets them see. A `Watch` is one of
them, an open answer of server-sent events. A `Hub` is one thread for each kind of live page and each web process:

1. It starts with the first watch and ends with the last one, so that nobody watching costs nothing.
2. It sleeps on the database's news (`core.news`); nothing is asked again and again.
3. News marks the scenes concerned. A marked scene is drawn at once, but at most once a second; several changes within
   the second are drawn together. Where many are marked those come first that most watch, and the news is heard in
   between, so that they never wait for all the others; who has waited for seconds is not passed over again.
4. A drawing is a few parts of HTML by name. A watch is sent those that differ from what it was sent before.
5. Once a minute all scenes are drawn, for what time alone changes: a term that is over, a new day.
6. When somebody's session ends, or a role changes, every watch is asked whether it may go on.

The database gone, watches stay and are told so; it is looked for again, ever more slowly, up to every ten seconds.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from django.db import DatabaseError, close_old_connections, connections
from django.http import StreamingHttpResponse

from setia.core.news import MUCH, PEOPLE, News, Unheard, Wire, read

log = logging.getLogger(__name__)

SPACING_SECONDS = 1.0
BEAT_SECONDS = 20.0
TICK_SECONDS = 60.0
_LINGER_SECONDS = 15.0
_LONGEST_WAIT_SECONDS = 10.0
_TURN_SECONDS = 0.1
"""Drawn in one go before the news is heard again."""
_PASSED_OVER_SECONDS = 2.0

S = TypeVar("S", bound=Hashable)
Parts = Mapping[str, str]


class LiveResponse(StreamingHttpResponse):
    """An answer that goes on as long as its reader watches, and asks the database nothing while it does."""

    def __init__(self, watch: "Watch[S]") -> None:
        super().__init__(watch, content_type="text/event-stream; charset=utf-8")
        self.headers["Cache-Control"] = "no-store, no-transform"
        self.headers["X-Accel-Buffering"] = "no"  # nginx would keep it all to itself


class Full(Exception):
    """As many watch already as may."""


class Deaf(Exception):
    """No news comes from the database: whoever wants to know has to ask."""


class _Stage(Generic[S]):
    """A scene while it is watched: what it shows, by version."""

    def __init__(self, scene: S) -> None:
        self.scene = scene
        self.changed = threading.Condition()
        self.version = 0
        self.parts: dict[str, tuple[int, str]] = {}
        self.watches: set[Watch[S]] = set()
        self.stale = True
        self.stale_at = time.monotonic()
        self.drawn_at = 0.0
        # What most watches are sent: the step from the version before, put together once.
        self.step: tuple[int, bytes] = (-1, b"")


class Watch(Generic[S]):
    """One person's open page. Iterating waits for what is next to be sent."""

    def __init__(self, hub: "Hub[S]", stage: _Stage[S], who: Hashable, seen: str) -> None:
        self.who = who
        self.hub = hub
        self.stage = stage
        self._over = ""
        self._ended = False
        self._lost = False
        mark, _dash, version = seen.partition("-")
        self._seen = int(version) if mark == hub.mark and version.isdecimal() else 0
        self._greeted = False

    @property
    def scene(self) -> S:
        return self.stage.scene

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        if not self._greeted:
            self._greeted = True
            return b"retry: 2000\n\n"
        until = time.monotonic() + BEAT_SECONDS
        with self.stage.changed:
            while not self._over and self.stage.version <= self._seen and self._lost == self.hub.lost:
                if (rest := until - time.monotonic()) <= 0:
                    return b"event: beat\ndata:\n\n"
                self.stage.changed.wait(rest)
            if self._over:
                self._ended = True
                return f"event: over\ndata: {self._over}\n\n".encode()
            if self._lost != self.hub.lost:
                self._lost = self.hub.lost
                return b"event: lost\ndata:\n\n" if self._lost else b"event: beat\ndata:\n\n"
            before, self._seen = self._seen, self.stage.version
            if self.stage.step[0] == before:
                return self.stage.step[1]
            return self.hub.event(self.stage, since=before)

    def end(self, why: str) -> None:
        """Say goodbye: `again` (come back, you may see something else), `out` (signed out), `ask` (no news here)."""
        with self.stage.changed:
            self._over = why
            self.stage.changed.notify_all()

    def close(self) -> None:
        """Called by the server when the reader has gone, and at the end."""
        self.hub.leave(self)


class Hub(Generic[S]):
    """One kind of live page. Its functions run in a thread of its own, which has a connection of its own:

    `draw` makes some scenes' parts, one after the other; `concerned` says which scenes some news is about; `refused`
    which watches may not go on, and why not (a word of `Watch.end`).
    """

    def __init__(
        self,
        name: str,
        *,
        draw: Callable[[Sequence[S]], Iterable[tuple[S, Parts]]],
        concerned: Callable[[Collection[News], Collection[S]], Collection[S]],
        refused: Callable[[Collection[Watch[S]]], Mapping[Watch[S], str]],
        threaded: bool = True,
    ) -> None:
        """Without `threaded` nothing is heard and drawn by itself: for tests of the rest."""
        self.mark = secrets.token_hex(4)
        self.lost = False
        self._name = name
        self._draw = draw
        self._concerned = concerned
        self._refused = refused
        self._threaded = threaded
        self._lock = threading.Lock()
        self._stages: dict[S, _Stage[S]] = {}
        self._wire: Wire | None = None
        self._thread: threading.Thread | None = None
        self._empty_since = 0.0
        self._deaf_until = 0.0

    def watch(self, scene: S, *, who: Hashable, seen: str = "", most: int, most_each: int = 8) -> Watch[S]:
        """Begin to watch. `seen` is the latest id the reader has. Raises `Full` and `Deaf`.

        `most` may watch in all, and `most_each` of them be one person's.
        """
        with self._lock:
            if time.monotonic() < self._deaf_until:
                raise Deaf
            everybody = [one for stage in self._stages.values() for one in stage.watches]
            if len(everybody) >= most or sum(one.who == who for one in everybody) >= most_each:
                raise Full
            stage = self._stages.setdefault(scene, _Stage(scene))
            made = Watch(self, stage, who, seen)
            stage.watches.add(made)
            if not self._threaded:
                return made
            if self._thread is None:
                self._wire = Wire()
                self._thread = threading.Thread(target=self._run, args=(self._wire,), name=self._name, daemon=True)
                self._thread.start()
            elif stage.stale and self._wire is not None:
                self._wire.ring()
        return made

    def leave(self, watch: Watch[S]) -> None:
        """End a watch; one that has ended already changes nothing."""
        with self._lock:
            stage = watch.stage
            stage.watches.discard(watch)
            if not stage.watches and self._stages.get(stage.scene) is stage:
                del self._stages[stage.scene]
            if not self._stages:
                self._empty_since = time.monotonic()

    def watches(self) -> list[Watch[S]]:
        """All that watch now."""
        with self._lock:
            return [one for stage in self._stages.values() for one in stage.watches]

    def ring(self) -> None:
        """Let the thread look at once what is to be done."""
        with self._lock:
            if self._wire is not None:
                self._wire.ring()

    def watched(self) -> int:
        """How many watch now."""
        return len(self.watches())

    def event(self, stage: _Stage[S], *, since: int) -> bytes:
        """The parts of a stage that came after a version, as one event."""
        html = "\n".join(html for version, html in stage.parts.values() if version > since)
        lines = "\n".join(f"data: {line}" for line in html.splitlines())
        return f"event: parts\nid: {self.mark}-{stage.version}\n{lines or 'data:'}\n\n".encode()

    # In the hub's own thread

    def _run(self, wire: Wire) -> None:
        wait = 1.0
        try:
            while True:
                try:
                    wire.open()
                    self._say_lost(False)
                    wait = 1.0
                    self._mark(None)
                    if self._follow(wire):
                        return
                except Unheard:
                    log.warning("live pages: the database passes no news on (a pooler?); they ask now and then instead")
                    self._give_up()
                    return
                except DatabaseError as error:
                    log.warning("live pages: %s; looking for the database again in %.0f s", error, wait)
                    self._say_lost(True)
                    connections.close_all()
                    time.sleep(wait)
                    wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
                    if self._is_over(wire):
                        return
        except Exception:
            log.exception("live pages: the drawing thread fell; the next to watch starts another")
            self._give_up(for_seconds=5.0)
        finally:
            wire.dispose()
            connections.close_all()

    def _follow(self, wire: Wire) -> bool:
        """Hear and draw until nobody watches any more: True. Raises `DatabaseError`."""
        tick_at = time.monotonic() + TICK_SECONDS
        while True:
            messages = wire.wait(self._rest(tick_at))
            close_old_connections()
            self._take_in(messages)
            if (now := time.monotonic()) >= tick_at:
                tick_at = now + TICK_SECONDS
                self._mark(None)
                self._ask_all()
            self._draw_due(now)
            if self._is_over(wire):
                return True

    def _rest(self, tick_at: float) -> float:
        """Seconds until something is due."""
        due = [tick_at]
        with self._lock:
            due += [one.drawn_at + SPACING_SECONDS for one in self._stages.values() if one.stale]
            if not self._stages:
                due.append(self._empty_since + _LINGER_SECONDS)
        return min(due) - time.monotonic()

    def _take_in(self, messages: Collection[str]) -> None:
        """Mark the scenes that messages are about; look at everybody's leave to watch when people changed."""
        news = [one for message in messages for one in read(message)]
        if any(one.verb in (PEOPLE, MUCH) or one.about in ("user", "role", "team") for one in news):
            self._ask_all()
        told = [one for one in news if one.verb != PEOPLE]
        if not told:
            return
        with self._lock:
            scenes = list(self._stages)
        everything = any(one.verb == MUCH for one in told)
        self._mark(scenes if everything else self._concerned(told, scenes))

    def _mark(self, scenes: Collection[S] | None) -> None:
        with self._lock:
            for scene in self._stages if scenes is None else scenes:
                stage = self._stages.get(scene)
                if stage is not None and not stage.stale:
                    stage.stale, stage.stale_at = True, time.monotonic()

    def _ask_all(self) -> None:
        for watch, why in self._refused(self.watches()).items():
            watch.end(why)

    def _draw_due(self, now: float) -> None:
        """Draw what is due for a turn; the next one begins with what has been heard meanwhile."""
        with self._lock:
            due = {
                one.scene: one for one in self._stages.values() if one.stale and now >= one.drawn_at + SPACING_SECONDS
            }
        # Where most wait for it first; and each is sent before the next is drawn.
        scenes = sorted(
            due,
            key=lambda scene: (
                now - due[scene].stale_at < _PASSED_OVER_SECONDS,
                -len(due[scene].watches),
                due[scene].stale_at,
            ),
        )
        drawings, until = iter(self._draw(scenes)) if scenes else iter(()), now + _TURN_SECONDS
        for place, scene in enumerate(scenes):
            if place and time.monotonic() >= until:
                return
            with self._lock:  # before it is drawn: what comes meanwhile is drawn the next time
                due[scene].stale, due[scene].drawn_at = False, now
            for drawn, parts in drawings:
                self.show(due[drawn], parts)
                break

    def show(self, stage: _Stage[S], parts: Parts) -> None:
        """Put a drawing on a stage, and wake whoever watches it where a part differs."""
        with stage.changed:
            changed = [name for name, html in parts.items() if name not in stage.parts or stage.parts[name][1] != html]
            if not changed:
                return
            before, stage.version = stage.version, stage.version + 1
            stage.parts = {
                name: (stage.version if name in changed else stage.parts[name][0], html) for name, html in parts.items()
            }
            stage.step = (before, self.event(stage, since=before))
            stage.changed.notify_all()

    def _say_lost(self, lost: bool) -> None:
        if lost == self.lost:
            return
        self.lost = lost
        with self._lock:
            stages = list(self._stages.values())
        for stage in stages:
            with stage.changed:
                stage.changed.notify_all()

    def _give_up(self, *, for_seconds: float = 300.0) -> None:
        """Send everybody away to ask, and answer so for a while."""
        with self._lock:
            self._deaf_until = time.monotonic() + for_seconds
            self._thread = None
            everybody = [one for stage in self._stages.values() for one in stage.watches]
        for watch in everybody:
            watch.end("ask")

    def _is_over(self, wire: Wire) -> bool:
        """Whether nobody has watched for a while; the next to come then starts another thread."""
        with self._lock:
            if self._stages or time.monotonic() < self._empty_since + _LINGER_SECONDS:
                return False
            self._thread = None
            return True
