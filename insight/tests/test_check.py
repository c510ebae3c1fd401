from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from shop import column, orders, row

from setia_insight import check
from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat import MODELS, BetaGeometricNBD, ModifiedBetaGeometricNBD, ParetoNBD
from setia_insight.summary import summarise

START = dt.date(2025, 1, 1)


def _shop(customers: int, seed: int) -> pa.Table:
    """Pareto/NBD customers in days: half of those who came once never come again and soon."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.5, 1 / 90, customers)
    life = rng.exponential(1 / rng.gamma(1.5, 1 / 200, customers))
    who, day = [], []
    for i in range(customers):
        first = int(rng.integers(0, 120))
        now = 0.0
        who.append(i)
        day.append(first)
        while (now := now + rng.exponential(1 / rate[i])) < life[i] and first + now < 540:
            who.append(i)
            day.append(first + int(np.ceil(now)))
    base = (START - dt.date(1970, 1, 1)).days
    return pa.table(
        {
            "customer": pa.array(who, pa.int64()),
            "day": pa.array(np.array(day, dtype=np.int32) + base, pa.int32()).view(pa.date32()),
            "amount": pa.array(np.ones(len(who))),
        }
    )


@pytest.fixture(scope="module")
def shop() -> pa.Table:
    return _shop(3_000, 1)


def test_the_model_the_customers_follow_wins_and_the_reason_names_the_next_best(shop: pa.Table) -> None:
    found = check.compare(shop, split=dt.date(2025, 9, 30), end=dt.date(2026, 3, 31))
    assert isinstance(found.winner, ParetoNBD)
    assert found.winner.converged
    assert "ParetoNBD gave what 3,000 customers did in 182 days" in found.why
    table = found.scores
    assert table["model"].to_pylist() == [*(kind.__name__ for kind in MODELS), "LATEST_PERIOD", "RECENCY"]
    best = row(table, model="ParetoNBD")
    assert best["behind"] == 0.0
    assert best["predicted"] == pytest.approx(best["actual"], rel=0.1)
    assert best["root_square"] < row(table, model="LATEST_PERIOD")["root_square"]
    assert best["root_square"] < row(table, model="RECENCY")["root_square"]
    assert row(table, model="BetaGeometricNBD")["behind"] > 2 * row(table, model="BetaGeometricNBD")["behind_error"]


def test_with_one_model_there_is_no_contest_and_with_too_few_customers_none(shop: pa.Table) -> None:
    found = check.compare(shop, split=dt.date(2025, 9, 30), end=dt.date(2026, 3, 31), models=[ModifiedBetaGeometricNBD])
    assert (found.ended, type(found.winner)) == ("ONLY", ModifiedBetaGeometricNBD)
    few = orders([(1, "2025-01-01", 1.0), (1, "2025-02-01", 1.0)])
    with pytest.raises(NotEnoughData):
        check.compare(few, split=dt.date(2025, 3, 1), end=dt.date(2025, 6, 1))


def test_the_latest_period_counts_purchase_days_of_the_window_before() -> None:
    few = orders([(1, "2025-02-20", 1.0), (1, "2025-02-20", 2.0), (1, "2025-02-25", 1.0), (2, "2025-01-01", 1.0)])
    assert check._latest_period(few, np.array([1, 2]), dt.date(2025, 3, 1), 10).tolist() == [2.0, 0.0]


def test_the_log_score_is_the_probability_of_what_came() -> None:
    model = BetaGeometricNBD.given(r=0.6, alpha=40.0, a=0.9, b=2.5)
    at_least = model.purchases_at_least([3], [20], [60], 90.0, 3)[0]
    found = check.log_score(model, [3, 3], [20, 20], [60, 60], 90.0, [0, 2])
    np.testing.assert_allclose(np.exp(found), [1 - at_least[1], at_least[2] - at_least[3]], rtol=1e-12)


def test_auc_is_the_share_of_pairs_in_order() -> None:
    assert check.auc([3, 1, 2, 2], [True, False, False, True]) == 3.5 / 4
    assert np.isnan(check.auc([1, 2], [True, True]))
    with pytest.raises(BadInput):
        check.auc([1], [True, False])


def test_calibration_sets_means_side_by_side() -> None:
    table = check.calibration([0.1, 0.9, 0.2, 0.8], [0, 1, 1, 1], groups=2).to_pylist()
    assert [line["customers"] for line in table] == [2, 2]
    assert [round(line["predicted"], 2) for line in table] == [0.15, 0.85]
    assert [line["actual"] for line in table] == [0.5, 1.0]
    assert check.calibration([], []).num_rows == 0
    for wrong in ({"groups": 0}, {}):
        with pytest.raises(BadInput):
            check.calibration([1.0] if wrong else [1.0, 2.0], [1.0], **wrong)


def test_frequencies_and_tracking_of_a_true_model_are_those_of_its_customers(shop: pa.Table) -> None:
    true = ParetoNBD.given(r=1.5, alpha=90.0, s=1.5, beta=200.0)
    table = summarise(shop, as_of=dt.date(2026, 3, 31))
    found = check.frequency(true, column(table, "x"), column(table, "T"), most=5)
    assert found["customers"].to_pylist() == np.bincount(np.minimum(column(table, "x"), 5)).tolist()
    assert sum(found["expected"].to_pylist()) == pytest.approx(3_000)
    np.testing.assert_allclose(column(found, "expected"), column(found, "customers"), rtol=0.12)
    track = check.tracking(true, shop, end=dt.date(2026, 3, 31), step_days=28)
    assert track["until"][-1].as_py() == dt.date(2026, 3, 31)
    assert column(track, "actual").sum() == column(table, "x").sum() == column(track, "actual_total")[-1]
    np.testing.assert_allclose(column(track, "expected_total")[3:], column(track, "actual_total")[3:], rtol=0.08)
    with pytest.raises(BadInput):
        check.tracking(true, shop, end=dt.date(2026, 3, 31), step_days=0)
    with pytest.raises(BadInput, match="no orders"):
        check.tracking(true, shop, end=dt.date(2020, 3, 31))
    with pytest.raises(BadInput):
        check.frequency(true, [1], [3], most=0)


@pytest.mark.data
def test_on_the_cdnow_sample_the_models_are_close_and_beat_both_naive_rules(cdnow_sample: pa.Table) -> None:
    found = check.compare(cdnow_sample, split=dt.date(1997, 9, 30), end=dt.date(1998, 6, 30))
    assert (type(found.winner), found.ended) == (ModifiedBetaGeometricNBD, "NARROW")
    best = row(found.scores, model="ParetoNBD")
    assert round(1000 * best["behind"], 1) == 5.1
    assert round(best["auc"], 4) == 0.7787
    for rule in ("LATEST_PERIOD", "RECENCY"):
        naive = row(found.scores, model=rule)
        assert best["auc"] > naive["auc"]
        assert best["correlation"] > naive["correlation"]
        assert best["root_square"] < naive["root_square"]
