"""Renewal curves of cohorts: the share of each that was still there renewal by renewal, and where it is heading.

Up to now a curve is counted. Beyond, each customer still there stays with the chance that `ShiftedBetaGeometric` gives
to one who has renewed so often; the model is learnt from all cohorts together, so that a young one leans on the old.
The interval holds both what chance does to a handful of customers and what not knowing the parameters exactly amounts
to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln
from scipy.stats import beta as beta_distribution

from setia_insight._newton import normal
from setia_insight.contract._shifted import ShiftedBetaGeometric, _read
from setia_insight.errors import BadInput

_COUNTED = 2_000
"""Customers up to whom the interval is one of whole customers; beyond, their number is as good as continuous."""


def renewal_curves(
    cohort: Any,
    periods: ArrayLike,
    left: ArrayLike,
    *,
    ahead: int = 12,
    coverage: float = 0.8,
    model: ShiftedBetaGeometric | None = None,
) -> pa.Table:
    """What share of each cohort is there after each renewal, counted so far and projected `ahead` renewals further.

    One row per contract: `cohort` (the month it began, say: Arrow, NumPy or a list, of any kind that sorts), `periods`
    and `left` as `ShiftedBetaGeometric.fit` takes them. Without a fitted `model` one is fitted to these contracts,
    which raises `NotEnoughData` when they are too few.

    Columns, by cohort and period: `cohort` (as given), `period` (int32, from 0), `customers` (int64, who began),
    `survival` (float64, the share still there: counted, or expected), `low` and `high` (float64: between them lies
    the share with probability `coverage`; where `survival` is counted both are equal to it; NaN where the model has
    no proper maximum), `projected` (bool: not all of those still there have come so far), `fitted` (float64: the
    model's own curve, the same for all cohorts). Raises `BadInput` for impossible rows.
    """
    normal(coverage)
    if ahead < 0:
        raise BadInput(f"ahead is a number of renewals, 0 or more, not {ahead}")
    t, gone, _ = _read(periods, left, None)
    named = cohort if isinstance(cohort, pa.Array | pa.ChunkedArray) else pa.array(cohort)
    if isinstance(named, pa.ChunkedArray):
        named = named.combine_chunks()
    if len(named) != len(t):
        raise BadInput(f"cohort and periods must be as long as each other, not {len(named)} and {len(t)}")
    if named.null_count:
        raise BadInput("some contracts have no cohort")
    curve = model if model is not None else ShiftedBetaGeometric().fit(t, gone)
    names = named.unique().sort() if len(named) else named
    place = np.asarray(pa.compute.index_in(named, names))
    found = [_one(curve, t[place == c], gone[place == c], ahead, coverage) for c in range(len(names))]
    rows = np.array([len(one["period"]) for one in found], dtype=np.int64)
    columns = {"cohort": names.take(pa.array(np.repeat(np.arange(len(names)), rows)))}
    for name, kind in _COLUMNS.items():
        values = [one[name] for one in found]
        columns[name] = pa.array(np.concatenate(values) if values else np.zeros(0), kind)
    return pa.table(columns)


_COLUMNS = {
    "period": pa.int32(),
    "customers": pa.int64(),
    "survival": pa.float64(),
    "low": pa.float64(),
    "high": pa.float64(),
    "projected": pa.bool_(),
    "fitted": pa.float64(),
}


def _one(
    model: ShiftedBetaGeometric, t: NDArray[np.int64], gone: NDArray[np.bool_], ahead: int, coverage: float
) -> dict[str, NDArray[Any]]:
    """The curve of one cohort; contracts with equal renewals are counted together."""
    everyone, furthest = len(t), int(t.max())
    period = np.arange(furthest + ahead + 1)
    lost = np.cumsum(np.bincount(t[gone], minlength=len(period)))
    staying = np.bincount(t[~gone], minlength=furthest + 1)
    renewed = np.flatnonzero(staying)
    many = staying[renewed].astype(np.float64)

    # Who is still there is certain up to the renewals made, and stays beyond with the model's chance. `low` and `high`
    # come from the number of those not yet so far, open[k] of them.
    further = period[None, :] > renewed[:, None]
    chance, slope = model._stay(
        renewed[:, None].astype(np.float64), np.maximum(period[None, :], renewed[:, None]) * 1.0
    )
    weight = np.where(further, many[:, None], 0.0)
    open_, stay = weight.sum(axis=0), (weight * chance).sum(axis=0)
    by_chance = (weight * chance * (1.0 - chance)).sum(axis=0)
    by_parameters = model._spread((weight * slope).sum(axis=1)) ** 2
    # A customer whose contract ended at renewal k was there up to the one before; those with fewer renewals are open.
    known = everyone - lost - open_
    low, high = np.zeros(len(period)), np.zeros(len(period))
    for k in range(len(period)):
        low[k], high[k] = _between(int(open_[k]), float(stay[k]), float(by_chance[k] + by_parameters[k]), coverage)
    return {
        "period": period,
        "customers": np.full(len(period), everyone),
        "survival": (known + stay) / everyone,
        "low": (known + low) / everyone,
        "high": (known + high) / everyone,
        "projected": open_ > 0,
        "fitted": model.survival(period),
    }


def _between(many: int, mean: float, variance: float, coverage: float) -> tuple[float, float]:
    """Between which numbers of `many` customers those who stay lie, by the beta-binomial of this mean and variance."""
    if many == 0:
        return 0.0, 0.0
    if not np.isfinite(variance):
        return np.nan, np.nan
    share, tails = mean / many, (0.5 - coverage / 2, 0.5 + coverage / 2)
    alike = variance / (many * share * (1.0 - share))
    # The variance of a share that is itself uncertain, spread / (1 + spread): 0 for a binomial, 1 for all or nobody.
    excess = min(max((alike - 1.0) / max(many - 1.0, 1.0), 1e-7), 1.0 - 1e-7)
    a, b = share * (1.0 / excess - 1.0), (1.0 - share) * (1.0 / excess - 1.0)
    if many > _COUNTED:
        spread = min(alike / many, 1.0 - 1e-9)
        a, b = share * (1.0 / spread - 1.0), (1.0 - share) * (1.0 / spread - 1.0)
        low, high = beta_distribution.ppf(tails, a, b) * many
        return float(low), float(high)
    k = np.arange(many + 1.0)
    log = gammaln(many + 1) - gammaln(k + 1) - gammaln(many - k + 1) + betaln(a + k, b + many - k) - betaln(a, b)
    sum_to = np.cumsum(np.exp(log))
    first, second = np.searchsorted(sum_to / sum_to[-1], tails)
    return float(first), float(second)
