from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from shop import Truth

from setia_insight import repeat, value
from setia_insight.contract import ShiftedBetaGeometric
from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat import BetaGeometricNBD
from setia_insight.resample import Bootstrap, bootstrap

TRUTH = Truth(3_000, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=False, seed=3)
DAYS = (
    TRUTH.x,
    np.clip(np.ceil(TRUTH.t_x * 7), TRUTH.x > 0, np.ceil(TRUTH.T * 7)).astype(np.int64),
    np.ceil(TRUTH.T * 7).astype(np.int64),
)


@pytest.fixture(scope="module")
def found() -> Bootstrap:
    return bootstrap(BetaGeometricNBD(), *DAYS, draws=150, seed=1)


def test_where_the_story_is_true_the_draws_vary_as_the_likelihood_says(found: Bootstrap) -> None:
    assert found.excluded == 0
    assert found.model == BetaGeometricNBD().fit(*DAYS)
    drawn, said = found.intervals(0.8), found.model.intervals(0.8)
    for name, error in found.standard_errors.items():
        assert error == pytest.approx(found.model.standard_errors[name], rel=0.4)
        assert np.log(drawn[name][1] / drawn[name][0]) == pytest.approx(np.log(said[name][1] / said[name][0]), rel=0.35)
    narrow, wide = found.intervals(0.5), found.intervals(0.95)
    for name, estimate in found.model.parameters.items():
        assert wide[name][0] < narrow[name][0] < estimate < narrow[name][1] < wide[name][1]
    with pytest.raises(BadInput, match="coverage"):
        found.intervals(95)


def test_any_question_has_an_interval_close_to_the_short_formula(found: Bootstrap) -> None:
    history = [0, 3], [0, 200], [300, 300]
    low, high = found.interval_of(lambda model: model.expected_purchases(*history, 90.0), 0.8)
    told = found.model.predict(*history, 90.0, coverage=0.8)
    np.testing.assert_allclose(high - low, told["high"].to_numpy() - told["low"].to_numpy(), rtol=0.35)
    assert ((low < told["expected_purchases"].to_numpy()) & (told["expected_purchases"].to_numpy() < high)).all()


def test_the_same_seed_draws_the_same_customers() -> None:
    one, two, other = (bootstrap(BetaGeometricNBD(), *DAYS, draws=2, seed=seed) for seed in (7, 7, 8))
    assert one.draws == two.draws
    assert one.draws != other.draws


def test_money_and_contracts_are_drawn_again_too() -> None:
    rng = np.random.default_rng(4)
    x = rng.integers(1, 9, 600)
    mean = rng.gamma(6.0 * x) / rng.gamma(4.0, 1 / 15.0, 600) / x
    money = bootstrap(value.GammaGamma(), x, mean, draws=60)
    for name, error in money.standard_errors.items():
        assert error == pytest.approx(money.model.standard_errors[name], rel=0.5)
    ended, seen = rng.geometric(rng.beta(0.8, 3.0, 2_000)), rng.integers(1, 9, 2_000)
    stay = bootstrap(ShiftedBetaGeometric(), np.minimum(ended, seen), ended <= seen, draws=60)
    low, high = stay.interval_of(lambda model: model.survival([1, 5]), 0.9)
    assert (low < stay.model.survival([1, 5])).all()
    assert (stay.model.survival([1, 5]) < high).all()
    with pytest.raises(BadInput, match="one row per customer"):
        bootstrap(ShiftedBetaGeometric(), [1], [True], [30.0])


def test_draws_without_an_answer_are_counted_and_too_many_of_them_refused() -> None:
    """Exactly as many who came back as are needed: about half the draws have fewer."""
    some = np.concatenate([np.flatnonzero(TRUTH.x > 0)[:21], np.flatnonzero(TRUTH.x == 0)[:60]])
    few = tuple(column[some] for column in DAYS)
    found = bootstrap(BetaGeometricNBD(), *few, draws=60, seed=2)
    assert 5 < found.excluded < 30
    assert len(found.draws) + found.excluded == 60
    with pytest.raises(BadInput, match="2 or more"):
        bootstrap(BetaGeometricNBD(), *few, draws=1)
    with pytest.raises(NotEnoughData, match="0 draws with an answer of 4"):
        bootstrap(Shy(), [1, 2, 3], draws=7)
    with_prior = bootstrap(BetaGeometricNBD(), *few, draws=20, prior=repeat.weak_prior(BetaGeometricNBD, few[2]))
    assert with_prior.excluded == 0
    assert with_prior.model.with_prior


class Shy:
    """Answers for all customers, and never for some of them."""

    ended = "CONVERGED"

    def fit(self, x: NDArray[np.int64]) -> Shy:
        if x.tolist() != [1, 2, 3]:
            raise NotEnoughData("Shy", {"customers": 3}, {"customers": 0})
        return self
