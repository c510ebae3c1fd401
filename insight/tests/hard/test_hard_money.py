"""Money and contracts at their edges: no amounts, endless tails, nobody who left."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from shop import buyers, column

from setia_insight import contract, value
from setia_insight.errors import NotEnoughData
from setia_insight.repeat import MODELS, Repeat

MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


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
    fitted = model().fit(*buyers())
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
