from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.stats import betabinom, binom

from setia_insight.contract import ShiftedBetaGeometric, renewal_curves
from setia_insight.contract._curves import _between
from setia_insight.errors import BadInput, NotEnoughData


def _contracts(seed: int, ages: tuple[int, ...], each: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of `each` contracts per cohort the cohort's age in renewals, and at which renewal each would end."""
    rng = np.random.default_rng(seed)
    age = np.repeat(ages, each)
    return age, rng.geometric(rng.beta(0.8, 3.0, len(age)))


def test_a_curve_is_counted_so_far_and_goes_on_as_the_model_says() -> None:
    # Ten began in March: three left at the first renewal, one at the second, six have renewed twice. Four began in
    # April: one left at once, three have renewed once.
    march, april = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
    cohort = [march] * 10 + [april] * 4
    periods = [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]
    left = [True] * 4 + [False] * 6 + [True] + [False] * 3
    model = ShiftedBetaGeometric.given(alpha=1.0, beta=2.0)
    rows = renewal_curves(cohort, periods, left, ahead=2, model=model).to_pylist()
    assert [row["cohort"] for row in rows] == [march] * 5 + [april] * 4
    assert [row["period"] for row in rows] == [0, 1, 2, 3, 4, 0, 1, 2, 3]
    assert [row["customers"] for row in rows] == [10] * 5 + [4] * 4
    # Survival by alpha 1, beta 2 is 2 / (2 + t): from 2 renewals to 3 four in five stay, from 1 to 2 three in four.
    expected = [1.0, 0.7, 0.6, 0.6 * 4 / 5, 0.6 * 4 / 6, 1.0, 0.75, 0.75 * 3 / 4, 0.75 * 3 / 5]
    np.testing.assert_allclose([row["survival"] for row in rows], expected)
    np.testing.assert_allclose([row["fitted"] for row in rows], [2 / (2 + row["period"]) for row in rows])
    assert [row["projected"] for row in rows] == [False, False, False, True, True, False, False, True, True]
    for row in rows:
        if row["projected"]:
            assert math.isnan(row["low"]), "given parameters have no uncertainty to tell"
        else:
            assert row["low"] == row["survival"] == row["high"]


def test_customers_of_one_cohort_who_are_not_equally_far_are_counted_as_far_as_each_has_come() -> None:
    # Of four, one left at renewal 2, one has renewed three times, two only once.
    model = ShiftedBetaGeometric.given(alpha=1.0, beta=2.0)
    table = renewal_curves(["A"] * 4, [2, 3, 1, 1], [True, False, False, False], ahead=1, model=model)
    stay = [1.0, 1.0, (1 + 2 * 3 / 4) / 4, (1 + 2 * 3 / 5) / 4, (5 / 6 + 2 * 3 / 6) / 4]
    np.testing.assert_allclose(table["survival"].to_numpy(), stay)
    assert table["projected"].to_pylist() == [False, False, True, True, True]


@pytest.mark.parametrize(("coverage", "low", "high"), [(0.8, 0.77, 0.89), (0.95, 0.925, 0.99)])
def test_what_becomes_of_a_cohort_lies_within_its_interval_as_often_as_said(
    coverage: float, low: float, high: float
) -> None:
    ages, each, held = (1, 3, 6, 9), 60, []
    for seed in range(120):
        age, end = _contracts(seed, ages, each)
        found = renewal_curves(age, np.minimum(age, end), end <= age, ahead=4, coverage=coverage)
        for row in found.filter(found["projected"]).to_pylist():
            if row["period"] == row["cohort"] + 4:
                came = float((end[age == row["cohort"]] > row["period"]).mean())
                held.append(row["low"] - 1e-9 <= came <= row["high"] + 1e-9)
    # Whole customers: an interval cannot hold exactly 80 %, and holds a little more.
    assert len(held) == 480
    assert low <= np.mean(held) <= high


def test_the_intervals_of_the_models_own_curve_hold_the_truth_as_often_as_said() -> None:
    truth = ShiftedBetaGeometric.given(alpha=0.8, beta=3.0)
    held = []
    for seed in range(150):
        age, end = _contracts(seed, (2, 4, 6, 8), 250)
        table = ShiftedBetaGeometric().fit(np.minimum(age, end), end <= age).curve([1, 5, 12], coverage=0.8)
        shares = truth.survival([1, 5, 12])
        held.append((table["low"].to_numpy() < shares) & (shares < table["high"].to_numpy()))
    assert np.abs(np.mean(held, axis=0) - 0.8).max() < 0.09


def test_a_curve_begins_with_everybody_and_from_any_renewal() -> None:
    age, end = _contracts(3, (4, 8), 400)
    model = ShiftedBetaGeometric().fit(np.minimum(age, end), end <= age)
    table = model.curve(np.arange(4))
    assert [table[name][0].as_py() for name in ("period", "survival", "low", "high")] == [0, 1.0, 1.0, 1.0]
    np.testing.assert_allclose(table["survival"].to_numpy(), model.survival(np.arange(4)))
    later = model.curve([2], renewed=5)
    assert later["survival"][0].as_py() == pytest.approx(float(model.survival(7) / model.survival(5)))
    # The delta method by differences: the curve's error from its slopes in the logarithms of alpha and beta.
    kept = np.array(model.covariance)
    a, b = model.parameters.values()
    slope = [
        (
            float(ShiftedBetaGeometric.given(alpha=a * math.exp(u), beta=b * math.exp(v)).survival(3))
            - float(model.survival(3))
        )
        / 1e-6
        for u, v in ((1e-6, 0.0), (0.0, 1e-6))
    ]
    error = math.sqrt(np.array(slope) @ kept @ np.array(slope))
    low, high = table["low"][3].as_py(), table["high"][3].as_py()
    share = table["survival"][3].as_py()
    assert math.log(high / (1 - high)) - math.log(low / (1 - low)) == pytest.approx(
        2 * 1.2815516 * error / (share * (1 - share)), rel=1e-4
    )
    assert ShiftedBetaGeometric.from_json(model.to_json()).curve([3]).equals(model.curve([3]))
    assert all(math.isnan(v) for v in ShiftedBetaGeometric.given(alpha=1.0, beta=2.0).curve([3])["low"].to_pylist())


def test_between_which_numbers_customers_lie_is_the_binomial_widened_by_what_is_not_known() -> None:
    # Nothing unknown: the binomial of 40 with 3 in 4.
    assert _between(40, 30.0, 7.5, 0.8) == (float(binom.ppf(0.1, 40, 0.75)), float(binom.ppf(0.9, 40, 0.75)))
    # A share that itself is Beta(30, 10): the beta-binomial.
    variance = float(betabinom.var(40, 30, 10))
    assert _between(40, 30.0, variance, 0.8) == (
        float(betabinom.ppf(0.1, 40, 30, 10)),
        float(betabinom.ppf(0.9, 40, 30, 10)),
    )
    # Beyond two thousand customers a continuous curve of the same mean and variance: nearly the normal one.
    low, high = _between(100_000, 60_000.0, 24_000.0, 0.8)
    assert (low, high) == pytest.approx((60_000 - 1.2815516 * 154.919, 60_000 + 1.2815516 * 154.919), abs=1.0)
    assert _between(0, 0.0, 0.0, 0.8) == (0.0, 0.0)


def test_cohorts_may_be_words_numbers_or_arrow_and_wrong_ones_are_refused() -> None:
    age, end = _contracts(5, (3, 5), 50)
    periods, left = np.minimum(age, end), end <= age
    by_number = renewal_curves(age, periods, left, ahead=0)
    words = pa.chunked_array([["C"] * 50, ["A"] * 50])
    by_word = renewal_curves(words, periods, left, ahead=0)
    assert by_word["cohort"].unique().to_pylist() == ["A", "C"]
    assert by_word.filter(pa.compute.equal(by_word["cohort"], "C"))["survival"].equals(
        by_number.filter(pa.compute.equal(by_number["cohort"], 3))["survival"]
    )
    with pytest.raises(BadInput, match="no cohort"):
        renewal_curves([None, 1], [1, 1], [True, False])
    with pytest.raises(BadInput, match="as long as each other"):
        renewal_curves([1], [1, 1], [True, False])
    with pytest.raises(BadInput, match="ahead"):
        renewal_curves([1], [1], [True], ahead=-1)
    with pytest.raises(BadInput, match="coverage"):
        renewal_curves([1], [1], [True], coverage=1.0)
    with pytest.raises(NotEnoughData):
        renewal_curves([1, 1], [1, 1], [True, False])
    nothing = renewal_curves(pa.array([], pa.string()), [], [], model=ShiftedBetaGeometric.given(alpha=1.0, beta=2.0))
    assert nothing.num_rows == 0
    assert nothing.column_names == ["cohort", "period", "customers", "survival", "low", "high", "projected", "fitted"]
