"""The estimate of what a customer will spend and its range belong together, whoever the customer is."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.utils import translation
from numpy.typing import NDArray

from setia.portraits.analysis.fitting import Models
from setia.portraits.analysis.worth import worth
from setia.portraits.models import Portrait
from setia.portraits.queries import sentences
from setia.web.ranges import money_between
from setia_insight.repeat import ModifiedBetaGeometricNBD
from setia_insight.value import GammaGamma

R, ALPHA, A, B = 0.6, 50.0, 0.9, 2.5
P, Q, GAMMA = 6.0, 4.0, 30_000.0
MODELS = Models(
    repeat=ModifiedBetaGeometricNBD.given(r=R, alpha=ALPHA, a=A, b=B), value=GammaGamma.given(p=P, q=Q, gamma=GAMMA)
)
YEAR = 365


def summary_of(rows: list[tuple[int, float, float, float]]) -> pa.Table:
    x, t_x, age, mean = zip(*rows, strict=True)
    return pa.table({"x": x, "t_x": t_x, "T": age, "repeat_value": pa.array(mean, from_pandas=True)})


@pytest.fixture(scope="module")
def lived() -> tuple[pa.Table, NDArray[np.float64], dict[str, NDArray[np.bool_]]]:
    """Four thousand customers drawn from the models, what they spent in the year after, and who is in which stage."""
    draw = np.random.default_rng(5)
    rows, spent = [], []
    for _ in range(4_000):
        rate, leaves = draw.gamma(R) / ALPHA, draw.beta(A, B)
        each, age = draw.gamma(Q) / GAMMA, int(draw.integers(60, 1_400))
        day, days, there = 0.0, [], draw.random() >= leaves
        while there and (day := day + draw.exponential(1 / rate)) <= age + YEAR:
            days.append(day)
            there = draw.random() >= leaves
        past = [one for one in days if one <= age]
        came = len(days) - len(past)
        mean = draw.gamma(P * len(past)) / each / len(past) if past else float("nan")
        rows.append((len(past), max(past, default=0.0), float(age), mean))
        spent.append(draw.gamma(P * came) / each if came else 0.0)
    x, silent = np.array([row[0] for row in rows]), np.array([row[2] - row[1] for row in rows])
    gone = silent >= YEAR
    stages = {
        "DEFECTED": gone,
        "FIRST": ~gone & (x == 0),
        "RETENTION": ~gone & (x > 0) & (x < 6),
        "LOYALTY": ~gone & (x >= 6),
    }
    return summary_of(rows), np.array(spent), stages


@pytest.mark.parametrize("stage", ["DEFECTED", "FIRST", "RETENTION", "LOYALTY"])
def test_in_every_stage_the_range_holds_the_estimate_and_four_of_five_truths(lived: Any, stage: str) -> None:
    summary, spent, stages = lived
    found = worth(MODELS, summary, days=YEAR)
    assert found is not None
    who = stages[stage]
    assert who.sum() > 100
    assert (found.low <= found.spend)[who].all()
    assert (found.spend <= found.high)[who].all()
    inside = ((spent >= found.low) & (spent <= found.high))[who].mean()
    assert inside > 0.8 - 3 * (0.16 / who.sum()) ** 0.5


def test_the_estimates_together_are_what_is_spent(lived: Any) -> None:
    summary, spent, _stages = lived
    found = worth(MODELS, summary, days=YEAR)
    assert found is not None
    assert found.spend.sum() == pytest.approx(spent.sum(), rel=0.1)


def test_somebody_long_gone_has_a_range_from_nothing_up_to_the_estimate() -> None:
    found = worth(MODELS, summary_of([(2, 40.0, 1_200.0, 50_000.0)]), days=YEAR)
    assert found is not None
    assert found.low[0] == 0
    assert found.high[0] == found.spend[0] > 0


def test_where_the_expectation_is_infinite_nothing_is_named_not_a_range_alone() -> None:
    endless = Models(repeat=MODELS.repeat, value=GammaGamma.given(p=P, q=0.9, gamma=GAMMA))
    found = worth(endless, summary_of([(0, 0.0, 100.0, float("nan")), (3, 60.0, 100.0, 40_000.0)]), days=YEAR)
    assert found is not None
    assert np.isnan([found.spend[0], found.low[0], found.high[0]]).all()
    assert np.isfinite([found.spend[1], found.low[1], found.high[1]]).all()


def test_without_both_models_nothing_is_worked_out() -> None:
    summary = summary_of([(2, 40.0, 100.0, 50_000.0)])
    assert worth(Models(repeat=MODELS.repeat), summary, days=YEAR) is None
    assert worth(Models(value=MODELS.value), summary, days=YEAR) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("risk", "begins"), [(0.92, "Most likely nothing: of such customers, 92%"), (0.3, "About 1.4")]
)
def test_of_whom_most_likely_nothing_comes_it_is_said(risk: float, begins: str) -> None:
    found = Portrait(
        stage="RETENTION",
        as_of_date=date(2026, 11, 19),
        latest_date=date(2025, 9, 1),
        purchase_days=3,
        purchases=3,
        spent=Decimal(300_000),
        value=Decimal(57_700),
        value_low=Decimal(0),
        value_high=Decimal(57_700),
        expected_purchases=1.4,
        risk=risk,
    )
    with translation.override("en"):
        (told,) = [one for one in sentences(found) if one.kind == "VALUE"]
    assert told.why.startswith(begins)
    assert told.why.endswith("spent so far in 3 purchases.")


@pytest.mark.django_db
def test_ends_that_are_written_alike_are_written_once() -> None:
    assert money_between(Decimal("0"), Decimal("0.3")) == "Rp0"
    assert money_between(Decimal("0"), Decimal("0.3"), sign=False) == "0"
    assert money_between(Decimal("5812345"), Decimal("5812999")).startswith("Rp5")
    assert "–" not in money_between(Decimal("5812345"), Decimal("5812999"))
