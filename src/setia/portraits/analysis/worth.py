"""What customers will spend in days to come: one estimate and one range a customer, from the same two models.

The estimate is the expectation: it is what sums and rankings count, and sums of it are right. The range holds the truth
in at least `COVERAGE` of the cases, and holds the estimate too. The library's interval cuts off as much above as below;
of somebody who most likely buys nothing it ends at 0, below an expectation that counts the few of their kind who do
come back. Such a range is stretched up to the expectation: it then holds more than was asked for, never less.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia.portraits.analysis.fitting import Models
from setia.portraits.analysis.rules import COVERAGE
from setia_insight import value

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """Per customer of the summary; money is NaN in all three where the model names no finite expectation."""

    purchases: Floats
    spend: Floats
    low: Floats
    high: Floats


def worth(models: Models, summary: pa.Table, *, days: int) -> Worth | None:
    """What each customer of `summary` is expected to spend in the next `days`; None without the models."""
    if models.repeat is None or models.value is None:
        return None
    x, t_x, age = (summary[name].to_numpy() for name in ("x", "t_x", "T"))
    mean = summary["repeat_value"].fill_null(np.nan).to_numpy()
    found = value.spend(models.repeat, models.value, x, t_x, age, mean, horizon=days, coverage=COVERAGE)
    # Rounded first, to the four decimals that are kept: afterwards all three still stand in their order.
    spend, low, high = (np.round(found[name].to_numpy(), 4) for name in ("expected_spend", "low", "high"))
    spend = np.where(np.isfinite(spend), spend, np.nan)
    return Worth(found["expected_purchases"].to_numpy(), spend, np.minimum(low, spend), np.maximum(high, spend))
