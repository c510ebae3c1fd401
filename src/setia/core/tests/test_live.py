"""Live pages from end to end below the browser: a committed change comes out of the stream; no news, no stream."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from setia.accounts.actions import audit
from setia.accounts.models import Session
from setia.core import news
from setia.core.live import Deaf, Full, Hub, Parts, Watch
from setia.core.news import News, Wire

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)


class Drawn:
    """Draws how often it was asked to, and remembers what it heard."""

    def __init__(self) -> None:
        self.times = 0
        self.heard: list[News] = []
        self.out: set[str] = set()

    def draw(self, scenes: Sequence[str]) -> Iterator[tuple[str, Parts]]:
        self.times += 1
        for scene in scenes:
            yield scene, {"one": f'<p data-part="one">{scene} {len(self.heard)}</p>', "same": "x"}

    def concerned(self, told: Collection[News], scenes: Collection[str]) -> Collection[str]:
        self.heard += told
        return [scene for scene in scenes if any(one.about == scene for one in told)]

    def refused(self, watches: Collection[Watch[str]]) -> Mapping[Watch[str], str]:
        return {one: "out" for one in watches if one.who in self.out}


@pytest.fixture
def drawn() -> Drawn:
    return Drawn()


@pytest.fixture
def hub(drawn: Drawn) -> Iterator[Hub[str]]:
    made = Hub("test", draw=drawn.draw, concerned=drawn.concerned, refused=drawn.refused)
    with patch("setia.core.live._LINGER_SECONDS", 0.0):
        yield made
        for one in made.watches():
            one.close()
        made.ring()
        for thread in threading.enumerate():
            if thread.name == "test":
                thread.join(30)


def parts(watch: Watch[str]) -> str:
    """The next event with parts; what else comes before it is passed over."""
    return next(text for text in (one.decode() for one in watch) if "event: parts" in text)


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_comes_out_of_the_stream_of_those_it_concerns(hub: Hub[str], drawn: Drawn) -> None:
    cups = hub.watch("cups", who="Ratna", most=5)
    beans = hub.watch("beans", who="Budi", most=5)
    assert "cups 0" in parts(cups)
    assert "beans 0" in parts(beans)
    audit(by=None, at=NOON, verb="cups.broken", about="cups", about_id=7)
    second = parts(cups)
    assert "cups 1" in second
    assert "data: x" not in second  # the part that is the same
    assert drawn.heard == [News("cups.broken", "cups", 7, None, False)]
    assert cups.stage.version == 2
    assert beans.stage.version == 1


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ends_ends_its_stream(hub: Hub[str], drawn: Drawn) -> None:
    watch = hub.watch("cups", who="Ratna", most=5)
    parts(watch)
    Session.objects.create(session_key="k", session_data="", expire_date=NOON)
    drawn.out.add("Ratna")
    Session.objects.filter(session_key="k").delete()
    assert list(watch)[-1] == b"event: over\ndata: out\n\n"


@pytest.mark.django_db(transaction=True)
def test_behind_a_pooler_that_passes_no_news_on_everybody_is_told_to_ask(hub: Hub[str]) -> None:
    """A pooler gives the connection that listens away after each statement: as good as listening to something else."""
    with (
        patch.object(news, "CHANNEL", "setia_elsewhere"),
        patch.object(news, "_TRIAL_SECONDS", 0.05),
        patch.object(Wire, "_try_out", _to_the_real_channel),
    ):
        watch = hub.watch("cups", who="Ratna", most=5)
        assert list(watch)[-1] == b"event: over\ndata: ask\n\n"
        with pytest.raises(Deaf):
            hub.watch("cups", who="Ratna", most=5)
        assert not news.is_heard()
    assert news.is_heard()


_try_out = Wire._try_out


def _to_the_real_channel(wire: Wire) -> None:
    with patch.object(news, "CHANNEL", "setia_news"):
        _try_out(wire)


def test_a_scene_many_watch_does_not_wait_for_all_the_others_and_none_is_passed_over_for_long() -> None:
    now, order = [1000.0], []

    def slowly(scenes: Sequence[str]) -> Iterator[tuple[str, Parts]]:
        for scene in scenes:
            now[0] += 0.15  # as long as a turn may be, and longer
            order.append(scene)
            yield scene, {"one": f"{scene} {now[0]}"}

    hub = Hub("turns", draw=slowly, concerned=lambda _news, some: some, refused=lambda _all: {}, threaded=False)
    with patch("setia.core.live.time.monotonic", lambda: now[0]):
        for scene in ("mine", "yours", "all", "all", "theirs"):
            hub.watch(scene, who="Ratna", most=9)
        for _turn in range(4):
            hub._draw_due(now[0])
        assert order == ["all", "mine", "yours", "theirs"]
        order.clear()
        hub._mark(None)
        with patch("setia.core.live.SPACING_SECONDS", 0.0):
            for _turn in range(20):  # the one most watch changes all the time
                hub._mark(["all"])
                hub._draw_due(now[0])
        assert order[:3] == ["all", "all", "all"]
        assert {"mine", "yours", "theirs"} < set(order)


def test_so_many_may_watch_and_each_of_them_so_often() -> None:
    still: Hub[str] = Hub(
        "still", draw=lambda _all: (), concerned=lambda _news, some: some, refused=lambda _all: {}, threaded=False
    )
    still.watch("a", who="Ratna", most=3, most_each=1)
    with pytest.raises(Full):
        still.watch("b", who="Ratna", most=3, most_each=1)
    still.watch("b", who="Budi", most=3, most_each=1)
    still.watch("b", who="Sari", most=3, most_each=1)
    with pytest.raises(Full):
        still.watch("b", who="Dewi", most=3, most_each=1)
