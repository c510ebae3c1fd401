from __future__ import annotations

import datetime as dt
import json
import math
import os
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from setia_insight import basket
from setia_insight.basket import NextBasket
from setia_insight.basket._next import score
from setia_insight.errors import BadInput, InsightError, NotEnoughData

RICE, OIL, TEA, SOAP = "rice", "oil", "tea", "soap"


def _lines(rows: list[tuple[Any, int, Any]]) -> pa.Table:
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(("customer", "day", "product"))})


SHOP = _lines(
    [
        ("Ani", 0, RICE), ("Ani", 0, OIL), ("Ani", 28, RICE), ("Ani", 49, RICE), ("Ani", 74, RICE), ("Ani", 74, TEA),
        ("Budi", 10, RICE), ("Budi", 10, RICE), ("Budi", 10, SOAP), ("Budi", 40, TEA), ("Budi", 40, RICE),
        ("Citra", 70, SOAP),
    ]
)  # fmt: skip


def test_lines_become_baskets_in_order_and_a_product_twice_in_one_counts_once() -> None:
    seen = basket.read(SHOP)
    assert seen.baskets.tolist() == [4, 2, 1]
    assert seen.place.tolist() == [0, 0, 1, 2, 3, 3, 0, 0, 1, 1, 0]
    known, held = seen.without_latest()
    assert known.baskets.tolist() == [3, 1, 1]
    assert held.products.take(pa.array(held.product)).to_pylist() == [RICE, TEA, RICE, TEA]


@pytest.mark.parametrize("how", ["pandas", "duckdb", "dates", "dict"])
def test_lines_come_from_whatever_holds_them(how: str) -> None:
    table: Any = SHOP
    if how == "pandas":
        table = pytest.importorskip("pandas").DataFrame(SHOP.to_pydict())
    elif how == "duckdb":
        table = duckdb.from_arrow(SHOP)
    elif how == "dates":
        days = [dt.date(2026, 1, 1) + dt.timedelta(days=day) for day in SHOP["day"].to_pylist()]
        table = SHOP.set_column(1, "day", pa.array(days))
    else:
        table = SHOP.to_pydict()
    found = NextBasket.personal().fit(table).recommend(["Ani"], most=2)
    assert found["product"].to_pylist() == [RICE, TEA]


def test_the_vector_of_a_customer_is_that_of_the_paper() -> None:
    """Nine baskets in four parts of 2, 2, 2 and 3; a different product in each, so each weight can be read off."""
    model = NextBasket(within=0.9, groups=4, between=0.7).fit(_lines([(1, k, k) for k in range(9)]))
    assert model.vectors is not None
    parts, size = [0, 0, 1, 1, 2, 2, 3, 3, 3], [2, 2, 2, 2, 2, 2, 3, 3, 3]
    expected = [0.9 ** (8 - k) * 0.7 ** (3 - parts[k]) / size[k] / 4 for k in range(9)]
    np.testing.assert_allclose(model.vectors.toarray()[0], expected)
    few = NextBasket(within=0.9, groups=4, between=0.7).fit(_lines([(1, k, k) for k in range(3)]))
    assert few.vectors is not None
    np.testing.assert_allclose(few.vectors.toarray()[0], [0.81 * 0.49 / 3, 0.9 * 0.7 / 3, 1 / 3])


def test_each_suggestion_has_its_reason() -> None:
    found = NextBasket.personal(0.9).fit(SHOP).recommend(["Ani", "Citra"], most=3, as_of=100).to_pylist()
    rice = found[0]
    assert (rice["customer"], rice["rank"], rice["product"], rice["reason"]) == ("Ani", 1, RICE, "OWN")
    assert (rice["times"], rice["days_ago"], rice["people"]) == (4, 26.0, 2)
    assert (rice["gap_low"], rice["gap_high"]) == (23.0, 26.5)  # of gaps 28, 21 and 25 days
    tea = found[1]
    assert (tea["product"], tea["times"]) == (TEA, 1)
    assert math.isnan(tea["gap_low"])
    soap, popular, _ = found[3:]
    assert (soap["product"], soap["reason"]) == (SOAP, "OWN")
    assert (popular["product"], popular["reason"], popular["times"]) == (RICE, "POPULAR", 0)
    assert math.isnan(popular["days_ago"])


def test_who_shares_a_customer_s_habits_lends_the_rest() -> None:
    rows = [(f"tea {i}", day, what) for i in range(5) for day, what in ((0, TEA), (1, TEA), (2, "cups"))]
    rows += [(f"soap {i}", day, SOAP) for i in range(20) for day in range(3)]
    rows.append(("Dewi", 0, TEA))
    model = NextBasket(neighbours=6, own=0.5).fit(_lines(rows))
    second = model.recommend(["Dewi"], most=2).to_pylist()[1]
    assert (second["product"], second["reason"], second["people"]) == ("cups", "ALIKE", 5)


def _habits(customers: int, seed: int) -> pa.Table:
    """Customers with a few products of their own, of 60, one new each tenth basket."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        own = rng.choice(60, 4, replace=False)
        for day in range(int(rng.integers(2, 9))):
            rows += [(customer, day, int(product)) for product in own[rng.random(4) < 0.7]]
            if rng.random() < 0.1:
                rows.append((customer, day, int(rng.integers(60))))
    return _lines(rows)


def test_the_back_test_takes_what_foretells_the_latest_baskets() -> None:
    table = _habits(300, 1)
    found = basket.choose(table, candidates={"OWN": NextBasket.personal(), "CROWD": NextBasket(own=0.001)}, most=5)
    assert found.name == "OWN"
    assert "OWN foretold" in found.why
    own, crowd = found.scores.to_pylist()
    assert own["behind"] == 0.0
    assert crowd["behind"] > 2 * crowd["behind_error"] > 0
    assert own["recall"] > 0.8
    assert 0 < own["ndcg"] <= 1
    assert found.winner.recommend(most=3).num_rows == 900


def test_recall_and_ndcg_can_be_counted_by_hand() -> None:
    seen = basket.read(_lines([(1, 0, "a"), (1, 0, "b"), (1, 1, "a"), (1, 2, "a"), (1, 2, "c")]))
    known, held = seen.without_latest()
    recall, ndcg = score(NextBasket.personal()._of(known), held, np.array([0]), 2)
    assert recall.tolist() == [0.5]  # a, then b, were foretold; a and c came
    assert ndcg[0] == pytest.approx(1.0 / (1.0 + 1.0 / math.log2(3)))


def test_what_cannot_be_read_or_told_is_refused() -> None:
    with pytest.raises(BadInput, match="no column product"):
        basket.read({"customer": [1], "day": [1]})
    with pytest.raises(BadInput, match="neither a date"):
        basket.read({"customer": [1], "day": ["monday"], "product": [1]})
    with pytest.raises(BadInput, match="1 lines have no day"):
        basket.read({"customer": [1], "day": pa.array([None], pa.int64()), "product": [1]})
    with pytest.raises(NotEnoughData):
        basket.read({"customer": pa.array([None], pa.int64()), "day": [1], "product": [1]})
    with pytest.raises(NotEnoughData, match="2 customers with two baskets of 30"):
        basket.choose(SHOP)
    with pytest.raises(BadInput, match="'Eko'"):
        NextBasket().fit(SHOP).recommend(["Eko"])
    with pytest.raises(BadInput, match="most"):
        NextBasket().fit(SHOP).recommend(most=0)
    with pytest.raises(BadInput, match="lie above 0"):
        NextBasket(within=1.2)
    with pytest.raises(InsightError, match="fit first"):
        NextBasket().recommend()


def _tafeng(datasets: Path) -> basket.Lines:
    history = json.loads((datasets / "basket" / "tafeng_history.json").read_text())
    future = json.loads((datasets / "basket" / "tafeng_future.json").read_text())
    rows = [
        (int(customer), day, product)
        for customer, baskets in history.items()
        for day, products in enumerate([*baskets[1:-1], future[customer][1]])
        for product in products
    ]
    return basket.read(_lines(rows))


@pytest.mark.data
@pytest.mark.skipif("SETIA_LONG" not in os.environ, reason="13,858 customers take minutes: set SETIA_LONG=1")
@pytest.mark.parametrize(
    ("name", "recall_10", "recall_20", "ndcg"),
    [
        ("PERSONAL", 0.1351, 0.1832, 0.1236),  # the published figures of personal, then global frequency
        ("PERSONAL_AND_ALIKE", 0.1366, 0.1879, 0.1242),
    ],
)
def test_ta_feng_is_foretold_as_well_as_measured(
    datasets: Path, name: str, recall_10: float, recall_20: float, ndcg: float
) -> None:
    known, held = _tafeng(datasets).without_latest()
    everyone = np.arange(len(known.customers))
    model = basket.CANDIDATES[name]._of(known)
    found, gain = score(model, held, everyone, 10)
    assert round(found.mean(), 4) == recall_10
    assert round(gain.mean(), 4) == ndcg
    assert round(score(model, held, everyone, 20)[0].mean(), 4) == recall_20


@pytest.mark.data
def test_ta_feng_customers_keep_old_habits_so_all_baskets_count_alike(datasets: Path) -> None:
    seen = _tafeng(datasets)
    some = {name: basket.CANDIDATES[name] for name in ("PERSONAL", "PERSONAL_NEWEST")}
    found = basket.choose(seen, candidates=some, customers=1_000)
    assert found.name == "PERSONAL"
    newest = found.scores.to_pylist()[1]
    assert newest["behind"] > 2 * newest["behind_error"]
