"""An import under fire: web, worker and PostgreSQL are killed at random moments, and the end is as if nothing had been.

It takes minutes and a machine of its own, so it runs when asked: `SETIA_KILLS=3` for a small file and three moments,
`SETIA_KILLS=20` (and `SETIA_DATASETS` for the real retail file) for the whole ordeal. Each round prints what was
killed, when, and how it ended.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

KILLS = int(os.environ.get("SETIA_KILLS", "0"))
DATASETS = os.environ.get("SETIA_DATASETS")
TARGETS = ("worker", "web", "postgres", "all")

# What the orders are, told without ids and times of writing: those differ between two equal imports.
CONTENT = """
SELECT (SELECT md5(string_agg(t, '|' ORDER BY t COLLATE "C")) FROM (
          SELECT concat_ws(',', o.number, o.kind, o.total, o.ordered_at, c.number, count(l.*), sum(l.amount)) AS t
          FROM orders_order o LEFT JOIN customers_customer c ON c.id = o.customer_id
          LEFT JOIN orders_orderline l ON l.order_id = o.id GROUP BY o.id, c.number) a),
       (SELECT md5(string_agg(concat_ws(',', code, name), '|' ORDER BY code COLLATE "C")) FROM catalogue_product),
       (SELECT md5(string_agg(concat_ws(',', number, name, region), '|' ORDER BY number COLLATE "C"))
        FROM customers_customer)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    retail = Path(DATASETS or "/nowhere") / "retail" / "online_retail_2.csv.gz"
    if KILLS > 3 and retail.exists():
        return retail
    path = tmp_path_factory.mktemp("files") / "orders.csv"
    with path.open("w") as out:
        out.write("order no,date,customer no,product,qty,price\n")
        for line in range(60_000):
            order = line // 3
            out.write(f"N{order},2026-01-{order % 28 + 1:02d} 10:00,{order % 900},P{line % 400},{line % 5 + 1},1500\n")
    return path


class House:
    """One home with `setia up` on it, and ways to ask and to hurt it."""

    def __init__(self, home: Path, port: int) -> None:
        self.port = port
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DJANGO_", "SETIA_"))}
        self.environment |= {"SETIA_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        self.log = home.parent / "up.log"
        self.up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "setia", "up", "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while b"Setia is at" not in self.log.read_bytes().rpartition(b"--start--")[2]:
            assert self.up.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.2)

    def mark(self) -> None:
        with self.log.open("ab") as log:
            log.write(b"--start--\n")

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "setia", *words], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, code: str) -> str:
        return self.command("manage", "shell", "--no-imports", "-c", code).strip().splitlines()[-1]

    def queue(self, path: Path) -> int:
        return int(
            self.ask(
                "from datetime import UTC, datetime; from pathlib import Path;"
                "from setia.intake.actions import queue, start_draft; at = datetime.now(UTC);"
                f"path = Path({str(path)!r});"
                "run = start_draft(by=None, at=at, what='ORDERS', file_name=path.name, upload=path);"
                "print(queue(run, by=None, at=at).pk)"
            )
        )

    def url(self) -> str:
        return self.ask("import os; print(os.environ['DATABASE_URL'])")

    def kill(self, target: str) -> None:
        assert self.up
        family = psutil.Process(self.up.pid).children(recursive=True)
        chosen = []
        for process in family:
            try:
                words = " ".join(process.cmdline())
            except psutil.NoSuchProcess:  # gone meanwhile, or a zombie nobody has buried
                continue
            kind = "web" if "granian" in words else "worker" if "setia.command.worker" in words else "postgres"
            if target in (kind, "all"):
                chosen.append(process)
        if target in ("postgres", "all"):  # it may have a session of its own
            chosen += [p for p in psutil.process_iter(["cmdline"]) if self.is_ours(p)]
        if target == "all":
            chosen.insert(0, psutil.Process(self.up.pid))
        for process in chosen:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        if target == "all":
            self.up.wait()

    def is_ours(self, process: psutil.Process) -> bool:
        words = process.info["cmdline"] or []
        return bool(words) and "postgres" in words[0] and self.environment["SETIA_HOME"] in " ".join(words)

    def stop(self) -> None:
        if self.up and self.up.poll() is None:
            self.up.send_signal(signal.SIGINT)
            self.up.wait(timeout=60)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    # Not below pytest's own folder: run by root, the database's system user may not enter that.
    with tempfile.TemporaryDirectory(prefix="setia-k-") as folder:
        Path(folder).chmod(0o755)
        place = House(Path(folder) / "home", 18700 + os.getpid() % 900)
        place.mark()
        place.start()
        yield place
        place.stop()


def _wait(url: str, run: int) -> tuple[str, float]:
    """The state a run ended in, and how long that took; the database may be away for a while."""
    begun = time.monotonic()
    state = "?"
    while time.monotonic() - begun < 300:
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                (state,) = connection.execute("SELECT state FROM intake_run WHERE id = %s", [run]).fetchone() or ("?",)
            if state in ("DONE", "FAILED", "CANCELLED"):
                break
        except psycopg.OperationalError:
            pass
        time.sleep(0.25)
    return state, time.monotonic() - begun


def _content(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(CONTENT).fetchone()


@pytest.mark.slow
@pytest.mark.skipif(not KILLS, reason="SETIA_KILLS does not say how many times to kill; 3 for a short run, 20 for all")
def test_an_import_that_is_killed_ends_as_if_undisturbed(house: House, file: Path) -> None:
    url = house.url()
    run = house.queue(file)
    state, undisturbed_seconds = _wait(url, run)
    assert state == "DONE"
    wanted = _content(url)
    house.command("import", "--undo", str(run))
    dice = random.Random(20_111_209)
    turn, longest = 0, undisturbed_seconds
    while turn < KILLS:
        target = TARGETS[turn % len(TARGETS)]
        moment = dice.uniform(0.02, 0.98) * longest
        run = house.queue(file)
        time.sleep(moment)
        with psycopg.connect(url) as connection:
            (before,) = connection.execute("SELECT state FROM intake_run WHERE id = %s", [run]).fetchone() or ("?",)
        house.kill(target)
        if target == "all":
            house.mark()
            house.start()
        state, seconds = _wait(url, run)
        if before == "DONE":  # this run was quicker than the first: killed after the end, it does not count
            longest = min(longest, moment)
        else:
            turn += 1
        round_ = f"{turn} again" if before == "DONE" else f"{turn}"
        end = f"while {before}; {state} {seconds:.0f} s later"
        print(f"{round_}: killed {target} after {moment:.1f} s {end}", flush=True)
        assert state == "DONE"
        assert _content(url) == wanted
        counts = json.loads(
            house.ask(
                f"from setia.intake.models import Run; import json; print(json.dumps(Run.objects.get(pk={run}).counts))"
            )
        )
        assert counts["orders"]["updated"] == 0
        house.command("import", "--undo", str(run))
