"""A peer that is a Django program of its own: its commands, and its answers under the web server Setia runs under."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.http import Browser
from bench.running import free_port
from bench.workshop import Unavailable


def command(name: str, words: list[str], environment: dict[str, str], *, folder: Path | None = None) -> str:
    """What one of a peer's commands prints. Raises `Unavailable` with its last words when it fails."""
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise Unavailable(f"{name}, {' '.join(words[2:4])}: {said[-1]}")
    return done.stdout


@contextmanager
def served(
    name: str, python: Path, application: str, environment: dict[str, str], *, log: Path, folder: Path | None = None
) -> Iterator[int]:
    """Serve a WSGI application with one worker and as many threads as Setia's pages get; answers the port.

    `granian` is the one beside `python`; `folder` is where it works. Raises `Unavailable` when nothing ever answers.
    """
    port = free_port()
    threads = serving_threads()
    words = [str(python.parent / "granian"), "--interface", "wsgi", "--port", str(port), "--workers", "1", "--no-ws"]
    words += ["--blocking-threads", str(threads), "--log-level", "warning", application]
    with log.open("w") as output:
        process = subprocess.Popen(words, env=environment, cwd=folder, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                Browser(port).get("/")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Unavailable(f"{name} did not answer: {log.read_text().strip()[-200:]}") from None
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def serving_threads() -> int:
    """As many threads as `setia up` gives its pages."""
    return max(2, min(8, 2 * (os.cpu_count() or 1)))
