"""The estimate of what open opportunities bring, against sums done by hand and pipelines whose truth is known."""

import numpy as np

from setia.sales.estimating import CENSORED, Open, Spells, chances, fit, forecast
from setia.sales.tests.simulated import back_test


def spells(*rows: tuple[int, int, int]) -> Spells:
    """Stays given as (stage, days, way)."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Spells(columns[:, 0], columns[:, 1], columns[:, 2])


def test_with_no_history_the_firms_own_probabilities_hold() -> None:
    won, _stay = chances(fit(spells(), (0.1, 0.25, 0.5)))
    assert np.allclose(won, (0.1, 0.25, 0.5), atol=0.01)


def test_with_much_history_what_happened_holds() -> None:
    # Of one stage 300 left after 10 days: 90 won, 210 lost. The firm believed in 90 %.
    won, stay = chances(fit(spells(*[(0, 10, 1)] * 90, *[(0, 10, 2)] * 210), (0.9,)))
    assert abs(won[0] - 0.3) < 0.02
    assert 5 <= stay[0] <= 14


def test_a_long_wait_without_an_end_makes_an_end_less_likely() -> None:
    ended = [(0, 10, 1)] * 20
    soon = forecast(fit(spells(*ended), (0.5,)), _one(age=0), [30], draws=50).expected[0]
    waited = forecast(fit(spells(*ended, *[(0, 100, CENSORED)] * 40), (0.5,)), _one(age=90), [30], draws=50).expected[0]
    assert waited < soon / 2


def test_a_constant_rate_is_won_as_the_exponential_law_says() -> None:
    # 2,000 stays of exactly 10 days at risk each and as many wins: one win in ten days, no loss.
    random = np.random.default_rng(3)
    stays = np.maximum(random.exponential(10, 4000).round().astype(int), 1)
    rates = fit(spells(*[(0, int(stay), 1) for stay in stays]), (0.98,))
    found = forecast(rates, _one(age=0, amount=100.0), [10, 20], draws=60)
    assert abs(found.expected[0] / 100 - (1 - np.exp(-1))) < 0.05
    assert abs(found.expected.sum() / 100 - (1 - np.exp(-2))) < 0.05


def test_nothing_open_brings_nothing() -> None:
    none = Open(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.array([]))
    assert forecast(fit(spells(), (0.5,)), none, [30, 60]).total == (0.0, 0.0, 0.0)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    found = back_test(12, seed=5, draws=60)
    assert 0.6 <= found.covered <= 1.0
    assert found.error < 0.35
    assert abs(found.bias) < 0.15


def _one(*, age: int, amount: float = 1.0) -> Open:
    return Open(np.array([0], dtype=np.int64), np.array([age], dtype=np.int64), np.array([amount]))
