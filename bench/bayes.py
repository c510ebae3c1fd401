"""The models beside `pymc-marketing`, on the CDNOW sample: the values each gives, and how long it takes.

    SETIA_DATASETS=… python -m bench.bayes [--python PATH]

The peer runs in an environment of its own, made when none is named (it wants Python 3.12). Its most probable parameters
(MAP) and its samples are those of its default priors; ours are the maximum likelihood, with intervals by the delta
method. What is found goes to insight/docs/coming-from.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.backtests import cdnow
from bench.proofs import keep, table
from bench.workshop import ROOT, Unavailable, peer
from setia_insight.repeat import BetaGeometricNBD, ParetoNBD
from setia_insight.summary import summarise
from setia_insight.value import GammaGamma

PAGE = ROOT / "insight" / "docs" / "coming-from.md"
TITLE = "Beside pymc-marketing, on the CDNOW sample"
VERSION = "1.3.0"
_SPREAD = {"v": "gamma"}
"""The peer's name for a parameter, and ours."""


def main() -> int:
    """Measure, print, and keep the section of the page."""
    parser = argparse.ArgumentParser(prog="bench.bayes", description=__doc__)
    parser.add_argument("--python", type=Path, help="of an environment that has pymc-marketing")
    wanted = parser.parse_args()
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        python = wanted.python or environment(folder)
    except Unavailable as why:
        print(why, file=sys.stderr)
        return 1
    lines = _section(folder, python)
    print("\n".join(lines))
    keep(TITLE, lines, PAGE)
    return 0


def environment(folder: Path) -> Path:
    """The Python of an environment with `pymc-marketing`. Raises `Unavailable`."""
    return peer(folder, "pymc-marketing", f"pymc-marketing=={VERSION}", wants=(3, 12))


def _section(folder: Path, python: Path) -> list[str]:
    sample = cdnow(Path(os.environ["SETIA_DATASETS"]), "CDNOW_sample.txt", 1, "CDNOW")
    customers = summarise(sample.orders, as_of=sample.split)
    x, t_x, age, mean = (customers[name].to_numpy() for name in ("x", "t_x", "T", "repeat_value"))
    t_x, age = t_x / 7, age / 7
    some = (x > 0) & (mean > 0)
    ours = {
        "BG/NBD": _timed(lambda: BetaGeometricNBD(unit="WEEK").fit(x, t_x, age)),
        "Pareto/NBD": _timed(lambda: ParetoNBD(unit="WEEK").fit(x, t_x, age)),
        "Gamma-Gamma": _timed(lambda: GammaGamma().fit(x[some], mean[some])),
    }
    data = folder / "bayes.npz"
    np.savez(data, x=x, t_x=t_x, T=age, times=x[some], mean=mean[some])
    done = subprocess.run(
        [python, "-P", Path(__file__).with_name("bayes_peer.py"), data], capture_output=True, text=True, check=True
    )
    about, *theirs = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    rows = []
    for model, (fitted, seconds) in ours.items():
        rows.append((f"{model}: here", _values(fitted.parameters, fitted.intervals(0.95)), f"{seconds:.4f} s", ""))
        for one in theirs:
            if one["what"].split(",")[0] == model:
                rows.append((one["what"], *_their(one, seconds)))
    when = f"{datetime.now(UTC):%Y-%m-%d}"
    return [
        f"Written by `python -m bench.bayes` on {when}: pymc-marketing {about['version']}, {os.cpu_count()} cores,",
        f"load {os.getloadavg()[0]:.0f}; {len(x):,} customers, 39 weeks; money of the {int(some.sum())} with a repeat.",
        "",
        *table(("", "parameters (95 %)", "processor", "times ours"), rows),
        "",
        "Here: maximum likelihood, intervals by the delta method; the median of 15 fits after the first. There: the",
        "time of a first fit, without that of importing; MAP with the default priors, but",
        "where flat ones are named; samples are 1,000 of each of two chains, tuned by as many: mean, 2.5 % and 97.5 %.",
    ]


def _their(one: dict[str, Any], seconds: float) -> tuple[str, str, str]:
    if "problem" in one:
        return one["problem"].replace("|", "/"), f"{one['processor']:.1f} s", ""
    names = {_SPREAD.get(name, name): name for name in one["parameters"]}
    ends = {ours: (one["low"][name], one["high"][name]) for ours, name in names.items()}
    values = _values({ours: one["parameters"][name] for ours, name in names.items()}, ends)
    return values, f"{one['processor']:.1f} s", f"{one['processor'] / seconds:,.0f}"


def _values(parameters: dict[str, float], ends: dict[str, tuple[float, float]]) -> str:
    """Each parameter with its interval; without one where both ends are the value itself."""
    parts = []
    for name, value in parameters.items():
        low, high = ends[name]
        parts.append(f"{name} {value:.4g}" + (f" ({low:.3g} to {high:.3g})" if high > low else ""))
    return ", ".join(parts)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    fitted, seconds = work(), []
    for _turn in range(15):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return fitted, sorted(seconds)[len(seconds) // 2]


if __name__ == "__main__":
    sys.exit(main())
