"""Who leaves, given what is known about them: the risk from period to period, and the risk of a snapshot.

`Survival` is the discrete-time hazard model (Singer & Willett 1993, J. of Educational Statistics 18(2)): one row per
customer and period lived through, a logistic regression on covariates and on the period, which bends. `Risk` is the
same regression on one row per customer, for files that tell only who left and what they were like (such as a snapshot
taken once): its answer is the probability of being among those who left, not a rate per period.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight import _logistic
from setia_insight.contract._shifted import _read
from setia_insight.errors import BadInput, InsightError, NotEnoughData


@dataclass(frozen=True)
class Risk:
    """Logistic regression with bent numbers and a ridge of `penalty`; frozen, so `fit` answers with a new model."""

    penalty: float = 1.0
    design: _logistic.Design | None = None
    logistic: _logistic.Logistic | None = None
    customers: int = 0

    needs: ClassVar[dict[str, int]] = {"customers": 50, "left": 10}
    """Less than this and `fit` raises `NotEnoughData`."""

    @property
    def converged(self) -> bool:
        """Whether the fit found its maximum."""
        return self.logistic is not None and self.logistic.ended == "CONVERGED"

    def fit(self, covariates: Any, left: ArrayLike) -> Self:
        """Learn from a table with a row per customer (numbers, words or truth values) and whether each has left."""
        gone = np.asarray(left, dtype=np.float64)
        design = _logistic.Design.of(covariates)
        matrix = design.matrix(covariates)
        if len(matrix) != len(gone) or not bool(np.isin(gone, (0.0, 1.0)).all()):
            raise BadInput(f"left says yes or no for each of the {len(matrix)} rows of covariates")
        has = {"customers": len(gone), "left": int(gone.sum())}
        if any(has[key] < least for key, least in self.needs.items()):
            raise NotEnoughData("Risk", self.needs, has)
        fitted = _logistic.fit(matrix, gone, np.ones(len(gone)), self.penalty)
        return replace(self, design=design, logistic=fitted, customers=len(gone))

    def probability(self, covariates: Any) -> NDArray[np.float64]:
        """The probability of having left, of each row."""
        design, logistic = self._fitted()
        return logistic.probability(design.matrix(covariates))

    def reasons(self, covariates: Any, most: int = 3) -> pa.Table:
        """What raises each customer's risk above the average, most important first.

        Columns: `row` (int64), `rank` (int32, from 1), `column` (string), `odds` (float64, the factor by which the
        column multiplies the odds compared with the average customer learned from); only factors above 1.
        """
        design, logistic = self._fitted()
        matrix = design.matrix(covariates)
        parts, start = [], 1
        for column in design.columns:
            share = matrix[:, start - 1 : start - 1 + column.width] @ logistic.weights[start : start + column.width]
            parts.append(share)
            start += column.width
        shares = np.stack(parts, axis=1)
        shares = shares - shares.mean(axis=0)
        order = np.argsort(-shares, axis=1, kind="stable")[:, :most]
        found = np.take_along_axis(shares, order, axis=1)
        kept = found > 0
        rows, ranks = np.nonzero(kept)
        names = np.array([column.name for column in design.columns], dtype=object)
        return pa.table(
            {
                "row": pa.array(rows.astype(np.int64)),
                "rank": pa.array((ranks + 1).astype(np.int32)),
                "column": pa.array(names[order[kept]].tolist(), pa.string()),
                "odds": pa.array(np.exp(found[kept])),
            }
        )

    def _fitted(self) -> tuple[_logistic.Design, _logistic.Logistic]:
        if self.design is None or self.logistic is None:
            raise InsightError("Risk has not been fitted yet: call fit first")
        return self.design, self.logistic


@dataclass(frozen=True)
class Survival:
    """Discrete-time survival with covariates that stay as they are; frozen, so `fit` answers with a new model."""

    penalty: float = 1.0
    design: _logistic.Design | None = None
    logistic: _logistic.Logistic | None = None
    clock: _logistic.Design | None = None
    customers: int = 0

    needs: ClassVar[dict[str, int]] = {"customers": 50, "left": 10}
    """Less than this and `fit` raises `NotEnoughData`."""

    @property
    def converged(self) -> bool:
        """Whether the fit found its maximum."""
        return self.logistic is not None and self.logistic.ended == "CONVERGED"

    def fit(self, periods: ArrayLike, left: ArrayLike, covariates: Any) -> Self:
        """Learn from periods and endings as `ShiftedBetaGeometric.fit` takes them, and a table of covariates."""
        t, gone, _ = _read(periods, left, None)
        has = {"customers": len(t), "left": int(gone.sum())}
        if any(has[key] < least for key, least in self.needs.items()):
            raise NotEnoughData("Survival", self.needs, has)
        design = _logistic.Design.of(covariates)
        matrix = design.matrix(covariates)
        if len(matrix) != len(t):
            raise BadInput(f"there are {len(t)} customers but {len(matrix)} rows of covariates")
        who = np.repeat(np.arange(len(t)), t)
        period = np.arange(len(who)) - np.repeat(np.cumsum(t) - t, t) + 1
        happened = (gone[who] & (period == t[who])).astype(np.float64)
        clock = _logistic.Design.of({"period": period.astype(np.float64)})
        wide = np.hstack([clock.matrix({"period": period.astype(np.float64)}), matrix[who]])
        fitted = _logistic.fit(wide, happened, np.ones(len(who)), self.penalty)
        return replace(self, design=design, clock=clock, logistic=fitted, customers=len(t))

    def risk(self, renewed: ArrayLike, covariates: Any, within: int = 1) -> NDArray[np.float64]:
        """The chance of leaving within the next `within` renewals, of customers who have made `renewed`."""
        return 1.0 - self.survival(renewed, covariates, within)[:, -1]

    def survival(self, renewed: ArrayLike, covariates: Any, periods: int) -> NDArray[np.float64]:
        """The chance of still being there after 1 … `periods` further renewals: [customers, periods]."""
        if self.design is None or self.logistic is None or self.clock is None:
            raise InsightError("Survival has not been fitted yet: call fit first")
        if periods < 1:
            raise BadInput(f"periods are 1 or more, not {periods}")
        matrix = self.design.matrix(covariates)
        n = np.broadcast_to(np.asarray(renewed, dtype=np.float64), (len(matrix),))
        stays = np.ones((len(matrix), periods))
        for k in range(periods):
            wide = np.hstack([self.clock.matrix({"period": n + k + 1}), matrix])
            stays[:, k] = 1.0 - self.logistic.probability(wide)
        return np.asarray(np.cumprod(stays, axis=1), dtype=np.float64)
