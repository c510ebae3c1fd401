"""The smallest and flattest shops in every room that counts, and tables that cannot be read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from shop import ANI, BUDI, buyers, column, orders

from setia_insight import (
    base,
    basket,
    check,
    cohort,
    contract,
    lift,
    revenue,
    rfm,
    stage,
    summary,
    trait,
)
from setia_insight.errors import BadInput, NotEnoughData

AS_OF = dt.date(2025, 12, 31)


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


def test_a_shop_nobody_returns_to_cannot_be_compared_and_says_why() -> None:
    once = orders([(i, "2025-01-01", 1.0) for i in range(100)])
    with pytest.raises(NotEnoughData, match="0 repeat customers of 20"):
        check.compare(once, split=dt.date(2025, 6, 30), end=AS_OF)


def test_a_holdout_in_which_nothing_happened_is_scored() -> None:
    x, _, _ = buyers(400)
    rows = [(i, "2025-01-01", 1.0) for i in range(400)]
    rows += [(i, f"2025-02-{1 + k:02d}", 1.0) for i in range(400) for k in range(min(int(x[i]), 20))]
    found = check.compare(orders(rows), split=dt.date(2025, 6, 30), end=AS_OF)
    assert found.scores["actual"].to_pylist()[0] == 0.0
    assert np.isnan(column(found.scores, "auc")).all()
    assert found.why


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
