from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from repeat.paper import BOTH, Model, log_likelihood
from shop import Truth

from setia_insight import repeat
from setia_insight.errors import NotEnoughData
from setia_insight.repeat import ModifiedBetaGeometricNBD, _history, _likelihood


def _random_history(rng: np.random.Generator, customers: int) -> tuple[NDArray[np.int64], ...]:
    x = rng.integers(0, 7, customers)
    T = rng.integers(30, 300, customers)
    return x, np.where(x > 0, rng.integers(1, 30, customers), 0), T


@BOTH
@pytest.mark.parametrize("values", [(0.5, 40.0, 0.8, 2.4), (3.0, 2.0, 0.05, 0.3), (0.05, 200.0, 1.0, 1.0)])
def test_the_likelihood_is_that_of_the_paper_customer_by_customer(model: Model, values: tuple[float, ...]) -> None:
    x, t_x, T = _random_history(np.random.default_rng(1), 3_000)  # many with one x: the tables are used
    found, _, _ = _likelihood.evaluate(_likelihood.prepare(_history.read(x, t_x, T)), np.array(values), model.extra)
    r, alpha, a, b = values
    expected = sum(log_likelihood(*one, r, alpha, a, b, model.extra) for one in zip(x, t_x, T, strict=True))
    assert found == pytest.approx(expected, rel=1e-12)


@BOTH
def test_gradient_and_hessian_are_the_differences_of_the_likelihood(model: Model) -> None:
    sample = _likelihood.prepare(_history.read(*_random_history(np.random.default_rng(2), 3_000)))
    values = np.array([0.5, 40.0, 0.8, 2.4])
    _, gradient, hessian = _likelihood.evaluate(sample, values, model.extra)
    for i in range(4):
        step = np.zeros(4)
        step[i] = 1e-5 * values[i]
        up, down = (_likelihood.evaluate(sample, values + sign * step, model.extra) for sign in (1, -1))
        assert (up[0] - down[0]) / (2 * step[i]) == pytest.approx(gradient[i], rel=1e-6, abs=1e-6)
        np.testing.assert_allclose((up[1] - down[1]) / (2 * step[i]), hessian[i], rtol=1e-5, atol=1e-6)


@pytest.mark.heavy
@BOTH
def test_days_weeks_and_odd_times_give_the_same_fit_in_their_own_unit(model: Model) -> None:
    truth = Truth(3_000, r=0.5, alpha=6.0, a=0.8, b=2.4, may_leave_at_once=model.extra == 1, seed=4)
    days = np.maximum(np.rint(truth.t_x * 7), truth.x > 0).astype(np.int64), np.ceil(truth.T * 7).astype(np.int64)
    in_days = model().fit(truth.x, *days)
    in_weeks = model(unit="WEEK").fit(truth.x, days[0] / 7, days[1] / 7)
    odd = model().fit(truth.x, days[0] * math.pi, days[1] * math.pi)
    for other, factor in ((in_weeks, 1 / 7), (odd, math.pi)):
        for name, value in in_days.parameters.items():
            assert other.parameters[name] == pytest.approx(value * (factor if name == "alpha" else 1.0), rel=1e-5)
        # On another time scale a density changes by its power of the scale: once for each purchase.
        expected = in_days.log_likelihood - truth.x.sum() * math.log(factor)
        assert other.log_likelihood == pytest.approx(expected, abs=1e-4)


@pytest.mark.heavy
@BOTH
def test_the_parameters_of_simulated_customers_are_recovered(model: Model) -> None:
    true = {"r": 0.6, "alpha": 7.0, "a": 0.9, "b": 2.5}
    truth = Truth(60_000, **true, may_leave_at_once=model.extra == 1, seed=12)
    fitted = model().fit(*truth.history)
    assert fitted.converged
    for name, value in true.items():
        assert abs(fitted.parameters[name] - value) < 3.5 * fitted.standard_errors[name]
        assert 0 < fitted.standard_errors[name] < 0.2 * value


@pytest.mark.heavy
@BOTH
def test_ninety_percent_intervals_hold_the_truth_about_nine_times_in_ten(model: Model) -> None:
    true = {"r": 0.6, "alpha": 7.0, "a": 0.9, "b": 2.5}
    held = []
    for seed in range(80):
        fitted = model().fit(*Truth(3_000, **true, may_leave_at_once=model.extra == 1, seed=seed).history)
        # Positive parameters of skewed likelihoods: the interval is made on the logarithm.
        for name, value in true.items():
            relative_error = fitted.standard_errors[name] / fitted.parameters[name]
            held.append(abs(math.log(fitted.parameters[name] / value)) < 1.645 * relative_error)
    assert 0.83 < np.mean(held) < 0.96


@BOTH
def test_ten_customers_are_too_few_and_the_error_says_how_many_are_needed(model: Model) -> None:
    with pytest.raises(NotEnoughData, match="10 customers of 50") as refused:
        model().fit(np.arange(10), np.arange(10), np.full(10, 20))
    assert refused.value.model == model.__name__
    assert refused.value.needs == {"customers": 50, "repeat_customers": 20}
    assert refused.value.has == {"customers": 10, "repeat_customers": 9}


@BOTH
def test_a_firm_whose_customers_all_bought_once_is_told_what_is_missing(model: Model) -> None:
    with pytest.raises(NotEnoughData, match="0 repeat customers of 20"):
        model().fit(np.zeros(500), np.zeros(500), np.arange(500))


@BOTH
def test_no_customers_at_all_are_too_few(model: Model) -> None:
    with pytest.raises(NotEnoughData):
        model().fit([], [], [])
    assert model.given(r=0.4, alpha=6.0, a=0.8, b=2.5).expected_purchases([], [], [], 10.0).tolist() == []


@pytest.mark.heavy
@BOTH
def test_everybody_bought_on_the_very_day_of_the_count(model: Model) -> None:
    rng = np.random.default_rng(3)
    x = rng.integers(0, 5, 400)
    T = rng.integers(1, 100, 400)
    fitted = model().fit(x, np.where(x > 0, T, 0), T)
    assert fitted.ended in repeat.ENDINGS
    assert np.isfinite(fitted.log_likelihood)
    assert fitted.converged or fitted.advice


@pytest.mark.heavy
@BOTH
def test_where_nobody_leaves_the_fit_says_so_instead_of_naming_a_number(model: Model) -> None:
    rng = np.random.default_rng(0)
    T = rng.uniform(10, 70, 3_000)
    x = rng.poisson(rng.gamma(0.5, 1 / 6, 3_000) * T)
    t_x = np.where(x > 0, T * rng.random(3_000) ** (1.0 / np.maximum(x, 1)), 0.0)
    fitted = model().fit(x, t_x, T)
    assert fitted.ended in ("NO_DROPOUT", "CONVERGED")
    chance = fitted.parameters["a"] / (fitted.parameters["a"] + fitted.parameters["b"])
    assert chance < 0.02 or not fitted.converged
    if not fitted.converged:
        assert "leaving" in fitted.advice
        assert all(math.isnan(error) for error in fitted.standard_errors.values())


@pytest.mark.heavy
def test_where_all_buy_at_the_same_rate_the_fit_says_so_or_finds_hardly_any_difference() -> None:
    endings = set()
    for seed in range(8):
        truth = Truth(1_000, r=1e6, alpha=1e7, a=0.8, b=2.4, may_leave_at_once=True, seed=seed)
        fitted = ModifiedBetaGeometricNBD().fit(*truth.history)
        endings.add(fitted.ended)
        assert fitted.ended in ("SAME_RATE", "CONVERGED")
        # By chance a sample may look a little varied; then r is large and its error as large.
        assert fitted.parameters["r"] > 5
        assert fitted.parameters["r"] / fitted.parameters["alpha"] == pytest.approx(0.1, rel=0.15)
        assert fitted.converged == (fitted.advice == "")
    assert "SAME_RATE" in endings
