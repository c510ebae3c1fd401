from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from repeat.paper import BOTH, Model, log_likelihood
from scipy.integrate import quad
from scipy.special import betaln, gammaln, hyp2f1
from scipy.stats import beta as beta_distribution
from shop import Truth, column

from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD


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
        expected = math.exp(stays - log_likelihood(x, t_x, T, r, alpha, a, b, model.extra))
        assert fitted.probability_alive(x, t_x, T)[0] == pytest.approx(expected, rel=1e-12)


def test_bg_nbd_calls_every_one_time_buyer_alive_and_mbg_nbd_does_not() -> None:
    bg = BetaGeometricNBD.given(r=0.25, alpha=4.4, a=0.8, b=2.4)
    mbg = ModifiedBetaGeometricNBD.given(r=0.5, alpha=6.2, a=0.9, b=1.6)
    ages = np.array([1.0, 52.0, 520.0])
    assert bg.probability_alive([0] * 3, [0] * 3, ages).tolist() == [1.0, 1.0, 1.0]
    alive = mbg.probability_alive([0] * 3, [0] * 3, ages)
    assert (np.diff(alive) < 0).all()
    assert alive[2] < 0.25


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


@BOTH
def test_one_pass_says_the_same_as_the_two_questions_and_as_each_customer_alone(model: Model) -> None:
    fitted = model.given(r=0.6, alpha=40.0, a=0.9, b=2.5)
    rng = np.random.default_rng(5)
    x = np.append(rng.integers(0, 8, 3_000), [400, 3_000])
    T = np.append(rng.integers(30, 120, 3_000), [119, 119])
    t_x = np.where(x > 0, np.minimum(rng.integers(1, 119, len(x)), T), 0)
    both = fitted.predict(x, t_x, T, 60.0)
    np.testing.assert_array_equal(column(both, "probability_alive"), fitted.probability_alive(x, t_x, T))
    np.testing.assert_allclose(
        column(both, "expected_purchases"), fitted.expected_purchases(x, t_x, T, 60.0), rtol=1e-15
    )
    for i in (0, 1, 2, 1_000, 3_000, 3_001):
        alone = fitted.predict(x[i], t_x[i], T[i], 60.0)
        assert column(alone, "probability_alive")[0] == pytest.approx(column(both, "probability_alive")[i], rel=1e-11)
        assert column(alone, "expected_purchases")[0] == pytest.approx(column(both, "expected_purchases")[i], rel=1e-11)
