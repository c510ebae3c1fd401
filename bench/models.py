"""The analytics beside `lifetimes` 0.11.3: BG/NBD and Pareto/NBD fitted to simulated customers (and to the CDNOW sample
where `SETIA_DATASETS` names the folder that holds it), their P(alive) and forecasts, and the summary of customers from
orders.

Both get the same frequency, recency and age in days (integers; CDNOW in weeks), drawn from known parameters, and the
same orders. Seconds are the processor's, on both sides, so that the ratio holds on a busy machine. The JIT's first
compile is done before the clock starts; the peer's import is not counted either. Where the peer's optimiser stops
short, the note says by how much its parameters are the less likely ones.
"""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bench.backtests import cdnow
from bench.report import Row
from bench.workshop import Unavailable, Workshop, peer
from setia_insight.repeat import BetaGeometricNBD, ParetoNBD
from setia_insight.summary import summarise

_HORIZON = 90.0
_ORDERS = 1_000_000
_FEW = (2_500, 10_000)
"""Customers for Pareto/NBD: for more than these the peer takes minutes."""
_AS_OF = date(2026, 6, 30)


def measure(shop: Workshop, *, customers: int, repeat: int) -> list[Row]:
    """Rows about fitting and scoring."""
    x, t_x, age = _customers(customers)
    BetaGeometricNBD(unit="DAY").fit(x[:2000], t_x[:2000], age[:2000]).predict(x, t_x, age, _HORIZON)
    fitted = BetaGeometricNBD(unit="DAY").fit(x, t_x, age)
    fit = _median(lambda: BetaGeometricNBD(unit="DAY").fit(x, t_x, age), repeat)
    score = _median(lambda: fitted.predict(x, t_x, age, _HORIZON), repeat)
    orders = _orders(_ORDERS)
    summarise(orders.slice(0, 1000), as_of=_AS_OF)
    summary = _median(lambda: summarise(orders, as_of=_AS_OF), repeat)
    few = {f"{n:,} customers": (x[:n], t_x[:n], age[:n]) for n in _FEW if n <= customers} | _cdnow()
    theirs: dict[str, Any] = {}
    try:
        theirs = _lifetimes(shop.folder, orders, few, x=x, t_x=t_x, age=age)
        apart = max(abs(fitted.parameters[name] / value - 1) for name, value in theirs["parameters"].items())
        note = f"parameters at most {apart:.1e} apart"
    except Unavailable as why:
        note = str(why)
    name, full = "lifetimes 0.11.3", customers >= 1_000_000
    return [
        Row(
            f"BG/NBD fit, {customers:,} customers",
            fit,
            peer=name,
            peer_value=theirs.get("fit"),
            times_faster=140 if full else None,
            note=note,
        ),
        Row(
            f"P(alive) and expected purchases, {customers:,} customers",
            score,
            peer=name,
            peer_value=theirs.get("score"),
            times_faster=20 if full else None,
        ),
        *(_pareto(who, history, repeat, name, theirs.get("pareto", {}).get(who)) for who, history in few.items()),
        Row(f"summary of customers, {_ORDERS:,} orders", summary, peer=name, peer_value=theirs.get("summary")),
    ]


def _pareto(who: str, history: Sequence[np.ndarray], repeat: int, name: str, peer: dict[str, Any] | None) -> Row:
    fitted = ParetoNBD().fit(*history)
    seconds = _median(lambda: ParetoNBD().fit(*history), max(repeat, 15))
    note = "" if fitted.converged else f"ended {fitted.ended}"
    if peer and "parameters" in peer:
        ahead = fitted.log_likelihood - ParetoNBD.given(**peer["parameters"]).log_likelihood_of(*history)
        note = f"ln L {fitted.log_likelihood:,.3f}, the peer's parameters {ahead:.1g} below it"
    elif peer:
        note = f"the peer: {peer['problem']}"
    return Row(
        f"Pareto/NBD fit, {who}",
        seconds,
        peer=name,
        peer_value=peer["seconds"] if peer else None,
        times_faster=100,
        note=note,
    )


def _cdnow() -> dict[str, tuple[np.ndarray, ...]]:
    """x, t_x and T of the sample in weeks, as published; nothing where the data are not at hand."""
    if "SETIA_DATASETS" not in os.environ:
        return {}
    sample = cdnow(Path(os.environ["SETIA_DATASETS"]), "CDNOW_sample.txt", 1, "CDNOW")
    table = summarise(sample.orders, as_of=sample.split)
    x, t_x, age = (table[name].to_numpy() for name in ("x", "t_x", "T"))
    return {f"the CDNOW sample, {len(x):,} customers": (x, t_x / 7, age / 7)}


def _orders(count: int) -> pa.Table:
    """Orders of a tenth as many customers, on random days of two years."""
    random = np.random.default_rng(8)
    day = (_AS_OF - date(1970, 1, 1)).days - random.integers(0, 730, count)
    return pa.table(
        {
            "customer": random.integers(1, count // 10, count),
            "day": pa.array(day.astype(np.int32), pa.date32()),
            "amount": random.gamma(5.0, 30_000.0, count),
        }
    )


def _customers(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """BG/NBD histories: rate ~ Gamma(.8, 40 days), dropout ~ Beta(.8, 2.5) after each repeat, ages up to two years."""
    random = np.random.default_rng(7)
    age = random.integers(30, 730, count).astype(np.float64)
    rate, leaving = random.gamma(0.8, 1 / 40, count), random.beta(0.8, 2.5, count)
    x, t_x, now = np.zeros(count), np.zeros(count), np.zeros(count)
    alive = np.arange(count)
    while len(alive):
        now[alive] += random.exponential(size=len(alive)) / rate[alive]
        alive = alive[now[alive] < age[alive]]
        x[alive] += 1
        t_x[alive] = now[alive]
        alive = alive[random.random(len(alive)) >= leaving[alive]]
    day = np.minimum(np.ceil(t_x), age)
    return x.astype(np.int32), day.astype(np.int32), age.astype(np.int32)


def _median(work: Callable[[], object], repeat: int) -> float:
    seconds = []
    for _turn in range(max(repeat, 3)):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def _lifetimes(
    folder: Path, orders: pa.Table, few: dict[str, tuple[np.ndarray, ...]], **customers: np.ndarray
) -> dict[str, Any]:
    python = peer(folder, "lifetimes", "lifetimes==0.11.3", "numpy<2", "pandas<2.1", "scipy<1.12")
    data = folder / "customers.npz"
    columns = {name: orders[name].to_numpy() for name in orders.column_names}
    histories = {f"{who}/{name}": column for who, one in few.items() for name, column in zip("xtT", one, strict=True)}
    everything: dict[str, Any] = {"as_of": str(_AS_OF), "few": list(few)} | customers | columns | histories
    np.savez(data, **everything)
    done = subprocess.run(
        [python, Path(__file__).with_name("lifetimes_peer.py"), data, str(_HORIZON)], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Unavailable(f"lifetimes: {done.stderr.strip().splitlines()[-1]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
