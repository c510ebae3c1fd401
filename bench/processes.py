"""What the kernel says of a tree of processes: memory (PSS) and processor time. Linux only."""

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

_TICKS = os.sysconf("SC_CLK_TCK")


def tree(roots: Iterable[int]) -> list[int]:
    """The processes `roots` and all their descendants that live."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(after_name[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [root for root in roots if Path(f"/proc/{root}").exists()]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.append(one)
            waiting += children.get(one, [])
    return found


def pss_mib(pids: Iterable[int]) -> float:
    """Memory of these processes in MiB, each shared page counted once between those who share it."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time these processes and their ended children have used."""
    total = 0
    for pid in pids:
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, after_name[11:15]))
    return total / _TICKS


class Peak:
    """Watches a process tree's memory while the block runs; `mib` is the most it held at any look."""

    def __init__(self, roots: Callable[[], Iterable[int]], *, every_seconds: float = 0.2) -> None:
        self.mib = 0.0
        self._roots = roots
        self._every = every_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            begun = time.monotonic()
            self.mib = max(self.mib, pss_mib(tree(self._roots())))
            # Looking costs time itself: it may take a tenth of it at most.
            self._over.wait(max(self._every, 9 * (time.monotonic() - begun)))
