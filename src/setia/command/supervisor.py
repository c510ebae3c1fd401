"""Keeps child processes running: starts them, starts again what died, stops all of them.

A child that dies is started again at once; one that keeps dying waits 1, 2, 4 … 30 seconds in between, and starts
from the beginning after a minute of life. Each child has a session of its own, so that Ctrl-C in the terminal reaches
the supervisor alone, which then stops them in order. Where the supervisor itself is killed, the kernel (Linux) tells
the children to stop.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from setia.command.logs import Log
from setia.command.words import _

_LONGEST_WAIT_SECONDS = 30.0
_PROVEN_SECONDS = 60.0
_ROUND_SECONDS = 0.25
_PR_SET_PDEATHSIG = 1


class Child:
    """One supervised process and how its starts have gone."""

    def __init__(
        self, name: str, command: list[str], *, environment: Mapping[str, str], log: Log, grace_seconds: float
    ) -> None:
        self.name = name
        self._command = command
        self._environment = dict(environment)
        self.log = log
        self._grace_seconds = grace_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0
        self._next_start_at = 0.0

    @property
    def pid(self) -> int | None:
        """Process id while it lives, else None."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Starts the process; its output goes to the log."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        assert self._process.stdout is not None
        self.log.follow(self._process.stdout)
        self._started_at = time.monotonic()

    def tend(self, now: float) -> str | None:
        """Starts the process again when it is dead and its waiting time is over; returns what to tell about it."""
        if self._process is not None and self._process.poll() is not None:
            code = self._process.returncode
            self._sweep()
            self._process = None
            self._failures = 0 if now - self._started_at > _PROVEN_SECONDS else self._failures + 1
            wait = 0.0 if self._failures <= 1 else min(2.0 ** (self._failures - 2), _LONGEST_WAIT_SECONDS)
            self._next_start_at = now + wait
            why = (
                _("killed by signal {number}").format(number=-code)
                if code < 0
                else _("exit code {code}").format(code=code)
            )
            return _("{name} ended ({why}); starting it again in {seconds:.0f} s. Log: {log}").format(
                name=self.name, why=why, seconds=wait, log=self.log.path
            )
        if self._process is None and now >= self._next_start_at:
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Asks politely; `insist` follows."""
        if self.pid is not None and self._process is not None:
            self._process.terminate()

    def insist(self, *, is_hurried: Callable[[], bool]) -> None:
        """Waits for the end, as long as this child may take and nobody hurries, then ends it and all it has started."""
        if self._process is None:
            return
        deadline = time.monotonic() + self._grace_seconds
        while self._process.poll() is None and time.monotonic() < deadline and not is_hurried():
            time.sleep(0.05)
        self._sweep()
        self._process.wait()
        self._process = None

    def _sweep(self) -> None:
        """Ends what the process left behind: its own children share its session."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Stop:
    """Turns SIGINT, SIGTERM and SIGHUP into a wish to stop; the second one into a hurry."""

    def __init__(self) -> None:
        self._wishes = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: object) -> None:
        self._wishes += 1

    def is_wished(self) -> bool:
        """True once somebody wants the end."""
        return self._wishes > 0

    def is_hurried(self) -> bool:
        """True once somebody wants it at once."""
        return self._wishes > 1


def tend_all(children: list[Child], stop: Stop, *, before: Callable[[], None], say: Callable[[str], None]) -> None:
    """Tends the children until the end is wished; `before` is called in every round, ahead of them."""
    while not stop.is_wished():
        before()
        for child in children:
            if told := child.tend(time.monotonic()):
                say(told)
        time.sleep(_ROUND_SECONDS)


def stop_all(children: list[Child], stop: Stop) -> None:
    """Stops the children, all at once; a second wish to stop cuts the waiting short."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.insist(is_hurried=stop.is_hurried)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
