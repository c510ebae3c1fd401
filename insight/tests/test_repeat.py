from __future__ import annotations

import datetime as dt
import math
import pickle

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import betaln, gammaln, hyp2f1
from scipy.stats import beta as beta_distribution
from scipy.stats import rankdata
from shop import Truth, column, orders

from setia_insight import repeat
from setia_insight.errors import BadInput, InsightError, NotEnoughData
from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD, _history, _likelihood
from setia_insight.summary import holdout, summarise

Model = type[BetaGeometricNBD] | type[ModifiedBetaGeometricNBD]
BOTH = pytest.mark.parametrize("model", [BetaGeometricNBD, ModifiedBetaGeometricNBD])

CALIBRATION_END, HOLDOUT_END = dt.date(1997, 9, 30), dt.date(1998, 6, 30)


def _weeks(table: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    return column(table, "x"), column(table, "t_x") / 7, column(table, "T") / 7


def _auc(score: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    rank, yes, no = rankdata(score), int(happened.sum()), int((~happened).sum())
    return float((rank[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def _log_likelihood(x: int, t_x: float, T: float, r: float, alpha: float, a: float, b: float, extra: int) -> float:
    """The likelihood of one history as the papers print it."""
    m = x + extra
    stays = betaln(a, b + m) - betaln(a, b) - (r + x) * math.log(alpha + T)
    both = stays
    if m > 0:
        left = betaln(a + 1, b + m - 1) - betaln(a, b) - (r + x) * math.log(alpha + t_x)
        both = float(np.logaddexp(stays, left))
    return float(gammaln(r + x) - gammaln(r) + r * math.log(alpha) + both)


# Published values


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


# The likelihood and its derivatives


def _random_history(rng: np.random.Generator, customers: int) -> tuple[NDArray[np.int64], ...]:
    x = rng.integers(0, 7, customers)
    T = rng.integers(30, 300, customers)
    return x, np.where(x > 0, rng.integers(1, 30, customers), 0), T


@BOTH
@pytest.mark.parametrize("values", [(0.5, 40.0, 0.8, 2.4), (3.0, 2.0, 0.05, 0.3), (0.05, 200.0, 1.0, 1.0)])
def test_the_likelihood_is_that_of_the_paper_customer_by_customer(model: Model, values: tuple[float, ...]) -> None:
    x, t_x, T = _random_history(np.random.default_rng(1), 300)
    found, _, _ = _likelihood.evaluate(
        _likelihood.prepare(_history.read(x, t_x, T), model.extra), np.array(values), model.extra
    )
    r, alpha, a, b = values
    expected = sum(_log_likelihood(*one, r, alpha, a, b, model.extra) for one in zip(x, t_x, T, strict=True))
    assert found == pytest.approx(expected, rel=1e-12)


@BOTH
def test_gradient_and_hessian_are_the_differences_of_the_likelihood(model: Model) -> None:
    sample = _likelihood.prepare(_history.read(*_random_history(np.random.default_rng(2), 300)), model.extra)
    values = np.array([0.5, 40.0, 0.8, 2.4])
    _, gradient, hessian = _likelihood.evaluate(sample, values, model.extra)
    for i in range(4):
        step = np.zeros(4)
        step[i] = 1e-5 * values[i]
        up, down = (_likelihood.evaluate(sample, values + sign * step, model.extra) for sign in (1, -1))
        assert (up[0] - down[0]) / (2 * step[i]) == pytest.approx(gradient[i], rel=1e-6, abs=1e-6)
        np.testing.assert_allclose((up[1] - down[1]) / (2 * step[i]), hessian[i], rtol=1e-5, atol=1e-6)


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


# Simulated customers


@BOTH
def test_the_parameters_of_simulated_customers_are_recovered(model: Model) -> None:
    true = {"r": 0.6, "alpha": 7.0, "a": 0.9, "b": 2.5}
    truth = Truth(60_000, **true, may_leave_at_once=model.extra == 1, seed=12)
    fitted = model().fit(*truth.history)
    assert fitted.converged
    for name, value in true.items():
        assert abs(fitted.parameters[name] - value) < 3.5 * fitted.standard_errors[name]
        assert 0 < fitted.standard_errors[name] < 0.2 * value


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


@pytest.fixture(scope="module")
def future() -> Truth:
    return Truth(
        200_000, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=21, later=40.0, shortest=20, longest=60
    )


@pytest.fixture(scope="module")
def truth_model() -> ModifiedBetaGeometricNBD:
    return ModifiedBetaGeometricNBD.given(r=0.6, alpha=7.0, a=0.9, b=2.5)


def test_expected_purchases_are_what_simulated_customers_do(
    future: Truth, truth_model: ModifiedBetaGeometricNBD
) -> None:
    expected = truth_model.expected_purchases(*future.history, 40.0)
    assert expected.sum() == pytest.approx(future.later.sum(), rel=0.02)
    for x in range(6):
        who = future.x == x
        assert expected[who].mean() == pytest.approx(future.later[who].mean(), rel=0.08)


def test_the_chance_of_a_purchase_is_how_often_simulated_customers_return(
    future: Truth, truth_model: ModifiedBetaGeometricNBD
) -> None:
    chance = truth_model.probability_of_purchase(*future.history, 40.0)
    for low in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9):
        who = (chance >= low) & (chance < low + 0.1)
        assert (future.later[who] > 0).mean() == pytest.approx(chance[who].mean(), abs=0.015)


def test_the_date_interval_holds_eight_in_ten_of_those_who_return(
    future: Truth, truth_model: ModifiedBetaGeometricNBD
) -> None:
    table = truth_model.next_purchase(*future.history, horizon=40.0)
    returned = future.later > 0
    after = future.first_later[returned]
    assert (after < column(table, "earliest")[returned]).mean() == pytest.approx(0.1, abs=0.006)
    assert (after < column(table, "median")[returned]).mean() == pytest.approx(0.5, abs=0.006)
    assert (after < column(table, "latest")[returned]).mean() == pytest.approx(0.9, abs=0.006)


def test_counts_of_later_purchases_have_the_distribution_of_simulated_customers(
    future: Truth, truth_model: ModifiedBetaGeometricNBD
) -> None:
    at_least = truth_model.purchases_at_least(*future.history, 40.0, 8)
    assert (at_least[:, 0] == 1.0).all()
    for y in range(1, 9):
        assert at_least[:, y].mean() == pytest.approx((future.later >= y).mean(), abs=0.003)


# Forecasts against other ways to compute them


@BOTH
@pytest.mark.parametrize("a", [0.6, 1.4, 3.0])
@pytest.mark.parametrize(("x", "t_x", "T"), [(0, 0, 30), (2, 10, 30), (9, 29, 30)])
def test_expected_purchases_equal_the_textbook_formula(model: Model, a: float, x: int, t_x: int, T: int) -> None:
    r, alpha, b, t = 0.4, 6.0, 2.5, 25.0
    fitted = model.given(r=r, alpha=alpha, a=a, b=b)
    m = x + model.extra
    z = t / (alpha + T + t)
    series = hyp2f1(r + x, b + m, a + b + m - 1, z)
    if_alive = (a + b + m - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * series)
    alive = fitted.probability_alive(x, t_x, T)[0]
    assert fitted.expected_purchases(x, t_x, T, t)[0] == pytest.approx(alive * if_alive, rel=1e-9)


@BOTH
@pytest.mark.parametrize("a", [1.0, 1.0 + 1e-9, 0.02, 40.0])
def test_expected_purchases_are_smooth_where_the_textbook_formula_breaks(model: Model, a: float) -> None:
    r, alpha, b, x, T, t = 0.4, 6.0, 2.5, 3, 30.0, 25.0
    fitted = model.given(r=r, alpha=alpha, a=a, b=b)
    stay = beta_distribution(a, b + x + model.extra)

    def given_chance(p: float) -> float:
        return float(-np.expm1(-(r + x) * np.log1p(p * t / (alpha + T))) / p * stay.pdf(p))

    middle = float(stay.mean())
    if_alive = quad(given_chance, 0, middle, limit=400)[0] + quad(given_chance, middle, 1, limit=400)[0]
    alive = fitted.probability_alive(x, 20.0, T)[0]
    assert fitted.expected_purchases(x, 20.0, T, t)[0] == pytest.approx(alive * if_alive, rel=2e-6)


@BOTH
def test_expected_purchases_are_the_sum_of_the_chances_of_each_further_one(model: Model) -> None:
    fitted = model.given(r=0.4, alpha=6.0, a=0.8, b=2.5)
    history = ([0, 2, 9], [0, 10, 29], [30, 30, 30])
    at_least = fitted.purchases_at_least(*history, 25.0, 400)
    np.testing.assert_allclose(at_least[:, 1:].sum(axis=1), fitted.expected_purchases(*history, 25.0), rtol=1e-9)
    np.testing.assert_allclose(at_least[:, 1], fitted.probability_of_purchase(*history, 25.0), rtol=1e-12)


@BOTH
def test_the_probability_of_being_alive_is_the_share_of_the_likelihood_in_which_one_stays(model: Model) -> None:
    r, alpha, a, b = 0.4, 6.0, 0.8, 2.5
    fitted = model.given(r=r, alpha=alpha, a=a, b=b)
    for x, t_x, T in [(0, 0.0, 30.0), (1, 3.0, 30.0), (4, 28.0, 30.0), (4, 5.0, 300.0)]:
        m = x + model.extra
        stays = gammaln(r + x) - gammaln(r) + r * math.log(alpha) + betaln(a, b + m) - betaln(a, b)
        stays -= (r + x) * math.log(alpha + T)
        expected = math.exp(stays - _log_likelihood(x, t_x, T, r, alpha, a, b, model.extra))
        assert fitted.probability_alive(x, t_x, T)[0] == pytest.approx(expected, rel=1e-12)


def test_bg_nbd_calls_every_one_time_buyer_alive_and_mbg_nbd_does_not() -> None:
    bg = BetaGeometricNBD.given(r=0.25, alpha=4.4, a=0.8, b=2.4)
    mbg = ModifiedBetaGeometricNBD.given(r=0.5, alpha=6.2, a=0.9, b=1.6)
    ages = np.array([1.0, 52.0, 520.0])
    assert bg.probability_alive([0] * 3, [0] * 3, ages).tolist() == [1.0, 1.0, 1.0]
    alive = mbg.probability_alive([0] * 3, [0] * 3, ages)
    assert (np.diff(alive) < 0).all()
    assert alive[2] < 0.25


# Hard cases


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


@BOTH
def test_customers_who_all_bought_today_and_heavy_buyers_stay_finite(model: Model) -> None:
    fitted = model.given(r=0.25, alpha=0.1, a=0.8, b=2.4)
    x = np.array([0, 1, 5_000, 5_000, 20_000])
    t_x = np.array([0, 100, 3_000, 1, 20_000])
    T = np.array([0, 100, 3_000, 3_000, 20_000])
    for answer in (
        fitted.probability_alive(x, t_x, T),
        fitted.probability_of_purchase(x, t_x, T, 365.0),
        fitted.expected_purchases(x, t_x, T, 365.0),
        fitted.purchases_at_least(x, t_x, T, 365.0, 50),
    ):
        assert np.isfinite(answer).all()
        assert (answer >= 0).all()
    assert fitted.probability_alive(x, t_x, T)[3] == pytest.approx(0.0, abs=1e-300)
    assert fitted.expected_purchases(x, t_x, T, 365.0)[2] > 100


@BOTH
def test_everybody_bought_on_the_very_day_of_the_count(model: Model) -> None:
    rng = np.random.default_rng(3)
    x = rng.integers(0, 5, 400)
    T = rng.integers(1, 100, 400)
    fitted = model().fit(x, np.where(x > 0, T, 0), T)
    assert fitted.ended in repeat.ENDINGS
    assert np.isfinite(fitted.log_likelihood)
    assert fitted.converged or fitted.advice


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


def test_the_next_purchase_comes_after_today_and_within_the_horizon() -> None:
    fitted = ModifiedBetaGeometricNBD.given(r=0.5, alpha=6.2, a=0.9, b=1.6, unit="WEEK")
    as_of = dt.date(2026, 3, 31)
    table = fitted.next_purchase([0, 40], [0, 51], [52, 52], horizon=26, as_of=as_of)
    for line in table.to_pylist():
        assert as_of < line["earliest_date"] <= line["median_date"] <= line["latest_date"]
        assert line["latest_date"] <= as_of + dt.timedelta(weeks=26)
        assert 0 < line["earliest"] < line["median"] < line["latest"] < 26
    regular = table.to_pylist()[1]
    assert regular["median_date"] <= as_of + dt.timedelta(days=9)
    assert regular["probability"] > 0.9


# Keeping


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
