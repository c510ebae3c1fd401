"""The team board under watch: 50 people write 5 times a second together while 200 watch, on the demo shop at full size.

Everybody has a session of their own. The writers note calls they made, each for a customer of their own, over
connections kept open. Of those who watch, 50 are the writers (each sees their own), 100 are in ten teams (each sees
the team's), and 50 see all. A write's time is from request to the answer's end. A board's delay is from sending the
write, so with all of its time, until the line that tells of it has come out of a watcher's stream; every watcher who
may see it counts. The load generator runs beside, on the same processors.
"""

import http.client
import json
import selectors
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.http import percentile
from bench.pages import python
from bench.portraits import BIG
from bench.processes import cpu_seconds, tree
from bench.report import Row
from bench.running import up
from bench.workshop import Unavailable, Workshop

WRITERS, TEAMS, MATES, OVERSEERS = 50, 10, 10, 50
EVERY_SECONDS = 1 / 5
_TOKEN = "b" * 32
_SETTLED_SECONDS = 10.0
_AFTER_SECONDS = 5.0

# Makes the people with their sessions, and gives each writer a customer. Prints who they are.
_PEOPLE = f"""
import django, json; django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from setia.accounts.models import Role, Team, User
from setia.accounts.sessions import SessionStore
from setia.customers.models import Customer

Role.objects.get_or_create(code="bench-team", defaults=dict(
    name="Bench team", sees="TEAM", verbs=["sales.view", "customers.view", "orders.view", "sales.activities"]))

def person(name, role):
    user = User.objects.filter(email=f"{{name}}@bench.example").first()
    user = user or User.objects.create_user(f"{{name}}@bench.example", None, name=name, role=role)
    session = SessionStore()
    session.update({{SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash()}})
    session.save()
    return user, session.session_key

writers = [person(f"writer{{n}}", "SALES") for n in range({WRITERS})]
free = list(Customer.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True)[:{WRITERS}])
for (user, _key), pk in zip(writers, free, strict=True):
    Customer.objects.filter(pk=pk).update(owner=user)
mates = []
for team in range({TEAMS}):
    made, _new = Team.objects.get_or_create(name=f"Bench {{team}}")
    some = [person(f"mate{{team}}-{{n}}", "bench-team") for n in range({MATES})]
    made.members.set([user for user, _key in some] + [user for user, _key in writers[team::{TEAMS}]])
    mates += [[team, key] for _user, key in some]
print(json.dumps(dict(cookie=settings.SESSION_COOKIE_NAME, csrf=settings.CSRF_COOKIE_NAME,
    writers=[[key, pk] for (_user, key), pk in zip(writers, free, strict=True)], mates=mates,
    all=[person(f"all{{n}}", "MANAGER")[1] for n in range({OVERSEERS})])))
"""


@dataclass
class _Stream:
    """A watcher's connection and when each write's line came out of it."""

    socket: socket.socket
    sees: frozenset[int]
    came: dict[int, float] = field(default_factory=dict)
    rest: bytes = b""
    ended: bool = False


def measure(shop: Workshop, *, requests: int, customers: int) -> list[Row]:
    """Rows about the board; the demo shop must be loaded."""
    if not shop.exists(BIG):
        raise Unavailable("the demo shop is not loaded")
    people = json.loads(python(shop, BIG, "-c", _PEOPLE).strip().splitlines()[-1])
    with up(shop.environment(BIG), log=shop.folder / "up.log") as running:
        streams = _watchers(running.port, people)
        over = threading.Event()
        reader = threading.Thread(target=_read, args=(streams, over), daemon=True)
        reader.start()
        time.sleep(_SETTLED_SECONDS)
        before, begun = cpu_seconds(tree([running.pid])), time.monotonic()
        sent, took, refused = _write(running.port, people, requests)
        spent = 100 * (cpu_seconds(tree([running.pid])) - before) / (time.monotonic() - begun)
        time.sleep(_AFTER_SECONDS)
        over.set()
        reader.join()
    delays, lost = _delays(streams, sent)
    if not delays or len(took) < 2:
        raise Unavailable(f"nothing was written or seen: {refused}")
    ended = sum(one.ended for one in streams)
    return [
        Row(
            f"a write: p95 of {len(took)}, {WRITERS} people 5 a second together, {len(streams)} watching, "
            f"{customers:,} customers",
            percentile(took, 0.95),
            "ms",
            limit=300,
            note=f"median {percentile(took, 0.5):.0f} ms, slowest {max(took):.0f} ms, refused {len(refused)}; "
            f"web and worker used {spent:.0f} % of one core",
        ),
        Row(
            "the team board's delay, from sending a write: p95 over all who may see it",
            percentile(delays, 0.95),
            "ms",
            limit=2000,
            note=f"{len(delays):,} lines came; median {percentile(delays, 0.5):.0f} ms, slowest {max(delays):.0f} ms; "
            f"streams that broke: {ended}",
        ),
        Row(
            "lines of the team board that were pushed off it before they came",
            100 * lost / (lost + len(delays)),
            "%",
            note=f"{lost} of {lost + len(delays):,}",
        ),
    ]


def _watchers(port: int, people: dict[str, object]) -> list[_Stream]:
    writers, mates, every = people["writers"], people["mates"], people["all"]
    assert isinstance(writers, list)
    assert isinstance(mates, list)
    assert isinstance(every, list)
    seen = [(key, frozenset([place])) for place, (key, _pk) in enumerate(writers)]
    seen += [(key, frozenset(range(team, WRITERS, TEAMS))) for team, key in mates]
    seen += [(key, frozenset(range(WRITERS))) for key in every]
    streams = []
    for key, sees in seen:
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(
            f"GET /sales/live/stream/ HTTP/1.1\r\nHost: localhost\r\nCookie: {people['cookie']}={key}\r\n\r\n".encode()
        )
        line.setblocking(False)
        streams.append(_Stream(line, sees))
    return streams


def _read(streams: list[_Stream], over: threading.Event) -> None:
    """Note when each line comes, in one thread for all."""
    chosen = selectors.DefaultSelector()
    for one in streams:
        chosen.register(one.socket, selectors.EVENT_READ, one)
    while not over.is_set():
        for ready, _events in chosen.select(0.2):
            stream = ready.data
            try:
                data = stream.socket.recv(1 << 18)
            except OSError:
                data = b""
            if not data:
                stream.ended = True
                chosen.unregister(stream.socket)
                continue
            now = time.monotonic()
            text = stream.rest + data
            for part in text.split(b"bench-")[1:]:
                number = part.split(b".", 1)[0]
                if b"." in part and number.isdigit():
                    stream.came.setdefault(int(number), now)
            stream.rest = text[-40:]
    for one in streams:
        one.socket.close()


def _write(
    port: int, people: dict[str, object], requests: int
) -> tuple[dict[int, tuple[int, float]], list[float], list[int]]:
    """Notes `requests` calls, the writers in turn. When each was sent by whom, milliseconds of each, and refusals."""
    writers = people["writers"]
    assert isinstance(writers, list)
    sent: dict[int, tuple[int, float]] = {}
    took: list[float] = []
    refused: list[int] = []
    begun = time.monotonic()

    def work(place: int) -> None:
        key, customer = writers[place]
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookie = f"{people['cookie']}={key}; {people['csrf']}={_TOKEN}"
        headers = {"Host": "localhost", "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        for number in range(place, requests, WRITERS):
            time.sleep(max(begun + number * EVERY_SECONDS - time.monotonic(), 0))
            fields = {"csrfmiddlewaretoken": _TOKEN, "kind": "CALL", "title": f"bench-{number}.", "result": ""}
            now = time.monotonic()
            sent[number] = (place, now)
            line.request("POST", f"/sales/of/{customer}/activities/log/", urlencode(fields), headers)
            answer = line.getresponse()
            answer.read()
            took.append(1000 * (time.monotonic() - now))
            if answer.status not in (200, 302):
                refused.append(answer.status)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(WRITERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sent, took, refused


def _delays(streams: list[_Stream], sent: dict[int, tuple[int, float]]) -> tuple[list[float], int]:
    """Milliseconds until each line came, for each watcher who may see it, and how many never came."""
    by_writer: dict[int, list[_Stream]] = defaultdict(list)
    for one in streams:
        for place in one.sees:
            by_writer[place].append(one)
    delays: list[float] = []
    lost = 0
    for number, (place, at) in sent.items():
        for stream in by_writer[place]:
            if number in stream.came:
                delays.append(1000 * (stream.came[number] - at))
            else:
                lost += 1
    return delays, lost
