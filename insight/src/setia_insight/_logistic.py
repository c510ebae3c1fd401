"""Logistic regression with a ridge, and the columns it reads: numbers bent at quantiles, words as one column each.

Newton's method on a strictly concave function: it always ends, and says how. Numbers are standardised; a number with
more than ten values also gets hinges at its 20th, 40th, 60th and 80th percentile, so that a risk may rise and fall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import expit

from setia_insight._tables import arrow
from setia_insight.errors import BadInput

_BENT_FROM = 10


@dataclass(frozen=True)
class Column:
    """How one column becomes numbers: `levels` for words, `centre`, `scale` and `knots` for numbers."""

    name: str
    levels: tuple[str, ...] = ()
    centre: float = 0.0
    scale: float = 1.0
    knots: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """Columns of the design matrix this one takes."""
        return len(self.levels) or 1 + len(self.knots)


@dataclass(frozen=True)
class Design:
    """What was learned about the columns of a table, so that a later table is read the same way."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, table: Any) -> Design:
        """Learn the columns. Missing numbers are taken as the mean, missing words as a word of their own."""
        found = []
        for name, values in _columns(table):
            if isinstance(values, list):
                found.append(Column(name, levels=tuple(sorted(set(values)))))
                continue
            known = values[np.isfinite(values)]
            if len(known) == 0:
                raise BadInput(f"column {name!r} has no number in it")
            scale = float(known.std()) or 1.0
            knots: tuple[float, ...] = ()
            if len(np.unique(known)) > _BENT_FROM:
                knots = tuple(np.unique(np.quantile(known, (0.2, 0.4, 0.6, 0.8))).tolist())
            found.append(Column(name, centre=float(known.mean()), scale=scale, knots=knots))
        return cls(tuple(found))

    def matrix(self, table: Any) -> NDArray[np.float64]:
        """The table as numbers [rows, width]; a word never seen before counts for nothing."""
        given = dict(_columns(table))
        if missing := [column.name for column in self.columns if column.name not in given]:
            raise BadInput(f"the table lacks {', '.join(missing)}")
        parts = []
        for column in self.columns:
            values = given[column.name]
            if isinstance(values, list) != bool(column.levels):
                raise BadInput(f"column {column.name!r} changed between words and numbers")
            if isinstance(values, list):
                place = {level: i for i, level in enumerate(column.levels)}
                hot = np.zeros((len(values), len(column.levels)))
                for row, word in enumerate(values):
                    if word in place:
                        hot[row, place[word]] = 1.0
                parts.append(hot)
                continue
            numbers = np.where(np.isfinite(values), values, column.centre)
            bent = [np.maximum(numbers - knot, 0.0) / column.scale for knot in column.knots]
            parts.append(np.stack([(numbers - column.centre) / column.scale, *bent], axis=1))
        return np.hstack(parts) if parts else np.zeros((0, 0))


def _columns(table: Any) -> list[tuple[str, NDArray[np.float64] | list[str]]]:
    if isinstance(table, np.ndarray):
        if table.ndim != 2:
            raise BadInput(f"covariates as an array have two dimensions, not {table.ndim}")
        return [(f"column {i}", table[:, i].astype(np.float64)) for i in range(table.shape[1])]
    read: list[tuple[str, NDArray[np.float64] | list[str]]] = []
    whole = arrow(table)
    for name in whole.column_names:
        column = whole[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            read.append((name, pc.fill_null(column, "").to_pylist()))
        else:
            try:
                read.append((name, column.cast(pa.float64()).to_numpy()))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
                raise BadInput(f"column {name!r} is neither numbers nor words: {problem}") from problem
    return read


@dataclass(frozen=True)
class Logistic:
    """`weights` (the intercept first) at the maximum of the penalised likelihood, with their covariance."""

    weights: NDArray[np.float64]
    covariance: NDArray[np.float64]
    log_likelihood: float
    ended: str

    def probability(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each row."""
        return np.asarray(expit(self.weights[0] + matrix @ self.weights[1:]), dtype=np.float64)


def fit(
    matrix: NDArray[np.float64], happened: NDArray[np.float64], weight: NDArray[np.float64], penalty: float
) -> Logistic:
    """Maximum of the log-likelihood minus penalty / 2 times the squared weights; the intercept goes free."""
    wide = np.hstack([np.ones((len(matrix), 1)), matrix])
    ridge = np.full(wide.shape[1], penalty)
    ridge[0] = 1e-9
    beta = np.zeros(wide.shape[1])
    mean = float((weight @ happened) / weight.sum())
    beta[0] = np.log((mean + 1e-9) / (1 - mean + 1e-9))

    def value(at: NDArray[np.float64]) -> float:
        score = wide @ at
        return float(weight @ (happened * score - np.logaddexp(0.0, score)))

    best = value(beta) - 0.5 * float(ridge @ beta**2)
    ended = "ITERATIONS"
    for _turn in range(100):
        p = expit(wide @ beta)
        slope = wide.T @ (weight * (happened - p)) - ridge * beta
        information = (wide * (weight * p * (1 - p))[:, None]).T @ wide + np.diag(ridge)
        step = np.linalg.solve(information, slope)
        promise = 0.5 * float(slope @ step)
        if promise < 1e-10:
            ended = "CONVERGED"
            break
        size = 1.0
        while size > 1e-8:
            trial = value(beta + size * step) - 0.5 * float(ridge @ (beta + size * step) ** 2)
            if trial >= best:
                break
            size /= 2
        else:
            ended = "CONVERGED" if promise < 1e-6 else "ITERATIONS"
            break
        beta, best = beta + size * step, trial
    p = expit(wide @ beta)
    information = (wide * (weight * p * (1 - p))[:, None]).T @ wide + np.diag(ridge)
    return Logistic(beta, np.linalg.inv(information), value(beta), ended)
