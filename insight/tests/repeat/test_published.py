from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from repeat.paper import Model
from scipy.stats import rankdata
from shop import column

from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD
from setia_insight.summary import holdout, summarise

CALIBRATION_END, HOLDOUT_END = dt.date(1997, 9, 30), dt.date(1998, 6, 30)


def _weeks(table: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    return column(table, "x"), column(table, "t_x") / 7, column(table, "T") / 7


def _auc(score: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    rank, yes, no = rankdata(score), int(happened.sum()), int((~happened).sum())
    return float((rank[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


@pytest.mark.data
def test_bg_nbd_on_the_cdnow_sample_has_the_published_parameters(cdnow_sample: pa.Table) -> None:
    fitted = BetaGeometricNBD(unit="WEEK").fit(*_weeks(summarise(cdnow_sample, as_of=CALIBRATION_END)))
    assert fitted.converged
    assert fitted.customers == 2_357
    assert fitted.repeat_customers == 946
    published = {"r": 0.2425945, "alpha": 4.4136019, "a": 0.7929199, "b": 2.4258881}
    for name, value in published.items():
        assert fitted.parameters[name] == pytest.approx(value, rel=1e-5)
    assert {name: round(value, 3) for name, value in fitted.parameters.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert round(fitted.log_likelihood, 3) == -9582.429


@pytest.mark.data
@pytest.mark.parametrize(
    ("as_of", "parameters", "log_likelihood"),
    [
        (CALIBRATION_END, (0.2516, 4.7889, 0.7234, 2.1611), -95_368.44),
        (HOLDOUT_END, (0.2671, 5.9865, 0.4835, 2.1116), -173_425.92),
    ],
)
def test_bg_nbd_on_all_of_cdnow_has_the_values_measured_elsewhere(
    cdnow: pa.Table, as_of: dt.date, parameters: tuple[float, ...], log_likelihood: float
) -> None:
    table = summarise(cdnow, as_of=as_of)
    assert table.num_rows == 23_570
    fitted = BetaGeometricNBD(unit="WEEK").fit(*_weeks(table))
    assert tuple(round(value, 4) for value in fitted.parameters.values()) == parameters
    assert round(fitted.log_likelihood, 2) == log_likelihood
    assert fitted.converged


@pytest.mark.data
@pytest.mark.parametrize(
    ("model", "predicted", "correlation", "error", "auc", "auc_alive"),
    [
        (BetaGeometricNBD, 1653, 0.626, 0.785, 0.7725, 0.316),
        (ModifiedBetaGeometricNBD, 1577, 0.627, 0.765, 0.7728, 0.687),
    ],
)
def test_the_forecast_of_the_cdnow_holdout_is_as_good_as_measured(
    cdnow_sample: pa.Table, model: Model, predicted: int, correlation: float, error: float, auc: float, auc_alive: float
) -> None:
    table = holdout(cdnow_sample, split=CALIBRATION_END, end=HOLDOUT_END)
    actual = column(table, "holdout_days")
    assert int(actual.sum()) == 1_882
    history = _weeks(table)
    fitted = model(unit="WEEK").fit(*history)
    expected = fitted.expected_purchases(*history, 39)
    assert round(expected.sum()) == predicted
    assert round(float(np.corrcoef(expected, actual)[0, 1]), 3) == correlation
    assert round(float(np.abs(expected - actual).mean()), 3) == error
    assert round(_auc(expected, actual > 0), 4) == auc
    assert round(_auc(fitted.probability_alive(*history), actual > 0), 3) == auc_alive
