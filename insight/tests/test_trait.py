from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.stats import beta as beta_distribution
from shop import ANI, BUDI, CITRA, column, orders

from setia_insight import trait
from setia_insight.errors import BadInput
from setia_insight.summary import summarise

NAN = float("nan")


def test_a_customer_is_new_for_ninety_days() -> None:
    score = column(trait.new([0, 45, 90, 91, 180, 900]), "score")
    np.testing.assert_allclose(score[:3], [1.0, 0.75, 0.5])
    assert score[3] < trait.SHOWN_FROM
    assert score[4:].tolist() == [0.0, 0.0]


def test_a_prospect_is_new_by_asking_and_unknown_without_records() -> None:
    assert np.isnan(column(trait.new([NAN]), "score")[0])
    score = column(trait.new([NAN, NAN, 10.0], questions=[0, 3, 50]), "score")
    np.testing.assert_allclose(score, [0.0, 0.5, 1.0 - 10 / 180])


def test_potential_takes_both_fit_and_interest_and_no_purchase() -> None:
    table = trait.potential([False, False, True, False], fit=[0.9, 0.9, 1.0, NAN], interest=[0.4, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(column(table, "score"), [0.6, 0.0, 0.0, NAN])
    np.testing.assert_allclose(column(trait.potential([False, True]), "score"), [NAN, 0.0])
    with pytest.raises(BadInput, match="fit"):
        trait.potential([False], fit=[1.5], interest=[0.5])


def test_an_impulse_is_quick_unplanned_and_needs_no_promotion() -> None:
    table = trait.impulsive(
        4,
        first_sight_gap_days=[0.0, 10.0, 0.0, 0.0],
        unplanned_share=[1.0, 1.0, 0.0, 1.0],
        promotion_share=[0.0, 0.0, 0.0, 1.0],
    )
    score = column(table, "score")
    assert score[0] == pytest.approx(1.0)
    assert (score[1:] < trait.SHOWN_FROM).all()


def test_without_records_of_browsing_nothing_is_said_about_impulse() -> None:
    assert np.isnan(column(trait.impulsive(2, unplanned_share=[1.0, 1.0]), "score")).all()
    with pytest.raises(BadInput, match="first sight"):
        trait.impulsive(1, first_sight_gap_days=[-1.0])
    with pytest.raises(BadInput, match="2 values for 1"):
        trait.impulsive(1, first_sight_gap_days=[1.0, 2.0])


def test_nothing_is_said_about_thrift_from_two_orders_or_without_promotions() -> None:
    orders_of, promoted = np.array([2, 3, 10]), np.array([2, 3, 0])
    assert np.isnan(column(trait.thrifty(orders_of, promoted), "score")).tolist() == [True, False, False]
    assert np.isnan(column(trait.thrifty(orders_of, None), "score")).all()
    assert np.isnan(column(trait.thrifty(orders_of, np.zeros(3)), "score")).all()


def test_where_customers_differ_by_chance_only_nobody_is_thrifty() -> None:
    rng = np.random.default_rng(2)
    orders_of = rng.geometric(0.1, 20_000)
    score = column(trait.thrifty(orders_of, rng.binomial(orders_of, 0.3)), "score")
    assert np.nanmax(score) < trait.SHOWN_FROM


def test_the_tenth_who_wait_for_promotions_are_found_and_the_others_left_alone() -> None:
    rng = np.random.default_rng(3)
    orders_of = rng.integers(6, 20, 20_000)
    waits = rng.random(20_000) < 0.1
    promoted = rng.binomial(orders_of, np.where(waits, 0.8, 0.15))
    shown = column(trait.thrifty(orders_of, promoted), "score") >= trait.SHOWN_FROM
    assert shown[waits].mean() > 0.6
    assert shown[~waits].mean() < 0.01


def test_thrift_is_measured_against_what_the_promotion_calendar_explains() -> None:
    rng = np.random.default_rng(4)
    orders_of = np.full(2_000, 12)
    promoted = rng.binomial(orders_of, rng.beta(2.0, 2.0, 2_000))
    free = trait.thrifty(orders_of, promoted, base_rate=0.1)
    calendar = trait.thrifty(orders_of, promoted, base_rate=0.7)
    assert (column(free, "score") > column(calendar, "score")).mean() > 0.5
    assert column(calendar, "base_rate")[0] == 0.7


def test_the_shrunk_share_and_its_certainty_are_those_of_the_beta_posterior() -> None:
    rng = np.random.default_rng(6)
    orders_of = np.full(50_000, 10)
    promoted = rng.binomial(orders_of, rng.beta(1.0, 3.0, 50_000))
    table = trait.thrifty(orders_of, promoted)
    rate = promoted.sum() / orders_of.sum()
    who = int(np.flatnonzero(promoted == 6)[0])
    # A Beta(1, 3) is worth 4 orders, which the method of moments should find from 50,000 customers.
    assert column(table, "share")[who] == pytest.approx((4 * rate + 6) / 14, abs=0.01)
    expected = beta_distribution.sf(rate + 0.1 * (1 - rate), 4 * rate + 6, 4 * (1 - rate) + 4)
    assert column(table, "certainty")[who] == pytest.approx(expected, abs=0.01)


def test_impossible_promotions_are_refused() -> None:
    with pytest.raises(BadInput, match="promotion_orders"):
        trait.thrifty([3], [4])
    with pytest.raises(BadInput, match="base_rate"):
        trait.thrifty([3], [1], base_rate=1.2)
    with pytest.raises(BadInput, match="promotion_orders"):
        trait.thrifty([3], [1, 1])


def _devoted(rows: list[tuple[int | None, str, float]], as_of: dt.date) -> dict[int, float]:
    customers = summarise(orders(rows), as_of=as_of)
    table = trait.devoted(*(column(customers, name) for name in ("x", "t_x", "T", "gap_squares")))
    return dict(zip(column(customers, "customer").tolist(), column(table, "score").tolist(), strict=True))


def test_ani_who_comes_every_month_is_devoted_until_she_stops() -> None:
    months = [f"2025-{month:02d}-10" for month in range(1, 13)]
    rows: list[tuple[int | None, str, float]] = [(ANI, day, 1.0) for day in months]
    rows += [(BUDI, day, 1.0) for day in months[:4]]
    rows += [(CITRA, day, 1.0) for day in ["2025-01-01", "2025-01-02", "2025-01-04", "2025-08-01", "2025-12-20"]]
    score = _devoted(rows, dt.date(2026, 1, 5))
    assert score[ANI] > 0.6
    assert np.isnan(score[BUDI])
    assert score[CITRA] < 0.1
    assert _devoted(rows, dt.date(2027, 1, 5))[ANI] < 0.2


def test_the_numbers_behind_devotion_can_be_checked_by_hand() -> None:
    table = trait.devoted([4], [40], [50], [4 * 100 + 2 * (4 + 16)])
    line = table.to_pylist()[0]
    # Gaps 8, 12, 6, 14: mean 10, variance 40 / 3, squared variation .1333, shrunk (4 × .1333 + 4) / 8 = .5667.
    assert line["gap_days"] == 10.0
    assert line["variation"] ** 2 == pytest.approx((4 * (40 / 3) / 100 + 4) / 8)
    assert line["silence_days"] == 10.0
    assert line["score"] == pytest.approx(1 - 0.5666667)


def test_few_who_buy_at_random_and_most_who_keep_a_rhythm_are_called_devoted() -> None:
    rng = np.random.default_rng(7)

    def share_shown(shape: float) -> float:
        x = rng.integers(6, 30, 3_000)
        gaps = [np.maximum(1.0, np.rint(rng.gamma(shape, 20.0 / shape, n))) for n in x]
        span = np.array([g.sum() for g in gaps])
        squares = np.array([(g * g).sum() for g in gaps])
        return float((column(trait.devoted(x, span, span + 5, squares), "score") >= trait.SHOWN_FROM).mean())

    assert share_shown(1.0) < 0.05
    assert share_shown(6.0) > 0.85


def test_an_advocate_buys_and_brings_others() -> None:
    table = trait.advocate([True, True, True, False, False], [0, 1, 2, 5, NAN])
    np.testing.assert_allclose(column(table, "score"), [0.0, 0.5, 0.75, 0.0, NAN])
    assert np.isnan(column(trait.advocate([True], None), "score")).all()


def test_every_score_is_nothing_or_between_0_and_1() -> None:
    rng = np.random.default_rng(8)
    x = rng.integers(0, 30, 5_000)
    span = np.where(x > 0, rng.integers(1, 500, 5_000) + x, 0)
    squares = np.where(x > 0, span.astype(float) ** 2 / np.maximum(x, 1) * rng.uniform(1, 5, 5_000), 0)
    tables = [
        trait.devoted(x, span, span + rng.integers(0, 500, 5_000), squares),
        trait.thrifty(x, rng.binomial(x, rng.random(5_000))),
        trait.new(rng.integers(0, 1000, 5_000)),
    ]
    for table in tables:
        score = column(table, "score")
        known = score[~np.isnan(score)]
        assert len(known) > 0
        assert ((known >= 0) & (known <= 1)).all()
