from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pytest
from repeat.paper import BOTH, Model
from shop import Truth, column, orders

from setia_insight import repeat
from setia_insight.errors import BadInput, InsightError
from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD
from setia_insight.summary import summarise


@pytest.mark.parametrize(
    ("x", "t_x", "T", "message"),
    [
        ([1], [5], [4], "later than T"),
        ([0], [5], [9], "exactly"),
        ([1], [0], [9], "exactly"),
        ([-1], [0], [9], "between 0"),
        ([1], [-3], [9], "negative"),
        ([1], [-3.3], [9.1], "negative"),
        ([1.5], [3], [9], "whole"),
        ([1], [3], [float("nan")], "not a number"),
        ([1], [float("inf")], [9], "not a number"),
        ([1, 2], [3], [9], "as long as"),
    ],
)
def test_histories_that_cannot_be_are_refused(x: list[float], t_x: list[float], T: list[float], message: str) -> None:
    fitted = BetaGeometricNBD.given(r=0.25, alpha=4.4, a=0.8, b=2.4)
    with pytest.raises(BadInput, match=message):
        fitted.probability_alive(x, t_x, T)


def test_a_model_is_asked_only_after_it_was_fitted_and_about_a_real_horizon() -> None:
    with pytest.raises(InsightError, match="fit first"):
        BetaGeometricNBD().probability_alive([0], [0], [1])
    fitted = BetaGeometricNBD.given(r=0.25, alpha=4.4, a=0.8, b=2.4)
    assert fitted.expected_purchases([2], [3], [9], 0).tolist() == [0.0]
    with pytest.raises(BadInput, match="horizon"):
        fitted.expected_purchases([2], [3], [9], -1)
    with pytest.raises(BadInput, match="coverage"):
        fitted.next_purchase([2], [3], [9], horizon=5, coverage=80)
    with pytest.raises(BadInput, match="unit"):
        BetaGeometricNBD(unit="MONTH")
    with pytest.raises(BadInput, match="positive"):
        BetaGeometricNBD.given(r=0.25, alpha=-4.4, a=0.8, b=2.4)


@BOTH
def test_a_fitted_model_is_frozen_and_comes_back_from_json_to_the_latest_bit(model: Model) -> None:
    truth = Truth(3_000, r=0.5, alpha=6.0, a=0.8, b=2.4, may_leave_at_once=model.extra == 1, seed=4)
    fitted = model(unit="WEEK").fit(*truth.history)
    assert repeat.load(fitted.to_json()) == fitted
    assert model.from_json(fitted.to_json()) == fitted
    assert pickle.loads(pickle.dumps(fitted)) == fitted
    with pytest.raises(AttributeError):
        fitted.unit = "DAY"  # type: ignore[misc]


def test_json_of_something_else_is_refused() -> None:
    fitted = BetaGeometricNBD.given(r=0.25, alpha=4.4, a=0.8, b=2.4)
    kept = BetaGeometricNBD.from_json(fitted.to_json())
    assert kept.parameters == fitted.parameters
    assert kept.ended == "GIVEN"
    with pytest.raises(BadInput, match="not a ModifiedBetaGeometricNBD"):
        ModifiedBetaGeometricNBD.from_json(fitted.to_json())
    for text in ("", "[]", '{"model": "Crystal ball"}', '{"model": "BetaGeometricNBD"}'):
        with pytest.raises(BadInput):
            repeat.load(text)


def test_a_summary_of_orders_can_be_fitted_as_it_is() -> None:
    rng = np.random.default_rng(1)
    rows: list[tuple[int | None, str, float]] = []
    for who in range(200):
        day = dt.date(2025, 1, 1) + dt.timedelta(days=int(rng.integers(0, 60)))
        while day < dt.date(2026, 1, 1):
            rows.append((who, day.isoformat(), 1.0))
            day += dt.timedelta(days=1 + int(rng.exponential(20 + 5 * who)))
            if rng.random() < 0.1:
                break
    table = summarise(orders(rows), as_of=dt.date(2026, 1, 1))
    history = column(table, "x"), column(table, "t_x"), column(table, "T")
    fitted = ModifiedBetaGeometricNBD().fit(*history)
    assert fitted.converged
    assert (fitted.expected_purchases(*history, 90) > 0).all()
