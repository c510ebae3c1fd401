"""A firm's first day at the command line, each command in a process of its own as a person types it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from setia.command.postgres import PrivateServer

ORDERS = ["order no,date,customer no,name,product,qty,price"] + [
    f"A{number}-{month},2025-{month:02}-{number + 3:02},K{number},Siti {number},gayo,{1 + number % 3},95000"
    for number in range(1, 9)
    for month in range(1, 12, 1 + number % 4)
]

Setia = Callable[..., str]


@pytest.fixture
def setia(place: Path) -> Iterator[Setia]:
    """Runs a command on one home and returns what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    home = place / "firm"
    environment |= {"SETIA_HOME": str(home), "LANG": "C"}

    def run(*words: str, code: int = 0) -> str:
        done = subprocess.run([sys.executable, "-m", "setia", *words], env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr * (not done.stdout)

    run("doctor")
    with PrivateServer(home):  # held, so that not every command starts it and stops it again
        yield run


def test_from_the_first_user_to_the_reports_and_back(setia: Setia, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(ORDERS), encoding="utf-8")

    def ask(*words: str) -> Any:
        return json.loads(setia(*words, "--json"))

    assert "http" in setia("user", "add", "rani@kopi.id", "--role", "owner")
    taken = ask("import", str(file), "--as", "orders")
    assert (taken["rows"], taken["rejected"]) == (len(ORDERS) - 1, 0)

    refreshed = ask("portraits", "refresh")
    assert refreshed["customers"] == 8
    assert refreshed["orders"] == len(ORDERS) - 1
    assert refreshed["models"]["repeat"] == "TOO_FEW", "eight customers make no forecast, and the command says why"

    revenue = ask("report", "revenue")
    assert sum(float(row["revenue"]) for row in revenue) == sum(int(line.split(",")[5]) * 95_000 for line in ORDERS[1:])
    for name in ("base", "retention", "rfm"):
        assert ask("report", name), name
    assert "K" not in setia("report", "base"), "a report counts, it names nobody"
    assert "20" in setia("report", "value"), "what is missing is said"

    again = ask("import", str(file), "--as", "orders")
    assert not [kind for kind, count in [*again["created"].items(), *again["updated"].items()] if count]
    setia("import", "--undo", str(taken["run"]))
    assert not [row for row in ask("report", "revenue") if float(row["revenue"])]
