from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.special import betainc, gammaln
from shop import Truth, column

from setia_insight.errors import BadInput, InsightError, NotEnoughData
from setia_insight.repeat import ModifiedBetaGeometricNBD, ParetoNBD, Repeat
from setia_insight.summary import summarise
from setia_insight.value import ENDINGS, GammaGamma, lifetime, spend, weak_prior
from setia_insight.value._spend import _by_distribution

MBG = ModifiedBetaGeometricNBD.given(r=0.6, alpha=7.0, a=0.9, b=2.5, unit="WEEK")
PARETO = ParetoNBD.given(r=0.6, alpha=7.0, s=0.7, beta=12.0, unit="WEEK")
MONEY = GammaGamma.given(p=6.0, q=4.0, gamma=15.0)


def _simulated(x: NDArray[np.int64], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each customer's scale of money, and the mean of the x purchases seen (NaN without)."""
    rng = np.random.default_rng(seed)
    nu = rng.gamma(4.0, 1 / 15.0, len(x))
    seen = np.where(x > 0, rng.gamma(np.maximum(6.0 * x, 1e-9)) / nu / np.maximum(x, 1), np.nan)
    return nu, seen


@pytest.mark.data
def test_gamma_gamma_on_the_cdnow_sample_has_the_published_parameters(cdnow_sample: pa.Table) -> None:
    table = summarise(cdnow_sample, as_of=dt.date(1997, 9, 30))
    fitted = GammaGamma().fit(column(table, "x"), column(table, "repeat_value"))
    assert fitted.converged
    assert fitted.customers == 946
    assert {name: round(value, 2) for name, value in fitted.parameters.items()} == {
        "p": 6.25,
        "q": 3.74,
        "gamma": 15.44,
    }
    assert round(fitted.log_likelihood, 4) == -4055.9177
    # The more precise figures in print stop a little short of the maximum: ours is at least as likely.
    printed = _log_likelihood(column(table, "x"), column(table, "repeat_value"), 6.2488, 3.7446, 15.4477)
    assert fitted.log_likelihood >= printed
    assert fitted.log_likelihood == pytest.approx(printed, abs=1e-4)
    assert 0.1 < fitted.correlation < 0.13


def _log_likelihood(x: NDArray[np.int64], mean: NDArray[np.float64], p: float, q: float, gamma: float) -> float:
    used = x > 0
    n, z = x[used].astype(float), mean[used]
    each = gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * math.log(gamma)
    each += (p * n - 1) * np.log(z) + p * n * np.log(n) - (p * n + q) * np.log(gamma + n * z)
    return float(each.sum())


@pytest.mark.heavy
def test_the_parameters_of_simulated_money_are_recovered_in_any_currency() -> None:
    x = np.random.default_rng(1).integers(0, 12, 40_000)
    _, mean = _simulated(x, 2)
    fitted = GammaGamma().fit(x, mean)
    rupiah = GammaGamma().fit(x, mean * 16_000)
    for name, value in {"p": 6.0, "q": 4.0, "gamma": 15.0}.items():
        assert abs(fitted.parameters[name] - value) < 3.5 * fitted.standard_errors[name]
        factor = 16_000 if name == "gamma" else 1
        # The search ends where the likelihood is flat: how near depends on the machine's arithmetic, not on the money.
        apart = abs(rupiah.parameters[name] / factor - fitted.parameters[name])
        assert apart < 0.01 * fitted.standard_errors[name]
    assert fitted.log_likelihood == pytest.approx(_log_likelihood(x, mean, *fitted.parameters.values()), rel=1e-12)
    assert abs(fitted.correlation) < 0.02


@pytest.mark.heavy
def test_the_expected_value_is_what_simulated_customers_spend_next() -> None:
    x = np.random.default_rng(3).integers(0, 6, 200_000)
    nu, mean = _simulated(x, 4)
    expected = MONEY.expected_value(x, mean)
    for n in range(6):
        assert expected[x == n].mean() == pytest.approx((6.0 / nu[x == n]).mean(), rel=0.02)
    assert expected[x == 0] == pytest.approx(6.0 * 15.0 / 3.0)


def test_an_expectation_that_is_infinite_is_not_named() -> None:
    wild = GammaGamma.given(p=0.5, q=0.8, gamma=10.0)
    assert np.isnan(wild.expected_value([0], [math.nan])[0])
    assert wild.expected_value([1], [20.0])[0] == pytest.approx(0.5 * 30 / 0.3)


def test_too_few_repeat_customers_or_only_gifts_are_refused() -> None:
    with pytest.raises(NotEnoughData, match="5 repeat customers of 30"):
        GammaGamma().fit(np.ones(5), np.ones(5))
    with pytest.raises(NotEnoughData, match="0 repeat customers"):
        GammaGamma().fit(np.ones(100), np.zeros(100))
    with pytest.raises(NotEnoughData):
        GammaGamma().fit(np.zeros(100), np.full(100, np.nan))


def test_customers_whose_repeat_purchases_cost_nothing_do_not_disturb_the_others() -> None:
    x = np.random.default_rng(5).integers(1, 12, 5_000)
    _, mean = _simulated(x, 6)
    alone = GammaGamma().fit(x, mean)
    with_gifts = GammaGamma().fit(np.append(x, [3, 4]), np.append(mean, [0.0, 0.0]))
    assert with_gifts.parameters == pytest.approx(alone.parameters)
    assert np.isfinite(with_gifts.expected_value([3], [0.0])).all()


def test_where_every_purchase_costs_the_same_the_fit_says_so() -> None:
    fitted = GammaGamma().fit(np.random.default_rng(1).integers(1, 9, 500), np.full(500, 20.0))
    assert fitted.ended == "SAME_VALUE"
    assert not fitted.converged
    assert fitted.advice == ENDINGS["SAME_VALUE"]


@pytest.mark.parametrize("mean", [-1.0, math.inf, math.nan])
def test_a_mean_that_is_no_money_is_refused(mean: float) -> None:
    with pytest.raises(BadInput, match="mean value"):
        MONEY.expected_value([2], [mean])


def test_gamma_gamma_comes_back_from_json_and_is_not_taken_for_another() -> None:
    x = np.random.default_rng(1).integers(1, 12, 5_000)
    fitted = GammaGamma().fit(x, _simulated(x, 2)[1])
    assert GammaGamma.from_json(fitted.to_json()) == fitted
    assert GammaGamma.from_json(MONEY.to_json()).parameters == MONEY.parameters
    with pytest.raises(BadInput, match="not a GammaGamma"):
        GammaGamma.from_json(MBG.to_json())
    with pytest.raises(BadInput):
        GammaGamma.from_json("{")
    with pytest.raises(InsightError, match="fit first"):
        GammaGamma().expected_value([1], [1.0])
    with pytest.raises(BadInput, match="positive"):
        GammaGamma.given(p=0.0, q=1.0, gamma=1.0)


@pytest.fixture(scope="module")
def shop() -> tuple[Truth, NDArray[np.float64], NDArray[np.float64]]:
    """Customers with a year ahead: histories, mean value seen, money they then spent."""
    truth = Truth(
        150_000, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=31, later=52.0, shortest=20, longest=80
    )
    nu, mean = _simulated(truth.x, 32)
    spent = np.random.default_rng(33).gamma(np.maximum(6.0 * truth.later, 1e-12)) / nu
    return truth, mean, np.where(truth.later > 0, spent, 0.0)


@pytest.mark.heavy
def test_the_spend_of_simulated_customers_lies_in_its_interval_eight_times_in_ten(
    shop: tuple[Truth, NDArray[np.float64], NDArray[np.float64]],
) -> None:
    truth, mean, spent = shop
    table = spend(MBG, MONEY, *truth.history, mean, horizon=52.0)
    low, high = column(table, "low"), column(table, "high")
    assert column(table, "expected_spend").sum() == pytest.approx(spent.sum(), rel=0.02)
    assert (low <= high).all()
    above, below = high > 0, low > 0
    assert (spent > high)[above].mean() == pytest.approx(0.1, abs=0.006)
    assert (spent < low)[below].mean() == pytest.approx(0.1, abs=0.006)
    assert (low[~above] == 0).all()
    # Where the upper end is 0, at least nine in ten were to spend nothing.
    assert (column(table, "probability")[~above] <= 0.1).all()


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("model", "p", "q", "gamma"),
    [(MBG, 6.25, 3.74, 15.44), (MBG, 2.0, 2.2, 80_000.0), (MBG, 20.0, 10.0, 5.0), (PARETO, 6.25, 3.74, 15.44)],
)
def test_the_ends_of_the_interval_are_quantiles_of_the_exact_mixture(
    model: Repeat, p: float, q: float, gamma: float
) -> None:
    truth = Truth(400, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=8)
    money = GammaGamma.given(p=p, q=q, gamma=gamma)
    mean = np.where(truth.x > 0, np.random.default_rng(1).gamma(3.0, gamma / 3, 400), np.nan)
    table = spend(model, money, *truth.history, mean, horizon=52.0)
    chance = model.purchases_at_least(*truth.history, 52.0, 600)
    counts = np.arange(1, 600)
    checked = 0
    for i in range(400):
        exactly = chance[i, :-1] - chance[i, 1:]
        scale, shape = gamma + truth.x[i] * np.nan_to_num(mean[i]), q + p * truth.x[i]
        for name, share in (("low", 0.1), ("high", 0.9)):
            end = table[name][i].as_py()
            if end == 0.0:
                assert exactly[0] >= share - 1e-9
                continue
            below = exactly[0] + float(exactly[1:] @ betainc(p * counts, shape, end / (scale + end)))
            assert below == pytest.approx(share, abs=0.005)
            checked += 1
    assert checked > 200


def test_a_wider_coverage_has_wider_ends_and_nothing_is_spent_in_no_time() -> None:
    history = ([3, 30], [40.0, 50.0], [52.0, 52.0], [30.0, 30.0])
    narrow = spend(MBG, MONEY, *history, horizon=26.0, coverage=0.5)
    wide = spend(MBG, MONEY, *history, horizon=26.0, coverage=0.95)
    assert (column(wide, "high") > column(narrow, "high")).all()
    assert (column(wide, "low") <= column(narrow, "low")).all()
    nothing = spend(MBG, MONEY, *history, horizon=0.0)
    for name in ("probability", "expected_purchases", "expected_spend", "low", "high"):
        assert column(nothing, name).tolist() == [0.0, 0.0], name
    with pytest.raises(BadInput, match="coverage"):
        spend(MBG, MONEY, *history, horizon=26.0, coverage=1.0)


def test_a_customer_with_thousands_of_purchases_has_finite_ends_around_the_expectation() -> None:
    line = spend(MBG, MONEY, [4_000], [520.0], [520.0], [30.0], horizon=260.0).to_pylist()[0]
    assert 0 < line["low"] < line["high"] < math.inf
    assert line["expected_purchases"] > 900
    assert line["high"] == pytest.approx(line["expected_purchases"] * line["expected_value"], rel=0.9)


def test_both_ways_to_the_interval_agree_also_for_heavy_buyers() -> None:
    history = [0, 3, 30, 900], [0.0, 40.0, 50.0, 51.99], [52.0, 52.0, 52.0, 52.0], [math.nan, 30.0, 20.0, 9.0]
    told = spend(MBG, MONEY, *history, horizon=52.0)
    counts, means = np.array(history[0]), np.nan_to_num(np.array(history[3]))
    p, q, gamma = MONEY.parameters.values()
    low, high = _by_distribution(
        MBG,
        history[:3],
        52.0,
        column(told, "expected_purchases"),
        counts,
        gamma + counts * means,
        (p, q),
        (0.1, 0.9),
    )
    np.testing.assert_allclose(low, column(told, "low"), rtol=1e-4)
    np.testing.assert_allclose(high, column(told, "high"), rtol=1e-4)
    pareto = spend(PARETO, MONEY, *history, horizon=52.0).to_pylist()
    assert pareto[0]["low"] == 0.0
    assert 0 < pareto[3]["low"] < pareto[3]["expected_spend"] < pareto[3]["high"] < math.inf


def test_lifetime_value_without_discount_is_the_expected_spend_and_less_with_it() -> None:
    history = ([3, 0, 30], [40.0, 0.0, 50.0], [52.0, 20.0, 52.0], [30.0, math.nan, 30.0])
    plain = lifetime(MBG, MONEY, *history, horizon=156.0)
    spent = spend(MBG, MONEY, *history, horizon=156.0)
    np.testing.assert_allclose(column(plain, "lifetime_value"), column(spent, "expected_spend"))
    assert column(plain, "high").tolist() == column(spent, "high").tolist()
    dear = lifetime(MBG, MONEY, *history, horizon=156.0, yearly_discount=0.15)
    ratio = column(dear, "lifetime_value") / column(plain, "lifetime_value")
    # Three years at 15 % a year: somewhere between nothing and three years' discount.
    assert ((ratio > 1.15**-3) & (ratio < 1.0)).all()
    np.testing.assert_allclose(column(dear, "high"), column(plain, "high") * ratio)
    assert column(dear, "lifetime_value").tolist() == pytest.approx(
        column(lifetime(MBG, MONEY, *history, horizon=156.0, yearly_discount=0.15, steps=200), "lifetime_value"),
        rel=2e-3,
    )
    with pytest.raises(BadInput, match="discount"):
        lifetime(MBG, MONEY, *history, horizon=156.0, yearly_discount=-1.0)
    with pytest.raises(BadInput, match="step"):
        lifetime(MBG, MONEY, *history, horizon=156.0, steps=0)


@pytest.mark.heavy
def test_a_small_shop_s_money_gets_an_answer_with_a_prior_and_a_large_one_hardly_notices_it() -> None:
    rng = np.random.default_rng(9)
    x = rng.integers(1, 9, 4_000)
    mean = rng.gamma(6.0 * x) / rng.gamma(4.0, 1 / 15.0, 4_000) / x
    with pytest.raises(NotEnoughData, match="10 repeat customers of 30"):
        GammaGamma().fit(x[:10], mean[:10])
    small = GammaGamma().fit(x[:10], mean[:10], prior=weak_prior(mean[:10]))
    assert small.converged
    assert small.with_prior
    assert GammaGamma.from_json(small.to_json()) == small
    plain, held = GammaGamma().fit(x, mean), GammaGamma().fit(x, mean, prior=weak_prior(mean))
    assert held.log_likelihood <= plain.log_likelihood
    assert plain.log_likelihood_of(x, mean) == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert held.log_likelihood_of(x[:0], mean[:0]) == 0.0
    for name, (low, high) in plain.intervals(0.95).items():
        assert low < {"p": 6.0, "q": 4.0, "gamma": 15.0}[name] < high
        assert abs(held.parameters[name] - plain.parameters[name]) < 0.25 * plain.standard_errors[name]
    with pytest.raises(BadInput, match="names s"):
        GammaGamma().fit(x, mean, prior={"s": (1.0, 1.0)})
    with pytest.raises(BadInput, match="above 0"):
        weak_prior([0.0, math.nan])
