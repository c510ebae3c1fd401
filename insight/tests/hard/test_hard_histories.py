"""Purchase histories that break other libraries: each model answers soundly, or says what is missing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from shop import buyers, column

from setia_insight import (
    repeat,
)
from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat import MODELS, Repeat

MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def _sound(model: Repeat, x: Any, t_x: Any, T: Any) -> None:
    """Whatever the fit, what it says is a probability or a count, and it says how it ended."""
    assert model.ended in repeat.ENDINGS
    assert model.converged or model.advice
    assert math.isfinite(model.log_likelihood)
    told = model.predict(x, t_x, T, 90.0)
    for name in told.column_names:
        assert np.isfinite(column(told, name)).all()
        assert (column(told, name) >= 0).all()
    assert (column(told, "probability_alive") <= 1).all()
    chance = model.probability_of_purchase(x, t_x, T, 90.0)
    assert ((chance >= 0) & (chance <= column(told, "probability_alive") + 1e-12)).all()


@MODEL
def test_one_purchase_each_is_too_little_and_a_prior_does_not_change_that(model: type[Repeat]) -> None:
    once = np.zeros(500, dtype=np.int64), np.zeros(500, dtype=np.int64), np.arange(1, 501)
    with pytest.raises(NotEnoughData, match="0 repeat customers of 20"):
        model().fit(*once)
    with pytest.raises(NotEnoughData, match="0 repeat customers of 3"):
        model().fit(*once, prior=repeat.weak_prior(model, once[2]))


@MODEL
def test_who_all_came_first_today_have_no_history(model: type[Repeat]) -> None:
    nothing = np.zeros(200, dtype=np.int64)
    with pytest.raises(NotEnoughData):
        model().fit(nothing, nothing, nothing)
    with pytest.raises(BadInput, match="mean above 0"):
        repeat.weak_prior(model, nothing)


@MODEL
def test_where_the_latest_purchase_of_all_is_today_nobody_is_seen_leaving(model: type[Repeat]) -> None:
    x, _, age = buyers()
    history = x + 1, age, age
    fitted = model().fit(*history)
    assert fitted.ended == "NO_DROPOUT"
    _sound(fitted, *history)
    assert fitted.probability_alive(*history).min() > 0.99


@MODEL
def test_newcomers_of_today_are_told_like_anybody_and_disturb_no_fit(model: type[Repeat]) -> None:
    history = buyers()
    more = [np.append(values, np.zeros(50, dtype=np.int64)) for values in history]
    plain, with_them = model().fit(*history), model().fit(*more)
    for name, value_ in plain.parameters.items():
        assert with_them.parameters[name] == pytest.approx(value_, rel=1e-3)
    new = with_them.predict(0, 0, 0, 90.0).to_pylist()[0]
    assert 0 < new["expected_purchases"] < 3


@MODEL
def test_ten_customers_are_refused_alone_and_answered_with_a_prior(model: type[Repeat]) -> None:
    x, t_x, age = (values[buyers()[0] > 0][:10] for values in buyers())
    with pytest.raises(NotEnoughData, match="10 customers of 50"):
        model().fit(x, t_x, age)
    fitted = model().fit(x, t_x, age, prior=repeat.weak_prior(model, age))
    assert fitted.converged
    _sound(fitted, x, t_x, age)


@MODEL
def test_a_few_who_buy_thousands_of_times_overflow_nothing(model: type[Repeat]) -> None:
    x, t_x, age = buyers()
    rng = np.random.default_rng(1)
    heavy = np.where(x > 0, np.floor((1 / rng.random(len(x))) ** 1.5), 0).astype(np.int64)
    heavy[np.argmax(x)] = 1_000_000
    fitted = model().fit(heavy, t_x, age)
    _sound(fitted, heavy, t_x, age)
    assert fitted.parameters["r"] < model().fit(x, t_x, age).parameters["r"]


@MODEL
def test_days_years_and_seconds_are_the_same_customers(model: type[Repeat]) -> None:
    x, t_x, age = buyers(3_000)
    days = model().fit(x, t_x, age)
    assert days.converged
    for scale in (1 / 365.25, 86_400.0):
        other = model().fit(x, t_x * scale, age * scale)
        for name, value_ in days.parameters.items():
            assert other.parameters[name] == pytest.approx(value_ * (scale if name in model.in_time else 1), rel=1e-5)
        np.testing.assert_allclose(
            other.expected_purchases(x, t_x * scale, age * scale, 90 * scale),
            days.expected_purchases(x, t_x, age, 90),
            rtol=1e-5,
        )


@MODEL
def test_a_yearly_clock_with_few_ticks_is_answered_or_says_why_not(model: type[Repeat]) -> None:
    """Seen once a year: most ages and recencies are equal."""
    rng = np.random.default_rng(2)
    age = rng.integers(1, 8, 2_000)
    rate, leaves = rng.beta(1.0, 2.0, 2_000), rng.geometric(rng.beta(0.7, 3.0, 2_000))
    x, t_x = np.zeros(2_000, dtype=np.int64), np.zeros(2_000, dtype=np.int64)
    for year in range(1, 8):
        bought = (year <= np.minimum(age, leaves)) & (rng.random(2_000) < rate)
        x += bought
        t_x[bought] = year
    fitted = model().fit(x, t_x, age)
    _sound(fitted, x, t_x, age)
    assert fitted.expected_purchases(x, t_x, age, 1.0).mean() < 1.0


@MODEL
def test_everybody_alike_is_said(model: type[Repeat]) -> None:
    history = np.full(300, 3), np.full(300, 50), np.full(300, 100)
    fitted = model().fit(*history)
    assert fitted.ended in ("SAME_RATE", "SAME_DROPOUT")
    assert "do not differ" in fitted.advice
    _sound(fitted, *history)


@MODEL
def test_every_customer_twice_is_the_same_fit_with_narrower_errors(model: type[Repeat]) -> None:
    history = buyers(2_000)
    once, twice = model().fit(*history), model().fit(*(np.tile(values, 2) for values in history))
    for name, value_ in once.parameters.items():
        assert twice.parameters[name] == pytest.approx(value_, rel=1e-6)
        assert twice.standard_errors[name] == pytest.approx(once.standard_errors[name] / math.sqrt(2), rel=1e-4)


@MODEL
def test_forecasts_at_the_ends_of_time_stay_finite(model: type[Repeat]) -> None:
    fitted = model().fit(*buyers())
    history = [0, 3, 100_000], [0, 100, 3_000], [0, 300, 3_000]
    for horizon in (0.0, 1e-9, 1e7):
        told = fitted.predict(*history, horizon)
        assert np.isfinite(column(told, "expected_purchases")).all()
        back = fitted.next_purchase(*history, horizon=horizon, as_of=None)
        for name in ("probability", "earliest", "median", "latest"):
            assert np.isfinite(column(back, name)).all()
            assert (column(back, name) >= 0).all()
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(BadInput, match="horizon"):
            fitted.predict(*history, wrong)


@MODEL
def test_what_can_be_no_history_is_refused_with_the_reason(model: type[Repeat]) -> None:
    fitted = model().fit(*buyers())
    for x, t_x, age, message in (
        (3, 301, 300, "not be later than T"),
        (3, -1, 300, "negative"),
        (3, math.nan, 300, "not a number"),
        (0, 5, 300, "exactly for customers without"),
        (2, 0, 300, "exactly for customers without"),
        (-1, 0, 300, "between 0 and"),
        (1.5, 1, 300, "whole numbers"),
    ):
        with pytest.raises(BadInput, match=message):
            fitted.predict(x, t_x, age, 30)
