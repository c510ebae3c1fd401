"""Whom an action moves: uplift per customer, and how well a ranking by it does.

Two logistic regressions, one of the treated and one of those held out, and the difference of what they say (Radcliffe
& Surry 2011 review the family). A ranking is judged on customers it was not learned on, by the Qini curve (Radcliffe
2007): going down the ranking, how many outcomes did the treatment add, scaled to the treated so far?
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight import _logistic
from setia_insight.errors import BadInput, InsightError, NotEnoughData
from setia_insight.lift._effect import _lot, _numbers


@dataclass(frozen=True)
class Uplift:
    """Treated and held-out regressions with a ridge of `penalty`; frozen, so `fit` answers with a new model.

    The ridge is larger than that of a risk: the difference of two answers is noisier than either.
    """

    penalty: float = 100.0
    design: _logistic.Design | None = None
    with_treatment: _logistic.Logistic | None = None
    without: _logistic.Logistic | None = None

    needs: ClassVar[dict[str, int]] = {"treated": 100, "held_out": 100}
    """Less than this and `fit` raises `NotEnoughData`."""

    @property
    def converged(self) -> bool:
        """Whether both fits found their maximum."""
        fits = (self.with_treatment, self.without)
        return all(fit is not None and fit.ended == "CONVERGED" for fit in fits)

    def fit(self, covariates: Any, treated: ArrayLike, outcome: ArrayLike) -> Self:
        """Learn from eligible customers drawn by lot: a table of what was known before, the lot, and yes or no."""
        lot, happened = _lot(treated), _numbers(outcome, "outcome")
        if not bool(np.isin(happened, (0.0, 1.0)).all()):
            raise BadInput("the outcome is yes or no")
        design = _logistic.Design.of(covariates)
        matrix = design.matrix(covariates)
        if not len(matrix) == len(lot) == len(happened):
            raise BadInput("covariates, treated and outcome must have a row for each customer")
        has = {"treated": int(lot.sum()), "held_out": int((~lot).sum())}
        if any(has[key] < least for key, least in self.needs.items()):
            raise NotEnoughData("Uplift", self.needs, has)
        one, other = (
            _logistic.fit(matrix[who], happened[who], np.ones(int(who.sum())), self.penalty) for who in (lot, ~lot)
        )
        return replace(self, design=design, with_treatment=one, without=other)

    def uplift(self, covariates: Any) -> NDArray[np.float64]:
        """By how much the treatment raises each customer's probability; negative where it puts off."""
        if self.design is None or self.with_treatment is None or self.without is None:
            raise InsightError("Uplift has not been fitted yet: call fit first")
        matrix = self.design.matrix(covariates)
        return self.with_treatment.probability(matrix) - self.without.probability(matrix)


def qini_curve(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike) -> pa.Table:
    """Outcomes the treatment added among the customers ranked highest: a row wherever the score changes.

    Columns: `customers` (int64, so far), `added` (float64: outcomes of the treated minus those of the held out, the
    latter scaled to as many customers as the treated; 0 while nobody was held out). Starts with 0, 0. Equal scores are
    taken together.
    """
    values, lot, happened = _numbers(score, "score"), _lot(treated), _numbers(outcome, "outcome")
    if not values.shape == lot.shape == happened.shape:
        raise BadInput("score, treated and outcome must be as long as each other")
    line = np.argsort(-values, kind="stable")
    values, lot, happened = values[line], lot[line], happened[line]
    stop = np.append(np.flatnonzero(np.diff(values)), len(values) - 1) if len(values) else np.zeros(0, dtype=np.int64)
    n1, n0 = np.cumsum(lot)[stop], np.cumsum(~lot)[stop]
    y1, y0 = np.cumsum(happened * lot)[stop], np.cumsum(happened * ~lot)[stop]
    added = y1 - np.divide(y0 * n1, n0, out=np.zeros(len(stop)), where=n0 > 0)
    return pa.table(
        {
            "customers": pa.array(np.concatenate([[0], stop + 1]).astype(np.int64)),
            "added": pa.array(np.concatenate([[0.0], added])),
        }
    )


def qini(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike) -> float:
    """The area between the ranking's Qini curve and that of no ranking, as a share of the same for a perfect one.

    0 is no better than by lot, below 0 worse. The perfect ranking puts first the treated to whom it happened and the
    held out to whom it did not, and last the treated to whom it did not and the held out to whom it did: nobody can
    reach it, since an outcome is partly chance; so small numbers are usual. NaN where there is nothing to rank.
    """
    lot, happened = _lot(treated), _numbers(outcome, "outcome")
    best = np.where(lot, happened, -happened) if bool(((happened == 0) | (happened == 1)).all()) else None
    if best is None:
        raise BadInput("the outcome is yes or no")
    # In the order of the best possible: bought when treated, then not bought when held out (0), then the rest.
    perfect = _area(2.0 * best + np.where(lot, -1.0, 1.0) * (happened == 0), lot, happened)
    return _area(np.asarray(score, dtype=np.float64), lot, happened) / perfect if perfect > 0 else float("nan")


def _area(score: NDArray[np.float64], lot: NDArray[np.bool_], happened: NDArray[np.float64]) -> float:
    curve = qini_curve(score, lot, happened)
    x, y = curve["customers"].to_numpy().astype(np.float64), curve["added"].to_numpy()
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum() - x[-1] * y[-1] / 2)
