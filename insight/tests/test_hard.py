"""Data that break other libraries: in every room a defined answer, or an error that says what is wrong."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from shop import ANI, BUDI, Truth, column, orders

from setia_insight import (
    base,
    basket,
    check,
    cohort,
    contract,
    lift,
    repeat,
    revenue,
    rfm,
    stage,
    summary,
    trait,
    value,
)
from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat import MODELS, Repeat

MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
AS_OF = dt.date(2025, 12, 31)
Times = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _shop(customers: int = 800, seed: int = 5) -> Times:
    """MBG/NBD customers in days."""
    truth = Truth(customers, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=seed)
    age = np.ceil(truth.T * 7).astype(np.int64)
    return truth.x, np.clip(np.ceil(truth.t_x * 7), truth.x > 0, age).astype(np.int64), age


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


# --- who comes back


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
    x, _, age = _shop()
    history = x + 1, age, age
    fitted = model().fit(*history)
    assert fitted.ended == "NO_DROPOUT"
    _sound(fitted, *history)
    assert fitted.probability_alive(*history).min() > 0.99


@MODEL
def test_newcomers_of_today_are_told_like_anybody_and_disturb_no_fit(model: type[Repeat]) -> None:
    history = _shop()
    more = [np.append(values, np.zeros(50, dtype=np.int64)) for values in history]
    plain, with_them = model().fit(*history), model().fit(*more)
    for name, value_ in plain.parameters.items():
        assert with_them.parameters[name] == pytest.approx(value_, rel=1e-3)
    new = with_them.predict(0, 0, 0, 90.0).to_pylist()[0]
    assert 0 < new["expected_purchases"] < 3


@MODEL
def test_ten_customers_are_refused_alone_and_answered_with_a_prior(model: type[Repeat]) -> None:
    x, t_x, age = (values[_shop()[0] > 0][:10] for values in _shop())
    with pytest.raises(NotEnoughData, match="10 customers of 50"):
        model().fit(x, t_x, age)
    fitted = model().fit(x, t_x, age, prior=repeat.weak_prior(model, age))
    assert fitted.converged
    _sound(fitted, x, t_x, age)


@MODEL
def test_a_few_who_buy_thousands_of_times_overflow_nothing(model: type[Repeat]) -> None:
    x, t_x, age = _shop()
    rng = np.random.default_rng(1)
    heavy = np.where(x > 0, np.floor((1 / rng.random(len(x))) ** 1.5), 0).astype(np.int64)
    heavy[np.argmax(x)] = 1_000_000
    fitted = model().fit(heavy, t_x, age)
    _sound(fitted, heavy, t_x, age)
    assert fitted.parameters["r"] < model().fit(x, t_x, age).parameters["r"]


@MODEL
def test_days_years_and_seconds_are_the_same_customers(model: type[Repeat]) -> None:
    x, t_x, age = _shop(3_000)
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
    history = _shop(2_000)
    once, twice = model().fit(*history), model().fit(*(np.tile(values, 2) for values in history))
    for name, value_ in once.parameters.items():
        assert twice.parameters[name] == pytest.approx(value_, rel=1e-6)
        assert twice.standard_errors[name] == pytest.approx(once.standard_errors[name] / math.sqrt(2), rel=1e-4)


@MODEL
def test_forecasts_at_the_ends_of_time_stay_finite(model: type[Repeat]) -> None:
    fitted = model().fit(*_shop())
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
    fitted = model().fit(*_shop())
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


# --- money


@pytest.mark.parametrize(
    ("means", "ended"),
    [
        (np.full(400, 10.0), "SAME_VALUE"),
        ((1 / np.random.default_rng(3).random(400)) ** 1.5 * 1_000, "SAME_VALUE"),
        (np.abs(np.random.default_rng(3).standard_cauchy(400)) ** 3 + 1e-9, "CONVERGED"),
        (np.random.default_rng(3).gamma(2, 1e-9, 400) / np.random.default_rng(4).gamma(3, 1, 400), "CONVERGED"),
        (np.random.default_rng(3).gamma(2, 1e15, 400) / np.random.default_rng(4).gamma(3, 1, 400), "CONVERGED"),
    ],
    ids=["one price", "a tail without mean", "a tail without anything", "billionths", "quadrillions"],
)
def test_money_of_any_size_and_tail_has_an_answer_that_says_how_it_ended(
    means: NDArray[np.float64], ended: str
) -> None:
    x = np.random.default_rng(5).integers(1, 9, 400)
    fitted = value.GammaGamma().fit(x, means)
    assert fitted.ended == ended
    assert fitted.converged or fitted.advice
    assert math.isfinite(fitted.log_likelihood)
    said = fitted.expected_value(x, means)
    if fitted.parameters["p"] * 8 + fitted.parameters["q"] > 1:
        assert (np.isfinite(said) & (said > 0)).mean() > 0.8
    else:  # a tail so heavy that the mean is infinite: none is named
        assert np.isnan(said).mean() > 0.8


def test_only_gifts_and_ten_customers_are_too_little_for_money() -> None:
    with pytest.raises(NotEnoughData, match="0 repeat customers of 30"):
        value.GammaGamma().fit(np.full(100, 3), np.zeros(100))
    with pytest.raises(NotEnoughData, match="10 repeat customers of 30"):
        value.GammaGamma().fit(np.full(10, 3), np.full(10, 5.0))
    with pytest.raises(NotEnoughData, match="0 repeat customers of 30"):
        value.GammaGamma().fit(np.zeros(100), np.full(100, math.nan))


@MODEL
def test_spend_of_newcomers_gifts_and_heavy_buyers_is_defined(model: type[Repeat]) -> None:
    fitted = model().fit(*_shop())
    money = value.GammaGamma.given(p=6.25, q=3.74, gamma=15.44)
    told = value.lifetime(
        fitted,
        money,
        [0, 2, 9_000],
        [0, 30, 700],
        [0, 300, 700],
        [math.nan, 0.0, 1e9],
        horizon=365,
        yearly_discount=0.1,
    )
    for name in told.column_names:
        assert np.isfinite(column(told, name)).all(), name
        assert (column(told, name) >= 0).all(), name
    assert (column(told, "low") <= column(told, "high")).all()


# --- contracts


def test_contracts_at_the_edges_say_what_is_missing() -> None:
    fit = contract.ShiftedBetaGeometric().fit
    with pytest.raises(NotEnoughData, match="10 customers of 30"):
        fit([2] * 10, [True] * 10)
    with pytest.raises(NotEnoughData, match="0 left of 5"):
        fit([4] * 1_000, [False] * 1_000)
    with pytest.raises(NotEnoughData):
        fit([], [])
    gone = fit([1] * 500, [True] * 500)
    assert not gone.converged
    assert gone.advice
    assert gone.survival(1) < 0.01
    hardly = fit([1] * 5 + [1] * 1_000_000, [True] * 5 + [False] * 1_000_000)
    assert hardly.risk(0) == pytest.approx(5e-6, rel=0.2)
    rows = fit([1, 2, 3, 3], [True, True, True, False], [100, 80, 60, 400])
    each = fit(np.repeat([1, 2, 3, 3], [100, 80, 60, 400]), np.repeat([True, True, True, False], [100, 80, 60, 400]))
    assert rows.parameters == pytest.approx(each.parameters)


def test_covariates_without_news_and_risks_without_leavers_are_answered() -> None:
    rng = np.random.default_rng(6)
    left = rng.random(300) < 0.3
    flat = contract.Risk().fit({"same": np.ones(300), "word": ["x"] * 300}, left)
    assert flat.probability({"same": [1.0], "word": ["x"]})[0] == pytest.approx(left.mean(), abs=0.02)
    perfect = contract.Risk().fit({"told": left.astype(float)}, left)
    assert perfect.converged  # the ridge keeps a perfect separation finite
    assert 0.9 < perfect.probability({"told": [1.0]})[0] < 1.0
    with pytest.raises(NotEnoughData, match="0 left of 10"):
        contract.Risk().fit({"a": np.ones(300)}, np.zeros(300))


# --- orders: what a day is


def _moments(kind: pa.DataType, *moments: dt.datetime | dt.date | str) -> pa.Table:
    return pa.table(
        {
            "customer": pa.array([ANI] * len(moments), pa.int64()),
            "day": pa.array(moments, kind),
            "amount": pa.array([10.0] * len(moments)),
        }
    )


UTC = dt.UTC
BEFORE, AFTER = dt.datetime(2025, 3, 1, 16, 59, tzinfo=UTC), dt.datetime(2025, 3, 1, 17, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "days", "first"),
    [
        ("Asia/Jakarta", 2, dt.date(2025, 3, 1)),
        ("Asia/Jayapura", 1, dt.date(2025, 3, 2)),
        ("UTC", 1, dt.date(2025, 3, 1)),
        ("America/Los_Angeles", 1, dt.date(2025, 3, 1)),
    ],
)
def test_a_purchase_about_midnight_falls_on_the_day_of_its_own_zone(zone: str, days: int, first: dt.date) -> None:
    """One minute before and after midnight in Jakarta."""
    line = summary.summarise(_moments(pa.timestamp("us", zone), BEFORE, AFTER), as_of=AS_OF).to_pylist()[0]
    assert (line["purchase_days"], line["first_date"], line["orders"]) == (days, first, 2)
    lines = {"customer": [1, 1], "day": pa.array([BEFORE, AFTER], pa.timestamp("us", zone)), "product": ["a", "b"]}
    assert basket.read(lines).baskets.tolist() == [days]


def test_the_hour_that_comes_twice_and_the_one_that_does_not_are_on_their_day() -> None:
    """New York, 2025: clocks go forward on 9 March and back on 2 November."""
    moments = [
        dt.datetime(2025, 3, 9, 6, 59, tzinfo=UTC),
        dt.datetime(2025, 3, 9, 7, 1, tzinfo=UTC),
        dt.datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
        dt.datetime(2025, 11, 2, 6, 30, tzinfo=UTC),
    ]
    line = summary.summarise(_moments(pa.timestamp("s", "America/New_York"), *moments), as_of=AS_OF).to_pylist()[0]
    assert (line["purchase_days"], line["first_date"], line["latest_date"]) == (
        2,
        dt.date(2025, 3, 9),
        dt.date(2025, 11, 2),
    )


@pytest.mark.parametrize(
    "table",
    [
        _moments(pa.timestamp("ns"), dt.datetime(2025, 3, 1, 23, 59), dt.datetime(2025, 3, 2, 0, 1)),
        _moments(pa.date64(), dt.date(2025, 3, 1), dt.date(2025, 3, 2)),
        _moments(pa.string(), "2025-03-01", "2025-03-02"),
        {"customer": [1, 1], "day": [dt.date(2025, 3, 1), dt.date(2025, 3, 2)], "amount": [10, 10]},
    ],
    ids=["moments without a zone", "date64", "ISO words", "a dict"],
)
def test_days_are_read_as_they_are_written(table: Any) -> None:
    assert summary.summarise(table, as_of=AS_OF)["purchase_days"].to_pylist() == [2]


def test_what_names_no_day_is_refused() -> None:
    with pytest.raises(BadInput, match="'day' cannot be read"):
        summary.summarise(_moments(pa.string(), "monday"), as_of=AS_OF)
    with pytest.raises(BadInput, match="'day' is int64"):
        summary.summarise({"customer": [1], "day": [20_000], "amount": [1.0]}, as_of=AS_OF)
    with pytest.raises(BadInput, match="names no day"):
        basket.read({"customer": [1], "day": pa.array([dt.time(12)]), "product": [1]})
    with pytest.raises(BadInput, match="a table is Arrow"):
        summary.summarise([1, 2, 3], as_of=AS_OF)


def test_the_same_order_twice_is_two_orders_of_one_day() -> None:
    line = (ANI, "2025-03-01", 10.0)
    found = summary.summarise(orders([line, line, (ANI, "2025-04-01", 5.0)]), as_of=AS_OF).to_pylist()[0]
    assert (found["orders"], found["purchase_days"], found["x"], found["total_value"]) == (3, 2, 1, 25.0)
    assert found["repeat_value"] == 5.0


# --- counting: the smallest and the flattest shops


ALONE = orders([(ANI, "2025-12-31", 0.0)])
COUNTS: dict[str, tuple[Callable[[], Any], Any]] = {
    "summary": (lambda: summary.summarise(ALONE, as_of=AS_OF).select(["x", "T", "total_value"]).to_pylist(),
                [{"x": 0, "T": 0, "total_value": 0.0}]),
    "cohort by month": (lambda: cohort.monthly(ALONE, as_of=AS_OF).select(["k", "customers", "share"]).to_pylist(),
                        [{"k": 0, "customers": 1, "share": 1.0}]),
    "cohort by week": (lambda: cohort.weekly(ALONE, as_of=AS_OF)["customers"].to_pylist(), [1]),
    "new and returning": (lambda: cohort.new_returning(ALONE, as_of=AS_OF)["new"].to_pylist(), [1]),
    "revenue": (lambda: revenue.monthly(ALONE, as_of=AS_OF)["revenue"].to_pylist(), [0.0]),
    "base": (lambda: base.classify(summary.summarise(ALONE, as_of=AS_OF), as_of=AS_OF)["loyal"].to_pylist(), [False]),
    "stage": (lambda: stage.classify([1], [0], [False])["stage"].to_pylist(), ["FIRST"]),
    "rfm": (lambda: rfm.score([0], [1], [0.0], [1]).select(["r", "f", "m"]).to_pylist(), [{"r": 1, "f": 1, "m": 1}]),
    "devoted": (lambda: bool(np.isnan(trait.devoted([0], [0], [0], [0.0])["score"][0].as_py())), True),
    "thrifty": (lambda: bool(np.isnan(trait.thrifty([0], [0])["score"][0].as_py())), True),
    "products together": (lambda: basket.together({"customer": [1], "day": [1], "product": ["a"]}).num_rows, 0),
    "next need": (lambda: basket.NextBasket().fit({"customer": [1], "day": [1], "product": ["a"]})
                  .recommend(most=5)["product"].to_pylist(), ["a"]),
}  # fmt: skip


@pytest.mark.parametrize("room", COUNTS)
def test_one_order_of_nothing_today_is_counted_in_every_room(room: str) -> None:
    ask, answer = COUNTS[room]
    assert ask() == answer


def test_customers_all_alike_are_spread_by_their_number_alone() -> None:
    same = rfm.score(np.full(100, 30), np.full(100, 2), np.full(100, 5.0), np.arange(100))
    for name in ("r", "f", "m"):
        assert np.bincount(column(same, name), minlength=6).tolist() == [0, 20, 20, 20, 20, 20]
    assert revenue.gini(np.full(100, 5.0)) == pytest.approx(0.0, abs=1e-12)
    assert revenue.top_share(np.full(100, 5.0), 0.2) == pytest.approx(0.2)


def test_a_tail_that_holds_everything_is_concentration_one() -> None:
    spent = np.zeros(10_000)
    spent[7] = 1e300
    assert revenue.top_share(spent, 0.01) == 1.0
    assert revenue.gini(spent) == pytest.approx(1.0, abs=1e-3)
    best = rfm.score(np.zeros(10_000), np.ones(10_000), spent, np.arange(10_000))
    assert best["m"][7].as_py() == 5


def test_a_year_of_leap_days_and_a_century_of_customers_are_counted() -> None:
    found = summary.summarise(
        orders([(ANI, "1924-02-29", 1.0), (ANI, "2024-02-29", 1.0), (BUDI, "2025-12-31", 1.0)]), as_of=AS_OF
    ).to_pylist()
    assert (found[0]["T"], found[0]["t_x"], found[0]["x"]) == (37_196, 36_525, 1)
    assert (found[1]["T"], found[1]["active_quarters"]) == (0, 1)
    assert cohort.monthly(orders([(ANI, "1924-02-29", 1.0)]), as_of=AS_OF).num_rows == 1_223 * 1_224 // 2


def test_baskets_of_one_product_or_one_customer_are_answered() -> None:
    only = {"customer": np.arange(50), "day": np.zeros(50, dtype=np.int64), "product": ["rice"] * 50}
    assert basket.together(only).num_rows == 0
    told = basket.NextBasket().fit(only).recommend([3], most=5).to_pylist()
    assert [(line["product"], line["reason"]) for line in told] == [("rice", "OWN")]
    with pytest.raises(NotEnoughData, match="0 customers with two baskets"):
        basket.choose(only)
    always = {"customer": np.repeat(np.arange(50), 2), "day": np.zeros(100, dtype=np.int64), "product": ["a", "b"] * 50}
    assert basket.together(always).num_rows == 0  # always together is no news where both are always bought


# --- lift


def test_outcomes_of_zero_of_one_buyer_and_of_one_whale_have_an_interval() -> None:
    lot = np.arange(1_000) % 2 == 0
    nothing = lift.difference(np.zeros(1_000), lot)
    assert (nothing.difference, nothing.low, nothing.high, nothing.p_value) == (0.0, 0.0, 0.0, 1.0)
    whale = np.zeros(1_000)
    whale[0] = 1e12
    found = lift.difference(whale, lot)
    assert found.low < 0 < found.high
    assert 0.3 < found.p_value < 0.33  # one of 500 is no evidence, however rich
    past = lift.difference(whale, lot, before=whale)
    assert past.difference == pytest.approx(0.0, abs=1.0)
    with pytest.raises(NotEnoughData, match="0 held out of 2"):
        lift.difference([1.0, 2.0, 3.0], [True, True, True])
    assert math.isnan(lift.qini([1.0, 2.0], [True, False], [0, 0]))


# --- the judge


def test_a_shop_nobody_returns_to_cannot_be_compared_and_says_why() -> None:
    once = orders([(i, "2025-01-01", 1.0) for i in range(100)])
    with pytest.raises(NotEnoughData, match="0 repeat customers of 20"):
        check.compare(once, split=dt.date(2025, 6, 30), end=AS_OF)


def test_a_holdout_in_which_nothing_happened_is_scored() -> None:
    x, _, _ = _shop(400)
    rows = [(i, "2025-01-01", 1.0) for i in range(400)]
    rows += [(i, f"2025-02-{1 + k:02d}", 1.0) for i in range(400) for k in range(min(int(x[i]), 20))]
    found = check.compare(orders(rows), split=dt.date(2025, 6, 30), end=AS_OF)
    assert found.scores["actual"].to_pylist()[0] == 0.0
    assert np.isnan(column(found.scores, "auc")).all()
    assert found.why


# --- what cannot be read


def test_columns_of_the_wrong_kind_are_named() -> None:
    rng = np.random.default_rng(8)
    left = rng.random(200) < 0.3
    with pytest.raises(BadInput, match="'customer' is list"):
        summary.summarise({"customer": pa.array([[1]]), "day": [dt.date(2025, 1, 1)], "amount": [1.0]}, as_of=AS_OF)
    with pytest.raises(BadInput, match="'age' has no number"):
        contract.Risk().fit({"age": np.full(200, math.nan)}, left)
    with pytest.raises(BadInput, match="'age' is neither numbers nor words"):
        contract.Risk().fit({"age": pa.array([[1]] * 200)}, left)
    with pytest.raises(BadInput, match="yes or no for each of the 200"):
        contract.Risk().fit({"age": np.ones(200)}, left[1:])


def test_covariates_as_an_array_or_as_coded_words_are_the_same_as_columns() -> None:
    rng = np.random.default_rng(9)
    use, left = rng.normal(size=400), rng.random(400) < 0.3
    word = np.where(use > 0, "much", "little")
    plain = contract.Risk().fit({"use": use}, left).probability({"use": use})
    np.testing.assert_allclose(contract.Risk().fit(use[:, None], left).probability(use[:, None]), plain)
    coded, words = pa.table({"w": pa.array(word.tolist()).dictionary_encode()}), {"w": word.tolist()}
    np.testing.assert_array_equal(
        contract.Risk().fit(coded, left).probability(words), contract.Risk().fit(words, left).probability(coded)
    )


def test_contracts_that_cannot_be_are_refused() -> None:
    for wrong in ({"alpha": 0.0, "beta": 1.0}, {"alpha": 1.0, "beta": -1.0}):
        with pytest.raises(BadInput, match="positive"):
            contract.ShiftedBetaGeometric.given(**wrong)
    with pytest.raises(BadInput, match="as long as"):
        contract.ShiftedBetaGeometric().fit([1, 2], [True])
    with pytest.raises(BadInput, match="weights are 0 or more"):
        contract.ShiftedBetaGeometric().fit([1, 2], [True, False], [1.0, -1.0])
    rng = np.random.default_rng(10)
    periods, left = rng.integers(1, 6, 300), rng.random(300) < 0.4
    with pytest.raises(BadInput, match="300 customers but 299 rows"):
        contract.Survival().fit(periods, left, {"use": np.ones(299)})
    with pytest.raises(NotEnoughData, match="0 left of 10"):
        contract.Survival().fit(periods, np.zeros(300, dtype=bool), {"use": np.ones(300)})
    model = contract.Survival().fit(periods, left, {"use": rng.normal(size=300)})
    with pytest.raises(BadInput, match="periods are 1 or more"):
        model.survival(1, {"use": [0.0]}, 0)
