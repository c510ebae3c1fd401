"""`setia up`: everything that runs, under one supervisor, until Ctrl-C.

Steps: 1. take the home (one `up` at a time), 2. check the address, 3. start PostgreSQL, 4. prepare: tables, pages'
files, owner's link, 5. start web and worker, 6. say where it is, 7. keep all of it running, 8. stop it in order.
"""

import argparse
import fcntl
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from setia.command import database, ports, tls
from setia.command import home as homes
from setia.command.logs import Log
from setia.command.postgres import PrivateServer
from setia.command.supervisor import Child, Stop, stop_all, tend_all
from setia.command.trouble import Trouble
from setia.command.words import _

_WEB_GRACE_SECONDS = 10.0
_JOB_GRACE_SECONDS = 15.0
_READY_SECONDS = 60.0
_WATCHERS = 256
"""So many may watch live pages at once; whoever comes after them sees the page ask now and then instead."""


def run(arguments: argparse.Namespace) -> int:
    """Runs Setia until it is told to stop; returns the exit code."""
    home = homes.find()
    host, port = arguments.host, arguments.port
    served = _certificate(arguments)
    address = _address(host, port, served)
    if os.geteuid() == 0:
        _tell(_("Setia runs as root here. An ordinary user is enough, and safer."))
    with _alone_on(home, address):
        _check_address(host, port)
        if arguments.http_port:
            _check_address(host, arguments.http_port)
        log = Log(homes.folder(home, "logs"), "setia")
        stop = Stop()

        def say(text: str) -> None:
            _tell(text)
            log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ} {text}")

        server = _database(home)
        children: list[Child] = []
        try:
            owner_path = _prepare(with_dump=not arguments.no_dump)
            children = _children(home, host, port, address, served, arguments.http_port)
            for child in children:
                child.start()
            _await_answer(host, port, stop, children, safely=served is not None)
            if not stop.is_wished():
                say(_("Setia is at {address}   (Ctrl-C stops it; data in {home})").format(address=address, home=home))
                if owner_path:  # for the screen alone: the log must not keep a key
                    _tell(_("Nobody owns it yet. Become its owner, once: {link}").format(link=address + owner_path))
            tend_all(children, stop, before=_Watch(server, say), say=say)
        finally:
            stop_all(children, stop)
            if served is not None:
                tls.forget_key(homes.folder(home, "run"))
            if server:
                server.stop()
    _tell(_("Setia has stopped."))
    return 0


def _certificate(arguments: argparse.Namespace) -> tls.Certificate | None:
    """The certificate to serve with, None without `--tls`; raises Trouble for one that no browser would take."""
    if arguments.http_port and not arguments.tls:
        raise Trouble(_("--http-port leads to HTTPS, and there is none."), _("Give --tls CERT KEY as well."))
    if not arguments.tls:
        return None
    now = datetime.now(UTC)
    chain, key = map(Path, arguments.tls)
    found = tls.certificate(chain, key, now=now)
    if found.ends_soon(now=now):
        _tell(_("The certificate ends on {day}: renew it in time.").format(day=f"{found.ends_at:%Y-%m-%d}"))
    return found


def _address(host: str, port: int, served: tls.Certificate | None) -> str:
    """Where people find it: by HTTPS under the certificate's own name, which is the one browsers accept."""
    if served is None:
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"
    name = served.name or (f"[{host}]" if ":" in host else host)
    return f"https://{name}" + ("" if port == 443 else f":{port}")


def _tell(text: str) -> None:
    """Prints to the terminal, which may be gone by now: that must not keep anything from stopping in order."""
    with suppress(OSError):
        print(text, flush=True)


@contextmanager
def _alone_on(home: Path, address: str) -> Iterator[None]:
    """Takes the home for this process, or tells who has it."""
    # The database's launcher makes the home with the rights its server needs.
    PrivateServer(home).make_folders()
    path = homes.folder(home, "run") / "up.json"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _held(path) from None
        file.truncate(0)
        facts = {"pid": os.getpid(), "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}", "address": address}
        file.write(json.dumps(facts))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def running(home: Path) -> dict[str, object] | None:
    """Who runs `up` on this home: `pid`, `since`, `address`; None when nobody does."""
    path = home / "run" / "up.json"
    if not path.exists():
        return None
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            try:
                return dict(json.loads(path.read_text()))
            except ValueError:  # it has just begun and not written yet
                return {"pid": "?", "since": "?", "address": "?"}
    return None


def _held(path: Path) -> Trouble:
    facts = running(path.parent.parent) or {"pid": "?", "since": "?", "address": "?"}
    return Trouble(
        _("Setia already runs on {home}: process {pid}, since {since}, at {address}.").format(
            home=path.parent.parent, **facts
        ),
        _(
            "Use that one, or stop it first (Ctrl-C where it runs, or kill {pid}). Another SETIA_HOME is another Setia."
        ).format(**facts),
    )


def _check_address(host: str, port: int) -> None:
    """Raises Trouble where the address cannot be listened on, with the next free port."""
    try:
        if ports.is_free(host, port):
            return
        free = ports.next_free(host, port)
    except PermissionError as error:
        raise Trouble(
            _("Port {port} may only be opened by root.").format(port=port),
            _("Use one above 1023, with a web server such as nginx or Caddy in front of it."),
        ) from error
    except OSError as error:
        raise Trouble(
            _("This machine cannot listen on {host}: {error}").format(host=host, error=error.strerror or error),
            _("Use --host 127.0.0.1 (this machine alone) or --host 0.0.0.0 (every address it has)."),
        ) from error
    by = ports.holder(port)
    raise Trouble(
        _("Port {port} is taken by {process}.").format(port=port, process=by)
        if by
        else _("Port {port} is taken by another program.").format(port=port),
        _("Port {free} is free: setia up --port {free}").format(free=free) if free else "",
    )


def _database(home: Path) -> PrivateServer | None:
    """Starts the private server, or checks the one that `DATABASE_URL` names; raises Trouble for half a restore."""
    database.refuse_half_restored(home)
    if url := database.given():
        database.check(url)
        return None
    server = PrivateServer(home)
    os.environ["DATABASE_URL"] = server.start()
    return server


def _prepare(*, with_dump: bool) -> str | None:
    """Runs `setia.command.prepare`; returns the path of the owner's link, if there is one."""
    command = [sys.executable, "-m", "setia.command.prepare", *([] if with_dump else ["--no-dump"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        latest = ""
        for line in process.stdout:
            if latest:
                print(latest)
            latest = line.rstrip("\n")
    if process.returncode != 0:
        raise Trouble(_("Setia could not be prepared; the reason stands above."), _("'setia doctor' may know more."))
    answer = json.loads(latest)
    if "what" in answer:
        raise Trouble(answer["what"], answer["todo"])
    return str(answer["owner_path"]) if answer["owner_path"] else None


def _children(
    home: Path, host: str, port: int, address: str, served: tls.Certificate | None, http_port: int | None
) -> list[Child]:
    folder = homes.folder(home, "logs")
    environment = dict(os.environ) | {"PYTHONUNBUFFERED": "1"}
    if "SETIA_HOSTS" not in environment:
        # A certificate for *.example.co.id is good for every name below it, which Django writes with a point in front.
        names = [one.removeprefix("*") for one in served.names] if served else []
        known = ["localhost", "127.0.0.1", "[::1]", host, socket.gethostname(), *names]
        environment["SETIA_HOSTS"] = ",".join(dict.fromkeys(known))
    environment.setdefault("SETIA_URL", address)
    # Pages are made by few at a time; who watches a live page holds a thread that sleeps, made when it is needed.
    pages = max(2, min(8, 2 * (os.cpu_count() or 1)))
    environment |= {"SETIA_PAGES_AT_ONCE": str(pages), "SETIA_WATCHERS": str(_WATCHERS)}
    web = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    web += ["--blocking-threads", str(2 * pages + _WATCHERS), "--no-ws", "--no-access-log", "--log-level", "warning"]
    if served is not None:
        environment.setdefault("SETIA_HTTPS", "1")
        key = served.write_key(homes.folder(home, "run"))
        web += ["--ssl-certificate", str(served.chain), "--ssl-keyfile", str(key)]
        web += ["--ssl-protocol-min", "tls1.2"]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "5", "setia.config.wsgi:application"]
    # Three jobs at a time: a long import must not keep the sweep of stalled ones waiting.
    worker = [
        "setia.command.worker",
        "--concurrency",
        "3",
        "--shutdown-graceful-timeout",
        str(int(_JOB_GRACE_SECONDS - 5)),
    ]
    programs = [("web", web, _WEB_GRACE_SECONDS), ("worker", worker, _JOB_GRACE_SECONDS)]
    if served is not None and http_port:
        way = ["setia.command.redirect", "--host", host, "--port", str(http_port), "--to", environment["SETIA_URL"]]
        programs.append(("redirect", [*way, "--names", ",".join(served.names)], 1.0))
    return [
        Child(
            name,
            [sys.executable, "-m", *command],
            environment=environment,
            log=Log(folder, name),
            grace_seconds=grace_seconds,
        )
        for name, command, grace_seconds in programs
    ]


def _await_answer(host: str, port: int, stop: Stop, children: list[Child], *, safely: bool = False) -> None:
    """Waits until a page answers. Raises Trouble when the web process dies first, or takes a minute."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    deadline = time.monotonic() + _READY_SECONDS
    web = children[0]
    while not stop.is_wished():
        # Whether somebody answers, on this machine: whose certificate it is has been looked at before.
        connection = (
            http.client.HTTPSConnection(reached, port, timeout=30, context=ssl._create_unverified_context())  # noqa: S323
            if safely
            else http.client.HTTPConnection(reached, port, timeout=30)
        )
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            connection.getresponse().read()
            return
        except OSError:
            if web.pid is None or time.monotonic() > deadline:
                raise Trouble(
                    _("The web pages did not start."), _("The log says why: {log}").format(log=web.log.path)
                ) from None
            time.sleep(0.05)
        finally:
            connection.close()


class _Watch:
    """Looks after the private PostgreSQL between the children's turns; starts it again when it died."""

    def __init__(self, server: PrivateServer | None, say: Callable[[str], None]) -> None:
        self._server = server
        self._say = say
        self._next_look_at = 0.0
        self._wait_seconds = 1.0

    def __call__(self) -> None:
        now = time.monotonic()
        if self._server is None or now < self._next_look_at:
            return
        try:
            if self._server.ensure():
                self._say(_("PostgreSQL had died; it runs again and nothing that was saved is lost."))
            self._wait_seconds = 1.0
        except Trouble as trouble:
            self._say(str(trouble))
            self._wait_seconds = min(self._wait_seconds * 2, 30.0)
        self._next_look_at = time.monotonic() + self._wait_seconds
