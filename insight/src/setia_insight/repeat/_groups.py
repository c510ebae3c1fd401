"""One model per group of customers: a discrete covariate, such as how they came, region or kind of customer.

Large groups speak for themselves. A small one is drawn towards all together, the more so the fewer its customers: its
parameters are the most probable under a prior around those of all. A group too small even for that is answered by all
together. Whether the groups differ at all is tested by the likelihood ratio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat._base import Repeat


@dataclass(frozen=True)
class Groups:
    """Models by group, fitted by `by_group`."""

    together: Repeat
    """Fitted to everybody; it answers for groups too small and for groups never seen."""
    models: Mapping[Any, Repeat]
    table: pa.Table
    """A row per group: `group`, `customers` (int64), `how` (``OWN``, ``DRAWN`` towards all, or ``TOGETHER``), `ended`,
    and the parameters (float64)."""
    p_value: float
    """How likely groups with models of their own would differ this much by chance (likelihood ratio, chi-squared); NaN
    with fewer than two such groups."""

    def of(self, group: Any) -> Repeat:
        """The model that answers for a group."""
        return self.models.get(group, self.together)

    def predict(
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
        group: ArrayLike,
        horizon: float,
        *,
        coverage: float | None = None,
    ) -> pa.Table:
        """As a model's `predict`, each customer by the group's model, in the order given."""
        columns, kinds = _columns(x, t_x, T, group)
        answer: dict[str, NDArray[np.float64]] = {}
        for kind, rows in kinds.items():
            counts, recency, age = (column[rows] for column in columns)
            told = self.of(kind).predict(counts, recency, age, horizon, coverage=coverage)
            for name in told.column_names:
                answer.setdefault(name, np.empty(len(columns[0])))[rows] = told[name].to_numpy()
        return pa.table(answer) if answer else self.together.predict([], [], [], horizon, coverage=coverage)


def by_group(
    model: Repeat, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, group: ArrayLike, *, spread: float = 0.5
) -> Groups:
    """Fit `model` to everybody and to each group (words or numbers, one per customer).

    `spread` says how much groups are thought to differ: the deviation of the logarithm of their parameters, for the
    groups drawn towards all. A group has a model of its own from `model.needs` customers on. Raises `NotEnoughData`
    when everybody together is too few.
    """
    if not spread > 0:
        raise BadInput(f"the spread is above 0, not {spread}")
    columns, kinds = _columns(x, t_x, T, group)
    together = model.fit(*columns)
    around = {name: (value, spread) for name, value in together.parameters.items()}
    models: dict[Any, Repeat] = {}
    rows: list[dict[str, Any]] = []
    own: list[NDArray[np.int64]] = []
    likelihood = 0.0
    for kind, some in kinds.items():
        found, how = _fit(model, [column[some] for column in columns], around)
        if found is not None:
            models[kind] = found
            if how == "OWN":
                own.append(some)
                likelihood += found.log_likelihood
        row = {"group": kind, "customers": len(some), "how": how, "ended": (found or together).ended}
        rows.append(row | (found or together).parameters)
    return Groups(together, models, pa.Table.from_pylist(rows), _differ(model, columns, own, likelihood))


def _fit(
    model: Repeat, columns: list[NDArray[Any]], around: dict[str, tuple[float, float]]
) -> tuple[Repeat | None, str]:
    x, t_x, T = columns
    try:
        found = model.fit(x, t_x, T)
        if found.ended != "ITERATIONS":
            return found, "OWN"
    except NotEnoughData:
        pass
    try:
        return model.fit(x, t_x, T, prior=around), "DRAWN"
    except NotEnoughData:
        return None, "TOGETHER"


def _differ(model: Repeat, columns: list[NDArray[Any]], own: list[NDArray[np.int64]], likelihood: float) -> float:
    if len(own) < 2:
        return float("nan")
    everybody = np.concatenate(own)
    x, t_x, T = (column[everybody] for column in columns)
    gain = 2.0 * (likelihood - model.fit(x, t_x, T).log_likelihood)
    return float(chi2.sf(max(gain, 0.0), len(model.names) * (len(own) - 1)))


def _columns(*given: ArrayLike) -> tuple[list[NDArray[Any]], dict[Any, NDArray[np.int64]]]:
    """x, t_x and T, and the rows of each group."""
    x, t_x, T, group = (np.atleast_1d(np.asarray(column)) for column in given)
    if not x.shape == t_x.shape == T.shape == group.shape:
        raise BadInput(f"x, t_x, T and group must be as long as each other, not {len(x)} and {len(group)}")
    kinds, place = np.unique(group, return_inverse=True)
    return [x, t_x, T], {kind: np.flatnonzero(place == i) for i, kind in enumerate(kinds.tolist())}
