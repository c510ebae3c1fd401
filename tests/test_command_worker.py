"""The worker that has grown by counting ends when it rests, and becomes a fresh one under the same process number."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from setia.command import worker
from setia.command.worker import Renewal

_GROWN = """
import os, sys, types
import django.core.management as management
from setia.command import worker

worker.LOOK_SECONDS = .05
stopped = __import__("threading").Event()
print("begun", os.getpid(), len(sys.argv), flush=True)
if os.environ.get("TURN"):
    sys.exit()
os.environ["TURN"] = "2"
sys.modules["numpy"] = types.ModuleType("numpy")
management.execute_from_command_line = lambda arguments: stopped.wait(20)
worker.signal.signal(worker.signal.SIGTERM, lambda *_: stopped.set())
worker._resting = lambda: True
real = os.execv
worker.os.execv = lambda path, arguments: real(path, [path, __file__, *arguments[3:]])
worker.Renewal.__init__.__kwdefaults__["every"] = .05
worker.main(["--concurrency", "3"])
"""


def _looked(answers: list[bool], monkeypatch: pytest.MonkeyPatch, *, heavy: bool) -> tuple[bool, int]:
    """Whether the worker was told to stop, and how often it was asked whether it rests."""
    asked = 0
    done = threading.Event()

    def resting() -> bool:
        nonlocal asked
        asked += 1
        if asked > len(answers):
            done.set()
            return False
        return answers[asked - 1]

    monkeypatch.setattr(worker, "HEAVY", frozenset({"sys" if heavy else "not_loaded_by_anybody"}))
    renewal = Renewal(resting, stop=done.set, every=0.005)
    renewal.start()
    done.wait(5 if heavy else 0.2)
    renewal.end()
    renewal.join(5)
    return renewal.wished, asked


def test_it_ends_once_it_has_rested_twice_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _looked([True, False, True, True], monkeypatch, heavy=True) == (True, 4)
    assert not _looked([False, True, False], monkeypatch, heavy=True)[0]


def test_a_small_worker_is_left_alone_and_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _looked([True, True], monkeypatch, heavy=False) == (False, 0)


def test_the_fresh_one_has_the_number_of_the_old_one_and_its_arguments(tmp_path: Path) -> None:
    script = tmp_path / "grown.py"
    script.write_text(_GROWN)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    first, second = (line.split() for line in done.stdout.splitlines())
    assert first[1] == second[1]
    assert (first[2], second[2]) == ("1", "3")
