"""What the models would have said, beside what came: CDNOW, Online Retail II and Ta-Feng.

`SETIA_DATASETS=… python -m bench.backtests` fits each model on the first part of a shop's history and lets it speak
about the rest: purchases and money of each customer, beside two naive rules (the same as in the period before; the
average rate for whoever bought lately, nothing for the others), and how often those who were told a probability came
back. Next baskets are foretold on the published split of Ta-Feng. Answers go to insight/docs/proofs.md.
"""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.proofs import keep, parts, table
from setia_insight import basket, check, value
from setia_insight.basket import NextBasket
from setia_insight.repeat import MODELS
from setia_insight.summary import holdout
from setia_insight.value import GammaGamma

Floats = NDArray[np.float64]
RECENCY_DAYS = 90
NAMES = {
    "BetaGeometricNBD": "BG/NBD",
    "ModifiedBetaGeometricNBD": "MBG/NBD",
    "ParetoNBD": "Pareto/NBD",
    "LATEST_PERIOD": "as in the period before",
    "RECENCY": f"mean rate if bought within {RECENCY_DAYS} days",
}


@dataclass(frozen=True)
class Shop:
    """Orders of known customers (purchases only), what is learned from, and what is foretold."""

    name: str
    orders: pa.Table
    split: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """The days foretold."""
        return (self.end - self.split).days


def cdnow(folder: Path, file: str, column: int, name: str) -> Shop:
    """39 weeks to learn from, 39 to foretell."""
    rows = [line.split() for line in (folder / "cdnow" / file).read_text().splitlines()]
    rows = [row for row in rows if row[-1].replace(".", "", 1).isdigit()]
    orders = pa.table(
        {
            "customer": pa.array([int(row[column]) for row in rows], pa.int64()),
            "day": pa.array([dt.date.fromisoformat(row[column + 1]) for row in rows], pa.date32()),
            "amount": pa.array([float(row[-1]) for row in rows], pa.float64()),
        }
    )
    return Shop(name, orders, dt.date(1997, 9, 30), dt.date(1998, 6, 30))


def retail(folder: Path) -> Shop:
    """Eighteen months to learn from, six to foretell. An invoice is an order; one of no or negative money is none."""
    orders = duckdb.execute(
        """
        select max(nullif(nullif(trim("Customer ID"), ''), '0')::bigint) as customer,
               min(InvoiceDate::timestamp)::date as day, sum(Quantity::double * Price::double) as amount
        from read_csv(?, all_varchar = true, header = true)
        where Invoice not like 'C%'
        group by Invoice
        having sum(Quantity::double * Price::double) > 0
           and max(nullif(nullif(trim("Customer ID"), ''), '0')) is not null
        """,
        [str(folder / "retail" / "online_retail_2.csv.gz")],
    ).to_arrow_table()
    return Shop("Online Retail II", orders, dt.date(2011, 5, 31), dt.date(2011, 11, 30))


def _accuracy(said: Floats, came: Floats) -> tuple[float, float, float]:
    """Sum foretold, correlation, mean absolute error."""
    varied = said.std() > 0 and came.std() > 0
    return float(said.sum()), float(np.corrcoef(said, came)[0, 1]) if varied else float("nan"), _mae(said, came)


def _mae(said: Floats, came: Floats) -> float:
    return float(np.abs(said - came).mean())


def foretell(shop: Shop) -> list[str]:
    """The lines about one shop."""
    found = check.compare(shop.orders, split=shop.split, end=shop.end, recency_days=RECENCY_DAYS)
    known = holdout(shop.orders, split=shop.split, end=shop.end)
    x, t_x, age, mean = (known[name].to_numpy() for name in ("x", "t_x", "T", "repeat_value"))
    bought, spent = known["holdout_days"].to_numpy() > 0, known["holdout_value"].to_numpy()
    scores = {row["model"]: row for row in found.scores.to_pylist()}
    money = GammaGamma().fit(x, mean)
    rows: list[list[str]] = []
    groups: list[list[str]] = []
    for kind in MODELS:
        model = kind().fit(x, t_x, age)
        told = value.spend(model, money, x, t_x, age, mean, horizon=shop.days, coverage=0.8)
        held = float(((spent >= told["low"].to_numpy()) & (spent <= told["high"].to_numpy())).mean())
        name = kind.__name__
        rows.append(_row(scores[name], _accuracy(told["expected_spend"].to_numpy(), spent), f"{100 * held:.1f} %"))
        groups += _calibration(
            NAMES[name],
            model.probability_alive(x, t_x, age),
            model.probability_of_purchase(x, t_x, age, shop.days),
            bought,
        )
    before, rate = _rules(shop, known)
    rows += [
        _row(scores["LATEST_PERIOD"], _accuracy(before, spent), ""),
        _row(scores["RECENCY"], _accuracy(rate, spent), ""),
    ]
    head = ["", "purchases foretold", "correlation", "MAE", "RMSE", "AUC of buying again", "nats behind, per 1,000"]
    head += ["money foretold", "correlation", "MAE", "in its 80 % interval"]
    totals = f"{scores['RECENCY']['actual']:,.0f} purchase days and {spent.sum():,.0f} of money came"
    return [
        f"### {shop.name}",
        "",
        f"{known.num_rows:,} customers known on {shop.split}, {shop.days} days foretold, to {shop.end}; {totals}. "
        f"Money: Gamma-Gamma, correlation of money and frequency {money.correlation:.2f}. {found.why}",
        "",
        *table(head, rows),
        "",
        "In fifths by P(alive), what was said and what came: mean P(alive); the chance of a purchase within these "
        "days; the share who bought. Last, the mean distance of the latter two over twenty groups by that chance.",
        "",
        *table(["", *(f"fifth {k}" for k in range(1, 6)), "distance"], groups),
        "",
    ]


def _row(score: dict[str, Any], worth: tuple[float, float, float], held: str) -> list[str]:
    behind = score["behind"]
    if behind is None:
        gap = ""
    else:
        gap = f"{1000 * behind:.1f} ± {1000 * score['behind_error']:.1f}" if behind else "0"
    return [
        NAMES[score["model"]],
        f"{score['predicted']:,.0f}",
        f"{score['correlation']:.3f}",
        f"{score['error']:.3f}",
        f"{score['root_square']:.3f}",
        f"{score['auc']:.3f}",
        gap,
        f"{worth[0]:,.0f}",
        f"{worth[1]:.3f}",
        f"{worth[2]:,.2f}",
        held,
    ]


def _rules(shop: Shop, known: pa.Table) -> tuple[Floats, Floats]:
    """Money by the naive rules: what each spent in as many days before; the average rate of those who bought lately."""
    start = np.datetime64(shop.split) - shop.days
    customer, day = shop.orders["customer"].to_numpy(), shop.orders["day"].to_numpy()
    within = (day > start) & (day <= np.datetime64(shop.split))
    who = known["customer"].to_numpy()
    before = np.bincount(
        np.searchsorted(who, customer[within]), shop.orders["amount"].to_numpy()[within], minlength=len(who)
    )
    silent = known["T"].to_numpy() - known["t_x"].to_numpy()
    repeat = np.nan_to_num(known["repeat_value"].to_numpy()) * known["x"].to_numpy()
    rate = float(repeat.sum() / known["T"].to_numpy().sum())
    return before, np.where(silent <= RECENCY_DAYS, rate * shop.days, 0.0)


def _calibration(name: str, alive: Floats, chance: Floats, bought: NDArray[np.bool_]) -> list[list[str]]:
    fifths = np.array_split(np.argsort(alive, kind="stable"), 5)
    fine = check.calibration(chance, bought.astype(float), groups=20)
    apart = (
        np.abs(fine["predicted"].to_numpy() - fine["actual"].to_numpy()) @ fine["customers"].to_numpy() / len(chance)
    )
    cells = [f"{alive[part].mean():.3f}; {chance[part].mean():.3f}; {bought[part].mean():.3f}" for part in fifths]
    return [[name, *cells, f"{apart:.3f}"]]


PUBLISHED = (
    ("TIFU-KNN as published (Hu et al. 2020; Li et al. 2023)", ".1301", ".1810", ".1011", ""),
    ("personal, then global frequency as published (Li et al. 2023)", ".1351", ".1832", "", ""),
)


def tafeng(folder: Path) -> list[str]:
    """The lines about next baskets."""
    history = json.loads((folder / "basket" / "tafeng_history.json").read_text())
    future = json.loads((folder / "basket" / "tafeng_future.json").read_text())
    customer, day, product = [], [], []
    for name, baskets in history.items():
        for number, bought in enumerate([*baskets[1:-1], future[name][1]]):
            customer += [int(name)] * len(bought)
            day += [number] * len(bought)
            product += bought
    known, held = basket.read({"customer": customer, "day": day, "product": product}).without_latest()
    models: dict[str, NextBasket] = {
        "own habits and a tenth of those alike": basket.CANDIDATES["PERSONAL_AND_ALIKE"],
        "personal, then global frequency": NextBasket.personal(),
        "personal, the latest baskets counting more (.7)": NextBasket.personal(0.7),
        "TIFU-KNN": NextBasket(),
    }
    rows = [[name, *_hits(model.fit(known), held)] for name, model in models.items()]
    return [
        "### Next baskets: Ta-Feng, the Reality-Check split",
        "",
        f"{len(known.customers):,} customers, each one's latest basket foretold from those before.",
        "",
        *table(
            ["", "Recall@10", "Recall@20", "NDCG@10, divided as published", "NDCG@10"],
            [*rows, *(list(row) for row in PUBLISHED)],
        ),
        "",
        "As published, a basket of more than ten products is measured against all of them in the divisor of NDCG, so "
        "that its best possible is below 1; the latest column measures against the best ten. The published TIFU-KNN is "
        "the mean over folds of customers whose neighbours are the others; here all are asked, and all are neighbours. "
        "Weights there start from seven parts also for customers with fewer baskets, here from as many as there are.",
        "",
    ]


def _hits(model: NextBasket, held: basket.Lines) -> list[str]:
    size = np.bincount(held.customer, minlength=len(held.customers))
    ten, twenty = (_hit(model, held, most) for most in (10, 20))
    gain = 1.0 / np.log2(np.arange(2, max(int(size.max()), 10) + 2))
    best, reached = np.cumsum(gain), (ten * gain[:10]).sum(axis=1)
    figures = (
        (ten.sum(axis=1) / size).mean(),
        (twenty.sum(axis=1) / size).mean(),
        (reached / best[size - 1]).mean(),
        (reached / best[np.minimum(size, 10) - 1]).mean(),
    )
    return [f"{figure:.4f}".lstrip("0") for figure in figures]


def _hit(model: NextBasket, held: basket.Lines, most: int) -> NDArray[np.bool_]:
    """Of each customer's `most` likeliest products, which were bought. Asked for anew for each `most`: which of several
    products of one score stand at the end of a list depends on its length."""
    places = {one: i for i, one in enumerate(held.products.to_pylist())}
    told = np.array([places[one] for one in model.recommend(most=most)["product"].to_pylist()]).reshape(-1, most)
    width = np.int64(len(held.products))
    return np.isin(np.arange(len(told))[:, None] * width + told, np.sort(held.customer * width + held.product))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and keep it."""
    parser = argparse.ArgumentParser(prog="bench.backtests", description=__doc__)
    parser.add_argument("--only", default="cdnow-sample,cdnow,retail,tafeng")
    parser.add_argument("--no-page", action="store_true", help="print only")
    wanted = parser.parse_args(arguments)
    if not (named := os.environ.get("SETIA_DATASETS")):
        parser.error("set SETIA_DATASETS to the folder of the real data sets")
    folder = Path(named)
    work = {
        "cdnow-sample": lambda: foretell(cdnow(folder, "CDNOW_sample.txt", 1, "CDNOW, the 1/10 sample")),
        "cdnow": lambda: foretell(cdnow(folder, "CDNOW_master.txt", 0, "CDNOW, all")),
        "retail": lambda: foretell(retail(folder)),
        "tafeng": lambda: tafeng(folder),
    }
    known = parts("Back-tests")  # what is not asked for this time stays as it is
    for part in wanted.only.split(","):
        lines = work[part]()
        known[lines[0].removeprefix("### ")] = lines
        print("\n".join(lines), flush=True)
    if not wanted.no_page:
        keep(
            "Back-tests",
            ["Written by `python -m bench.backtests`.", "", *(line for some in known.values() for line in some)],
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
