"""`setia up` on a home that exists: until a page answers, then what it costs while nobody asks for anything.

The home has its own private PostgreSQL and the small demo shop; it was up once before. Idle begins eighty seconds after
the first answer: within its first minute PostgreSQL tidies up what loading the shop left (autovacuum), once. Memory and
processor time are those of the supervisor, web, worker and PostgreSQL together.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.http import Browser
from bench.processes import cpu_seconds, pss_mib, tree
from bench.report import Row
from bench.running import up
from bench.workshop import ROOT, Workshop
from setia.command.postgres import PrivateServer

_SETTLE_SECONDS = 80
_IDLE_SECONDS = 120


def measure(shop: Workshop, *, repeat: int) -> list[Row]:
    """Rows about starting and idling."""
    home = shop.folder / "start-home"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"SETIA_HOME": str(home), "LANG": "C.UTF-8"}
    setia = str(Path(sys.executable).parent / "setia")
    subprocess.run([setia, "demo"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    log = shop.folder / "up.log"
    with up(environment, log=log):  # compiles, collects pages' files: what a first start does
        pass
    seconds = []
    for turn in range(repeat):
        with up(environment, log=log) as running:
            seconds.append(running.ready_seconds)
            if turn == repeat - 1:
                Browser(running.port).get("/")
                time.sleep(_SETTLE_SECONDS)
                server = PrivateServer(home)
                roots = [running.pid, *([server.pid] if server.pid else [])]
                before = cpu_seconds(tree(roots))
                time.sleep(_IDLE_SECONDS)
                everything = tree(roots)
                idle = 100 * (cpu_seconds(everything) - before) / _IDLE_SECONDS
                memory = pss_mib(everything)
    return [
        Row("setia up on an existing home, until a page answers", statistics.median(seconds), limit=8),
        Row("idle: memory", memory, "MiB", limit=400e6 / 2**20, note=f"{len(everything)} processes; asked for 400 MB"),
        Row("idle: processor, of one core", idle, "%", limit=2, note=f"over {_IDLE_SECONDS} s"),
    ]
