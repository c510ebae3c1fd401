"""The analytics beside what people use: BG/NBD and Pareto/NBD fitted to simulated customers (and to the CDNOW sample
where `SETIA_DATASETS` names the folder that holds it), their P(alive) and forecasts, beside `lifetimes` and beside the
most probable parameters of `pymc-marketing`; and the summary of customers from orders (`bench.summaries`).

All get the same frequency, recency and age in days (integers; CDNOW in weeks), drawn from known parameters. Seconds are
the processor's over all threads, on every side, so that the ratio holds on a busy machine. What is compiled is compiled
before the clock starts; importing a peer is not counted either. The notes say how far its parameters are from ours, or
by how much they are the less likely ones: `pymc-marketing` has priors of its own, so its answers differ a little where
there are few customers.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import bayes, summaries
from bench.backtests import cdnow
from bench.report import Row
from bench.timing import median
from bench.workshop import Unavailable, Workshop
from setia_insight.repeat import BetaGeometricNBD, ParetoNBD
from setia_insight.summary import summarise

_HORIZON = 90.0
_FEW = (2_500, 10_000)
"""Customers for Pareto/NBD: for more than these the peers take minutes."""
_LIFETIMES = "lifetimes 0.11.3"
_BAYES = f"pymc-marketing {bayes.VERSION}, MAP"
Histories = dict[str, tuple[np.ndarray, ...]]


def measure(shop: Workshop, *, customers: int, orders: int, repeat: int) -> list[Row]:
    """Rows about fitting and scoring, and about counting orders."""
    x, t_x, age = _customers(customers)
    all_of_them = f"{customers:,} customers"
    few = {f"{n:,} customers": (x[:n], t_x[:n], age[:n]) for n in _FEW if n <= customers} | _cdnow()
    old, bayesian = (
        _lifetimes(shop.folder, few, x=x, t_x=t_x, age=age),
        _map(shop.folder, all_of_them, (x, t_x, age), few),
    )
    BetaGeometricNBD(unit="DAY").fit(x[:2000], t_x[:2000], age[:2000]).predict(x, t_x, age, _HORIZON)
    fitted = BetaGeometricNBD(unit="DAY").fit(x, t_x, age)
    fit = median(lambda: BetaGeometricNBD(unit="DAY").fit(x, t_x, age), repeat)
    score = median(lambda: fitted.predict(x, t_x, age, _HORIZON), repeat)
    rows = []
    for peer, theirs, times_faster in (
        (_LIFETIMES, old, 140),
        (_BAYES, bayesian.get(f"BG/NBD, {all_of_them}", _problem(bayesian)), 100),
    ):
        full = customers >= 1_000_000
        rows += [
            Row(
                f"BG/NBD fit, {all_of_them}",
                fit,
                peer=peer,
                peer_value=theirs.get("seconds"),
                times_faster=times_faster if full else None,
                note=_apart(fitted.parameters, theirs),
            ),
            Row(
                f"P(alive) and expected purchases, {all_of_them}",
                score,
                peer=peer,
                peer_value=theirs.get("score"),
                times_faster=20 if full else None,
            ),
        ]
    for who, history in few.items():
        rows += _pareto(
            who,
            history,
            repeat,
            {
                _LIFETIMES: old.get("pareto", {}).get(who, _problem(old)),
                _BAYES: bayesian.get(f"Pareto/NBD, {who}", _problem(bayesian)),
            },
        )
    return rows + summaries.measure(shop, most=orders, repeat=repeat)


def _apart(ours: dict[str, float], theirs: dict[str, Any]) -> str:
    if "parameters" not in theirs:
        return str(theirs.get("problem", ""))
    apart = max(abs(ours[name] / value - 1) for name, value in theirs["parameters"].items())
    return f"parameters at most {apart:.1e} apart"


def _problem(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("problem",) if name in said}


def _pareto(who: str, history: Sequence[np.ndarray], repeat: int, peers: dict[str, dict[str, Any]]) -> list[Row]:
    fitted = ParetoNBD().fit(*history)
    seconds = median(lambda: ParetoNBD().fit(*history), max(repeat, 15))
    rows = []
    for name, theirs in peers.items():
        if not theirs:
            continue  # not asked
        note = "" if fitted.converged else f"ended {fitted.ended}"
        if "parameters" in theirs:
            behind = fitted.log_likelihood - ParetoNBD.given(**theirs["parameters"]).log_likelihood_of(*history)
            below = f"{behind:,.1f}" if behind >= 1 else f"{behind:.1g}"
            note = f"ln L {fitted.log_likelihood:,.3f}, the peer's parameters {below} below it"
        elif "problem" in theirs:
            note = f"the peer: {theirs['problem']}"
        rows.append(
            Row(
                f"Pareto/NBD fit, {who}",
                seconds,
                peer=name,
                peer_value=theirs.get("seconds"),
                times_faster=100,
                note=note,
            )
        )
    return rows


def _cdnow() -> dict[str, tuple[np.ndarray, ...]]:
    """x, t_x and T of the sample in weeks, as published; nothing where the data are not at hand."""
    if "SETIA_DATASETS" not in os.environ:
        return {}
    sample = cdnow(Path(os.environ["SETIA_DATASETS"]), "CDNOW_sample.txt", 1, "CDNOW")
    table = summarise(sample.orders, as_of=sample.split)
    x, t_x, age = (table[name].to_numpy() for name in ("x", "t_x", "T"))
    return {f"the CDNOW sample, {len(x):,} customers": (x, t_x / 7, age / 7)}


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


def _lifetimes(folder: Path, few: Histories, **customers: np.ndarray) -> dict[str, Any]:
    """What `lifetimes` says; where it is not to be had, the problem."""
    data = folder / "customers.npz"
    np.savez(data, few=list(few), **customers, **_named(few))
    try:
        return dict(_said(summaries.lifetimes(folder), "lifetimes_peer.py", data)[0])
    except Unavailable as why:
        return {"problem": str(why)}


def _map(folder: Path, name: str, everybody: tuple[np.ndarray, ...], few: Histories) -> dict[str, Any]:
    """What `pymc-marketing` says, by model and customers; where it is not to be had, the problem."""
    data = folder / "map.npz"
    published = {who: history for who, history in few.items() if not who.startswith(f"{_FEW[0]:,}")}
    asked = [f"BG/NBD, {name}", *(f"Pareto/NBD, {who}" for who in published)]
    np.savez(data, asked=asked, **_named({name: everybody} | published))
    try:
        lines = _said(bayes.environment(folder), "map_peer.py", data)
    except Unavailable as why:
        return {"problem": str(why)}
    return {line["asked"]: line for line in lines}


def _named(histories: Histories) -> dict[str, np.ndarray]:
    return {f"{who}/{name}": part for who, one in histories.items() for name, part in zip("xtT", one, strict=True)}


def _said(python: Path, script: str, data: Path) -> list[dict[str, Any]]:
    """The JSON lines a peer answers. Raises `Unavailable` with its last words."""
    command = [python, "-P", Path(__file__).with_name(script), data, str(_HORIZON)]
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | alone)
    if done.returncode != 0:
        raise Unavailable(f"{script}: {done.stderr.strip().splitlines()[-1]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
