from __future__ import annotations

import math
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import ttest_ind

from setia_insight import lift
from setia_insight.errors import BadInput, InsightError, NotEnoughData


def test_the_difference_is_welch_s() -> None:
    rng = np.random.default_rng(1)
    lot = rng.random(400) < 0.3
    outcome = rng.gamma(2.0, 50.0, 400) + 20.0 * lot
    found = lift.difference(outcome, lot)
    other = ttest_ind(outcome[lot], outcome[~lot], equal_var=False)
    assert found.p_value == pytest.approx(other.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(other.confidence_interval(0.95)), rel=1e-9)
    assert found.difference == pytest.approx(outcome[lot].mean() - outcome[~lot].mean())
    assert found.relative == pytest.approx(found.difference / outcome[~lot].mean())
    assert (found.treated_customers, found.control_customers) == (lot.sum(), (~lot).sum())


def test_a_thousand_campaigns_that_do_nothing_are_called_effective_about_fifty_times() -> None:
    rng = np.random.default_rng(2)
    alarms = {"plain": 0, "with the past": 0}
    for _campaign in range(1_000):
        past = rng.gamma(0.5, 100.0, 400)
        spent = 0.5 * past + rng.gamma(0.5, 60.0, 400)
        lot = rng.permutation(400) < 200
        alarms["plain"] += lift.difference(spent, lot).p_value < 0.05
        alarms["with the past"] += lift.difference(spent, lot, before=past).p_value < 0.05
    for count in alarms.values():
        assert 35 <= count <= 65


def test_intervals_hold_the_true_effect_and_the_past_makes_them_narrower() -> None:
    rng = np.random.default_rng(3)
    held, widths = [], []
    for _campaign in range(500):
        past = rng.normal(100, 30, 300)
        lot = rng.random(300) < 0.5
        spent = past + rng.normal(0, 15, 300) + 4.0 * lot
        plain = lift.difference(spent, lot, coverage=0.8)
        found = lift.difference(spent, lot, before=past, coverage=0.8)
        held.append(found.low < 4.0 < found.high)
        widths.append((found.high - found.low) / (plain.high - plain.low))
    assert np.mean(held) == pytest.approx(0.8, abs=0.05)
    assert np.mean(widths) == pytest.approx(math.sqrt(1 - 900 / (900 + 225)), rel=0.06)
    assert found.variance_removed == pytest.approx(900 / (900 + 225), abs=0.06)


def test_outcomes_that_do_not_vary_have_a_defined_answer() -> None:
    lot = [True, True, False, False]
    assert (lift.difference([1, 1, 1, 1], lot).p_value, lift.difference([2, 2, 1, 1], lot).p_value) == (1.0, 0.0)
    assert lift.difference([1, 1, 1, 1], lot, before=[3, 3, 3, 3]).variance_removed == 0.0
    assert math.isnan(lift.difference([1, 1, 0, 0], lot).relative)


def test_what_is_no_experiment_is_refused() -> None:
    with pytest.raises(NotEnoughData, match="1 treated of 2"):
        lift.difference([1.0, 2.0, 3.0], [True, False, False])
    for outcome, lot, message in (
        ([1.0, float("nan")], [True, False], "missing"),
        ([1.0, 2.0], [True, 2], "True or False"),
        ([1.0, 2.0], [True], "as long as"),
    ):
        with pytest.raises(BadInput, match=message):
            lift.difference(outcome, lot)
    with pytest.raises(BadInput, match="coverage"):
        lift.difference([1.0, 2.0], [True, False], coverage=95)
    with pytest.raises(BadInput, match="as long as"):
        lift.difference([1.0, 2.0, 1.0, 2.0], [True, False, True, False], before=[1.0])


def test_a_lost_part_of_a_group_is_noticed_and_a_fair_lot_is_not_blamed() -> None:
    assert lift.ratio_mismatch([50_000, 50_300], [1, 1]) > lift.MISMATCH_BELOW
    assert lift.ratio_mismatch([50_000, 51_600], [1, 1]) < lift.MISMATCH_BELOW
    assert lift.ratio_mismatch([900, 100], [9, 1]) == pytest.approx(1.0)
    assert lift.ratio_mismatch([0, 0], [9, 1]) == 1.0
    with pytest.raises(BadInput):
        lift.ratio_mismatch([10, 10], [1, 0])


def test_the_bounds_of_five_looks_are_the_published_ones() -> None:
    # O'Brien & Fleming at level .05, as printed in Jennison & Turnbull 2000, table 2.3: C = 2.040 for five looks.
    np.testing.assert_allclose(lift.boundary(5), 2.040 * np.sqrt(5 / np.arange(1, 6)), atol=1e-3)
    np.testing.assert_allclose(lift.boundary(2)[-1], 1.977, atol=1e-3)
    assert lift.boundary(1)[0] == pytest.approx(1.959964, abs=1e-4)
    with pytest.raises(BadInput):
        lift.boundary(0)


def test_looking_five_times_within_the_bounds_alarms_five_times_in_a_hundred() -> None:
    rng = np.random.default_rng(4)
    walk = np.cumsum(rng.normal(size=(40_000, 5)), axis=1) / np.sqrt(np.arange(1, 6))
    assert (np.abs(walk) > lift.boundary(5)).any(axis=1).mean() == pytest.approx(0.05, abs=0.004)
    assert (np.abs(walk) > 1.96).any(axis=1).mean() > 0.13


def test_uplift_finds_whom_the_action_moves_and_whom_it_puts_off() -> None:
    rng = np.random.default_rng(5)
    n = 20_000
    warm, lot = rng.random(n) < 0.5, rng.random(n) < 0.5
    chance = 0.2 + lot * np.where(warm, 0.15, -0.05)
    happened = rng.random(n) < chance
    table = pa.table({"warm": np.where(warm, "YES", "NO").tolist(), "noise": rng.normal(size=n)})
    model = lift.Uplift().fit(table, lot, happened)
    assert model.converged
    found = model.uplift(table)
    assert found[warm].mean() == pytest.approx(0.15, abs=0.03)
    assert found[~warm].mean() == pytest.approx(-0.05, abs=0.03)
    assert lift.qini(found, lot, happened) > 0.1
    assert lift.qini(rng.random(n), lot, happened) == pytest.approx(0.0, abs=0.02)
    with pytest.raises(NotEnoughData):
        lift.Uplift().fit(table.slice(0, 50), lot[:50], happened[:50])
    with pytest.raises(InsightError, match="fit first"):
        lift.Uplift().uplift(table)
    with pytest.raises(BadInput, match="yes or no"):
        lift.Uplift().fit(table, lot, rng.normal(size=n))
    with pytest.raises(BadInput, match="row for each"):
        lift.Uplift().fit(table, lot[:5], happened)


def test_the_qini_curve_can_be_counted_by_hand() -> None:
    curve = lift.qini_curve([4, 3, 2, 2], [True, False, True, False], [1, 0, 0, 1])
    assert curve["customers"].to_pylist() == [0, 1, 2, 4]
    # First the treated who bought: 1. With the held out who did not: still 1. Then one of each: 1 - 1 * 2 / 2 = 0.
    assert curve["added"].to_pylist() == [0.0, 1.0, 1.0, 0.0]
    with pytest.raises(BadInput):
        lift.qini_curve([1.0], [True, False], [1, 0])
    with pytest.raises(BadInput, match="yes or no"):
        lift.qini([1.0, 2.0], [True, False], [1.5, 0])


# What scikit-uplift 0.5.1 answers for the same scores is the same to fifteen digits.
@pytest.mark.data
@pytest.mark.parametrize(
    ("mail", "visits", "least_qini"), [("Womens E-Mail", 0.0452, 0.05), ("Mens E-Mail", 0.0766, 0.005)]
)
def test_the_hillstrom_mailings_have_the_effects_measured_elsewhere(
    datasets: Path, mail: str, visits: float, least_qini: float
) -> None:
    everyone = duckdb.execute(
        "select * from read_csv(?) where segment in ('No E-Mail', ?)", [str(datasets / "lift" / "hillstrom.csv"), mail]
    ).to_arrow_table()
    lot = np.array(everyone["segment"].to_pylist()) == mail
    assert lift.ratio_mismatch([lot.sum(), (~lot).sum()], [1, 1]) > lift.MISMATCH_BELOW
    visit = everyone["visit"].to_numpy().astype(float)
    found = lift.difference(visit, lot)
    assert round(found.difference, 4) == visits
    assert found.low > 0.038
    spent = lift.difference(everyone["spend"].to_numpy(), lot, before=everyone["history"].to_numpy())
    assert 0 < spent.low < spent.difference < spent.high < 1.1
    known = everyone.select(["recency", "history", "mens", "womens", "zip_code", "newbie", "channel"])
    found_qini = []
    for seed in range(3):
        test = np.random.default_rng(seed).random(len(lot)) < 0.3
        model = lift.Uplift().fit(known.filter(~test), lot[~test], visit[~test])
        found_qini.append(lift.qini(model.uplift(known.filter(test)), lot[test], visit[test]))
    assert np.mean(found_qini) > least_qini
    assert np.mean(found_qini) < 0.1
