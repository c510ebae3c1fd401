"""Seats: how many pages are made at once, and that whoever only watches holds none."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from setia.core.live import Hub, LiveResponse
from setia.core.seats import Seats

Start = Callable[..., Any]


def start(status: str, headers: list[tuple[str, str]]) -> None:
    """What a server does with the head of an answer: nothing here."""


@pytest.mark.django_db(transaction=True)
def test_no_more_pages_are_made_at_once_than_there_are_seats() -> None:
    """Three ask for one of two seats; the third is let in when one of the others is done."""
    together, most, done = 0, 0, threading.Barrier(2)
    lock = threading.Lock()

    def page(environ: dict[str, Any], start_response: Start) -> HttpResponse:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        done.wait(20)
        with lock:
            together -= 1
        return HttpResponse(b"made")

    seats = Seats(page, 2)
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(b"".join(seats({}, start)))) for _turn in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    seats.close()
    assert answers == [b"made"] * 4
    assert most == 2


@pytest.mark.django_db(transaction=True)
def test_a_seat_is_given_back_by_every_kind_of_answer() -> None:
    """There is one seat; who had it not given back would keep all who come after from their answer."""
    hub: Hub[str] = Hub(
        "test", draw=lambda _all: (), concerned=lambda _news, some: some, refused=lambda _all: {}, threaded=False
    )
    ended = []

    def pieces() -> Iterator[bytes]:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 'row'")
                yield str(cursor.fetchone()[0]).encode()
            yield b"s"
        finally:
            ended.append(True)

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError

    def fall(environ: dict[str, Any], start_response: Start) -> HttpResponse:
        raise ValueError

    made: dict[str, Callable[[], Any]] = {
        "page": lambda: HttpResponse(b"page"),
        "list": lambda: StreamingHttpResponse(pieces()),
        "torn": lambda: StreamingHttpResponse(pieces()),
        "broken": lambda: StreamingHttpResponse(broken()),
        "live": lambda: LiveResponse(hub.watch("scene", who="Ratna", most=5)),
    }

    def application(environ: dict[str, Any], start_response: Start) -> Any:
        return made[environ["PATH_INFO"]]() if environ["PATH_INFO"] in made else fall(environ, start_response)

    seats = Seats(application, 1)

    def asked(what: str) -> Any:
        return seats({"PATH_INFO": what}, start)

    assert b"".join(asked("page")) == b"page"
    assert b"".join(asked("list")) == b"rows"
    torn: Any = asked("torn")
    assert next(iter(torn)) == b"row"
    torn.close()
    assert len(ended) == 2
    with pytest.raises(OSError):  # noqa: PT011 - the one raised above
        list(asked("broken"))
    with pytest.raises(ValueError):  # noqa: PT011 - the one raised above
        asked("no such page")
    watching = asked("live")
    assert next(iter(watching)) == b"retry: 2000\n\n"
    assert b"".join(asked("page")) == b"page"
    watching.close()
    assert hub.watched() == 0
    seats.close()
