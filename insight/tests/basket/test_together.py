from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import fisher_exact, hypergeom

from setia_insight import basket
from setia_insight.basket._together import _by_chance
from setia_insight.errors import BadInput


def _baskets(*, sold: np.ndarray[Any, Any]) -> pa.Table:
    """A line for each True of [basket, product], each basket a customer's of its own."""
    number, product = np.nonzero(sold)
    return pa.table({"customer": number, "day": np.zeros(len(number), dtype=np.int64), "product": product})


def test_the_figures_of_a_pair_are_those_of_its_table_of_four() -> None:
    rng = np.random.default_rng(1)
    tea = rng.random(400) < 0.2
    cups = rng.random(400) < np.where(tea, 0.5, 0.1)
    found = basket.together(_baskets(sold=np.stack([tea, cups, ~tea], axis=1))).to_pylist()
    pair = next(line for line in found if (line["product"], line["also"]) == (0, 1))
    both = int((tea & cups).sum())
    table = [[both, int((tea & ~cups).sum())], [int((~tea & cups).sum()), int((~tea & ~cups).sum())]]
    # The baskets that hold nothing do not exist: all others hold tea, or what is bought instead.
    assert pair["count"] == both
    assert pair["p_value"] == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-9)
    assert pair["confidence"] == pytest.approx(both / tea.sum())
    assert pair["lift"] == pytest.approx(both * 400 / (tea.sum() * cups.sum()))
    assert pair["support"] == pytest.approx(both / 400)
    assert pair["q_value"] == pytest.approx(min(pair["p_value"] * 3, 1.0))
    back = next(line for line in found if (line["product"], line["also"]) == (1, 0))
    assert back["lift"] == pytest.approx(pair["lift"])
    assert all({line["product"], line["also"]} != {0, 2} for line in found)


@pytest.mark.parametrize("everywhere", [3, 10, 60, 500, 40_000])
def test_what_chance_brings_together_is_the_upper_tail_to_ten_digits(everywhere: int) -> None:
    rng = np.random.default_rng(2)
    one, other = (rng.integers(1, everywhere + 1, 2_000) for _ in range(2))
    often = np.minimum(one, other)
    by_chance = hypergeom.rvs(everywhere, one, other, random_state=4)
    for count in (by_chance, by_chance + 1, by_chance + rng.integers(0, 30, 2_000), often):
        met = (count > 0) & (count <= often)
        table = count[met], everywhere, one[met], other[met]
        exact = hypergeom.sf(table[0] - 1, *table[1:])
        np.testing.assert_allclose(_by_chance(*table), exact, rtol=1e-9, atol=1e-300)


def test_of_products_that_have_nothing_to_do_with_each_other_hardly_ever_a_pair_is_shown() -> None:
    false, naive = 0, 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        sold = rng.random((800, 30)) < rng.uniform(0.02, 0.3, 30)
        table = _baskets(sold=sold)
        false += basket.together(table).num_rows > 0
        naive += basket.together(table, level=1.0)["p_value"].to_numpy().min() < 0.05
    assert false <= 5
    assert naive == 30


def test_planted_pairs_are_found_among_thousands() -> None:
    rng = np.random.default_rng(3)
    sold = rng.random((3_000, 80)) < 0.05
    for first in range(0, 10, 2):
        sold[:, first + 1] |= sold[:, first] & (rng.random(3_000) < 0.4)
    found = basket.together(_baskets(sold=sold))
    pairs = {tuple(sorted((line["product"], line["also"]))) for line in found.to_pylist()}
    assert {(first, first + 1) for first in range(0, 10, 2)} <= pairs
    assert len(pairs) <= 7


def test_products_may_meet_in_a_basket_or_with_a_customer() -> None:
    rows = [(customer, day, what) for customer in range(40) for day, what in ((0, "printer"), (9, "ink"))]
    rows += [(100 + customer, 0, "paper") for customer in range(60)]
    table = {name: [row[i] for row in rows] for i, name in enumerate(("customer", "day", "product"))}
    assert basket.together(table).num_rows == 0
    assert basket.together(table, by="CUSTOMER")["also"].to_pylist() == ["printer", "ink"]
    assert basket.together(table, by="CUSTOMER", least=50).num_rows == 0
    with pytest.raises(BadInput, match="by is"):
        basket.together(table, by="WEEK")
    with pytest.raises(BadInput, match="least"):
        basket.together(table, least=0)
