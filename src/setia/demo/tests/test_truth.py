"""What is drawn follows the model it says it follows."""

import numpy as np
import pytest

from setia.demo.truth import Population, Truth, population, purchases, speed_for
from setia_insight.repeat import ModifiedBetaGeometricNBD

DAYS = 900
FLAT = np.ones(DAYS)
PURE = Truth(companies=0.0, promotion_waiters=0.0, standing_orders=0.0, prospects=0.0, yearly_growth=0.0)


@pytest.fixture(scope="module")
def drawn() -> tuple[Population, np.ndarray, np.ndarray]:
    people = population(PURE, 60_000, DAYS, seed=11, arrivals=FLAT)
    return people, *purchases(people, FLAT, FLAT, seed=11)


def test_the_share_that_never_returns_is_the_one_the_model_gives(
    drawn: tuple[Population, np.ndarray, np.ndarray],
) -> None:
    people, who, _when = drawn
    # MBG/NBD: gone at once with probability a/(a+b), else no purchase of a gamma rate over the time there was.
    stays = PURE.b / (PURE.a + PURE.b)
    expected = 1 - stays + stays * (PURE.alpha / (PURE.alpha + DAYS - people.first)) ** PURE.r
    share = (np.bincount(who, minlength=len(people.first)) == 1).mean()
    assert share == pytest.approx(expected.mean(), abs=4 * np.sqrt(0.25 / len(people.first)))


def test_the_parameters_can_be_estimated_back_within_their_intervals(
    drawn: tuple[Population, np.ndarray, np.ndarray],
) -> None:
    people, who, when = drawn
    count = np.bincount(who, minlength=len(people.first))
    latest = np.zeros(len(people.first))
    np.maximum.at(latest, who, when)
    fitted = ModifiedBetaGeometricNBD(unit="DAY").fit(count - 1, latest - people.first, DAYS - people.first)
    assert fitted.converged
    for name in ("r", "alpha", "a", "b"):
        assert abs(fitted.parameters[name] - getattr(PURE, name)) < 4 * fitted.standard_errors[name], name


def test_nobody_buys_before_their_first_purchase_or_after_the_end(
    drawn: tuple[Population, np.ndarray, np.ndarray],
) -> None:
    people, who, when = drawn
    assert (when >= people.first[who] - 1e-9).all()
    assert when.max() <= DAYS


def test_mean_spending_per_customer_has_the_mean_of_the_gamma_gamma_model() -> None:
    people = population(PURE, 200_000, DAYS, seed=5, arrivals=FLAT)
    means = PURE.p / people.spend_rate
    assert means.mean() == pytest.approx(PURE.mean_order_value, rel=0.02)


def test_buyers_who_wait_buy_on_the_days_that_draw_them() -> None:
    pull = np.where(np.arange(DAYS) % 30 < 3, 5.0, 0.5)
    truth = Truth(companies=0.0, standing_orders=0.0, promotion_waiters=0.5)
    people = population(truth, 20_000, DAYS, seed=2, arrivals=FLAT)
    who, when = purchases(people, FLAT, pull / pull.mean(), seed=2)
    later = when > people.first[who]
    on_days = when.astype(int) % 30 < 3
    waiting = people.is_waiter[who]
    assert on_days[later & waiting].mean() > 0.45
    assert on_days[later & ~waiting].mean() == pytest.approx(0.1, abs=0.01)


def test_standing_orders_come_at_even_gaps() -> None:
    truth = Truth(standing_orders=1.0, prospects=0.0)
    people = population(truth, 300, DAYS, seed=3, arrivals=FLAT)
    who, when = purchases(people, FLAT, FLAT, seed=3)
    order = np.lexsort((when, who))
    same = np.diff(who[order]) == 0
    gaps = np.diff(when[order])[same] / people.gap_days[who[order][1:][same]]
    assert gaps.mean() == pytest.approx(1.0, abs=0.02)
    assert gaps.std() == pytest.approx(0.1, abs=0.02)


def test_the_wished_number_of_purchases_is_nearly_met_by_drawing_faster_or_slower() -> None:
    people = population(PURE, 30_000, DAYS, seed=4, arrivals=FLAT)
    for wanted in (60_000, 300_000):
        faster = speed_for(wanted, people, FLAT, FLAT, seed=4)
        assert len(purchases(people, FLAT, FLAT, seed=4, faster=faster)[0]) == pytest.approx(wanted, rel=0.05)
