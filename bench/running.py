"""`setia up` as a child: started, waited for, stopped."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.workshop import ROOT, Unavailable


@dataclass(frozen=True)
class Up:
    """A Setia that answers: its port, the supervisor's process, and the seconds until its first answer."""

    port: int
    pid: int
    ready_seconds: float


@contextmanager
def up(environment: dict[str, str], *, log: Path, within_seconds: float = 180) -> Iterator[Up]:
    """Start `setia up` on a free port and stop it at the block's end. Raises `Unavailable` when it never answers."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "setia"), "up", "--no-dump", "--port", str(port)]
    begun = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=ROOT)
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - begun > within_seconds:
                raise Unavailable(f"setia up did not answer: {log.read_text().strip()[-300:]}")
            time.sleep(0.02)
        yield Up(port, process.pid, time.perf_counter() - begun)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
