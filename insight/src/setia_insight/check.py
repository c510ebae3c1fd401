"""How good a repeat-purchase model is for this firm: what it said beside what happened, and which model to take.

`compare` fits each model on the orders up to one day and lets it speak about the days after: the winner is who gave the
highest probability to what each customer then did (the logarithmic score, which no model can raise by saying anything
but what it believes). The tables behind it are the three pictures of the literature: tracking, frequency, calibration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight._orders import dates, first_days, numbered, read
from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat import MODELS, UNIT_DAYS, Repeat
from setia_insight.summary import holdout
from setia_insight.window import day_number

_MOST_CUSTOMERS = 20_000
_MOST_PURCHASES = 200


@dataclass(frozen=True)
class Comparison:
    """`scores` has a row for each model and each naive rule; `winner` is the model to take, fitted; `why` says so."""

    scores: pa.Table
    winner: Repeat
    why: str
    ended: str
    """``CLEAR`` (two standard errors ahead), ``NARROW`` (ahead by less) or ``ONLY`` (no other could be fitted)."""


def compare(
    orders: pa.Table,
    *,
    split: dt.date,
    end: dt.date,
    models: Sequence[type[Repeat]] = MODELS,
    recency_days: int = 90,
    seed: int = 0,
) -> Comparison:
    """Fit each model on the orders up to `split`, score it on (split, end], pick one and say why.

    Columns of `scores`: `model` (its name, or ``LATEST_PERIOD``: as many purchases as in the equally long window
    before; or ``RECENCY``: the average rate of all, for those who bought within `recency_days`, none for the
    others), `ended`, `log_score` (float64, mean over customers of the log-probability of the number of purchase days
    that came; null for the rules, which give no probabilities), `behind` and `behind_error` (how far below the best,
    per customer, and the standard error of that), `predicted`, `actual` (purchase days of all), `correlation`,
    `error` (mean absolute: least for who says the median, so it flatters a rule that says little), `root_square`
    (root of the mean squared error: least for who says the expectation), `auc` (of "buys again" by expected purchases).

    A model that did not converge takes part only if it ended at the edge of a simpler one. Where two are less than a
    standard error apart the better one is still taken, and `why` says that the data hardly tell them apart. Firms with
    more than 20,000 customers are scored on that many, drawn by `seed`. Raises `NotEnoughData` when none can be fitted.
    """
    table = holdout(orders, split=split, end=end)
    x, t_x, T = (table[name].to_numpy() for name in ("x", "t_x", "T"))
    days, actual = (end - split).days, table["holdout_days"].to_numpy()
    some = np.arange(len(actual))
    if len(some) > _MOST_CUSTOMERS:
        some = np.sort(np.random.default_rng(seed).choice(len(some), _MOST_CUSTOMERS, replace=False))
    rows: list[dict[str, Any]] = []
    fitted: list[Repeat] = []
    scores: list[NDArray[np.float64]] = []
    refused: NotEnoughData | None = None
    for kind in models:
        try:
            model = kind().fit(x, t_x, T)
        except NotEnoughData as few:
            refused = few
            continue
        if model.ended == "ITERATIONS":
            continue
        expected = model.expected_purchases(x, t_x, T, days)
        score = log_score(model, x[some], t_x[some], T[some], days, actual[some])
        fitted.append(model)
        scores.append(score)
        rows.append({"model": kind.__name__, "ended": model.ended, "log_score": float(score.mean())})
        rows[-1] |= _accuracy(expected, actual)
    if not fitted:
        raise refused or NotEnoughData("compare", {"models": 1}, {"models": 0})
    best = max(range(len(fitted)), key=lambda i: float(scores[i].mean()))
    for i, score in enumerate(scores):
        gap = scores[best] - score
        rows[i] |= {"behind": float(gap.mean()), "behind_error": float(gap.std(ddof=1) / np.sqrt(len(gap)))}
    before = _latest_period(orders, table["customer"].to_numpy(), split, days)
    silent, rate = T - t_x, float(x.sum() / max(float(T.sum()), 1.0))
    rules = {"LATEST_PERIOD": before, "RECENCY": np.where(silent <= recency_days, rate * days, 0.0)}
    nothing: dict[str, Any] = {"ended": "RULE", "log_score": None, "behind": None, "behind_error": None}
    rows += [{"model": name} | nothing | _accuracy(said, actual) for name, said in rules.items()]
    names = (
        "model",
        "ended",
        "log_score",
        "behind",
        "behind_error",
        "predicted",
        "actual",
        "correlation",
        "error",
        "root_square",
        "auc",
    )
    answer = pa.table({name: pa.array([row[name] for row in rows]) for name in names})
    return Comparison(answer, fitted[best], *_verdict(rows[: len(fitted)], best, len(some), days))


def _verdict(rows: list[dict[str, Any]], best: int, customers: int, days: int) -> tuple[str, str]:
    name = rows[best]["model"]
    others = [row for i, row in enumerate(rows) if i != best]
    if not others:
        return f"{name} is the only model that could be fitted.", "ONLY"
    rival = min(others, key=lambda row: float(row["behind"]))
    gap, error = float(rival["behind"]), float(rival["behind_error"])
    said = f"{name} gave what {customers:,} customers did in {days} days the highest probability: {1000 * gap:.1f} "
    said += f"(± {1000 * error:.1f}) nats per 1,000 customers ahead of {rival['model']}."
    if gap > 2 * error:
        return said, "CLEAR"
    return said + " The data hardly tell the two apart.", "NARROW"


def log_score(
    model: Repeat, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float, actual: ArrayLike
) -> NDArray[np.float64]:
    """The logarithm of the probability the model gave to the number of purchase days each customer then had."""
    bought = np.minimum(np.asarray(actual, dtype=np.int64), _MOST_PURCHASES)
    most = int(bought.max(initial=0)) + 1
    at_least = model.purchases_at_least(x, t_x, T, horizon, most)
    rows = np.arange(len(bought))
    exactly = at_least[rows, bought] - np.where(bought < _MOST_PURCHASES, at_least[rows, bought + 1], 0.0)
    return np.asarray(np.log(np.maximum(exactly, 1e-12)), dtype=np.float64)


def _accuracy(expected: NDArray[np.float64], actual: NDArray[np.int32]) -> dict[str, float]:
    spread = expected.std() > 0 and actual.std() > 0
    return {
        "predicted": float(expected.sum()),
        "actual": float(actual.sum()),
        "correlation": float(np.corrcoef(expected, actual)[0, 1]) if spread else float("nan"),
        "error": float(np.abs(expected - actual).mean()) if len(actual) else float("nan"),
        "root_square": float(np.sqrt(((expected - actual) ** 2).mean())) if len(actual) else float("nan"),
        "auc": auc(expected, actual > 0),
    }


def auc(score: ArrayLike, happened: ArrayLike) -> float:
    """The chance that of one to whom it happened and one to whom it did not the former has the higher score; ties count
    half. NaN when all or none had it."""
    values, yes = np.asarray(score, dtype=np.float64), np.asarray(happened, dtype=np.bool_)
    if values.shape != yes.shape:
        raise BadInput(f"score and happened must be as long as each other, not {values.shape} and {yes.shape}")
    hits, misses = int(yes.sum()), int((~yes).sum())
    if not hits or not misses:
        return float("nan")
    kinds, place = np.unique(values, return_inverse=True)
    number = np.bincount(place, minlength=len(kinds))
    rank = np.cumsum(number) - (number - 1) / 2
    return float((rank[place[yes]].sum() - hits * (hits + 1) / 2) / (hits * misses))


def _latest_period(orders: pa.Table, customer: NDArray[np.int64], split: dt.date, days: int) -> NDArray[np.float64]:
    seen = read(orders).of_customers()
    within = (seen.day > day_number(split) - days) & (seen.day <= day_number(split))
    pairs = np.unique(np.stack([seen.customer[within], seen.day[within].astype(np.int64)], axis=1), axis=0)
    found, number = np.unique(pairs[:, 0], return_counts=True)
    answer = np.zeros(len(customer))
    answer[np.searchsorted(customer, found)] = number
    return answer


def calibration(predicted: ArrayLike, actual: ArrayLike, *, groups: int = 10) -> pa.Table:
    """What was said beside what happened, in groups of equal size from the lowest to the highest prediction.

    Columns: `group` (int32, from 1), `customers` (int64), `predicted`, `actual` (float64, means), `error` (float64, the
    standard error of `actual`).
    """
    said, came = np.asarray(predicted, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if said.shape != came.shape or said.ndim != 1:
        raise BadInput(f"predicted and actual must be as long as each other, not {said.shape} and {came.shape}")
    if groups < 1:
        raise BadInput(f"groups are 1 or more, not {groups}")
    parts = [part for part in np.array_split(np.argsort(said, kind="stable"), groups) if len(part)]
    return pa.table(
        {
            "group": pa.array(np.arange(1, len(parts) + 1, dtype=np.int32)),
            "customers": pa.array([len(part) for part in parts], pa.int64()),
            "predicted": pa.array([float(said[part].mean()) for part in parts], pa.float64()),
            "actual": pa.array([float(came[part].mean()) for part in parts], pa.float64()),
            "error": pa.array([float(came[part].std() / np.sqrt(len(part))) for part in parts], pa.float64()),
        }
    )


def frequency(model: Repeat, x: ArrayLike, T: ArrayLike, *, most: int = 7) -> pa.Table:
    """How many customers made 0, 1, … `most` or more repeat purchases by T, beside how many the model expects.

    Columns: `x` (int32; the last row is `most` or more), `customers` (int64), `expected` (float64).
    """
    counts, ages = np.asarray(x, dtype=np.int64), np.asarray(T)
    if most < 1:
        raise BadInput(f"most is 1 or more, not {most}")
    kinds, number = np.unique(ages, return_counts=True)
    expected = np.zeros(most + 1)
    nothing = np.zeros(1, dtype=np.int64)
    for age, customers in zip(kinds, number, strict=True):
        at_least = model.purchases_at_least(nothing, nothing, nothing, float(age), most)[0]
        expected += customers * (at_least - np.append(at_least[1:], 0.0))
    return pa.table(
        {
            "x": pa.array(np.arange(most + 1, dtype=np.int32)),
            "customers": pa.array(np.bincount(np.minimum(counts, most), minlength=most + 1)),
            "expected": pa.array(expected),
        }
    )


def tracking(model: Repeat, orders: pa.Table, *, end: dt.date, step_days: int = 7) -> pa.Table:
    """Repeat purchase days of all customers period by period, beside what the model expects of newcomers of their day.

    Fit the model on orders up to some day before `end` and the picture shows how far the forecast holds. Customers
    count from their first purchase day; those who first came after the fit as well. Columns: `until` (date32,
    the period's latest day), `actual`, `expected` (float64, in the period), `actual_total`, `expected_total` (to date).
    """
    if step_days < 1:
        raise BadInput(f"step_days are 1 or more, not {step_days}")
    seen = read(orders).of_customers().until(end)
    if len(seen.day) == 0:
        raise BadInput("there are no orders of customers to track")
    unique, number = numbered(seen.customer)
    first = first_days(number, seen.day, len(unique))
    low, high = int(seen.day.min()), day_number(end)
    span = high - low + 1
    pairs = np.unique(number * span + (seen.day - low))
    later = pairs % span != first[pairs // span] - low
    actual = np.bincount(pairs[later] % span, minlength=span).astype(np.float64)
    born = np.bincount(first - low, minlength=span).astype(np.float64)
    nothing = np.zeros(1, dtype=np.int64)
    per_day = UNIT_DAYS[model.unit]
    stops = np.arange(step_days - 1, span + step_days - 1, step_days).clip(max=span - 1)
    ages = np.unique(np.concatenate([stop - np.flatnonzero(born[: stop + 1]) for stop in stops]))
    curve = np.zeros(span)
    for age in ages:
        curve[age] = model.expected_purchases(nothing, nothing, nothing, age / per_day)[0]
    total = np.array([born[: stop + 1] @ curve[stop - np.arange(stop + 1)] for stop in stops])
    bought = np.cumsum(actual)[stops]
    return pa.table(
        {
            "until": dates((low + stops).astype(np.int32)),
            "actual": pa.array(np.diff(bought, prepend=0.0)),
            "expected": pa.array(np.diff(total, prepend=0.0)),
            "actual_total": pa.array(bought),
            "expected_total": pa.array(total),
        }
    )
