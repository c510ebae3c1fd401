from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.stats import rankdata

from setia_insight.contract import Risk, ShiftedBetaGeometric, Survival
from setia_insight.errors import BadInput, InsightError, NotEnoughData

# Of 1,000 customers, how many were still there after each of the first seven years (Fader & Hardie 2007).
HIGH_END = (869, 743, 653, 593, 551, 517, 491)
REGULAR = (631, 468, 382, 326, 289, 262, 241)


def _rows(still: tuple[int, ...]) -> tuple[list[int], list[bool], list[float]]:
    before = (1000, *still[:-1])
    years = list(range(1, len(still) + 1))
    lost = [float(b - s) for b, s in zip(before, still, strict=True)]
    return [*years, years[-1]], [True] * len(years) + [False], [*lost, float(still[-1])]


@pytest.mark.parametrize(
    ("still", "alpha", "beta", "log_likelihood", "twelfth"),
    [(HIGH_END, 0.668, 3.806, -1611.2, 0.38), (REGULAR, 0.704, 1.182, -1680.3, 0.17)],
)
def test_the_two_groups_of_the_paper_have_its_estimates(
    still: tuple[int, ...], alpha: float, beta: float, log_likelihood: float, twelfth: float
) -> None:
    fitted = ShiftedBetaGeometric().fit(*_rows(still))
    assert fitted.converged
    assert fitted.customers == 1000
    assert {k: round(v, 3) for k, v in fitted.parameters.items()} == {"alpha": alpha, "beta": beta}
    assert round(fitted.log_likelihood, 1) == log_likelihood
    assert fitted.survival(12) == pytest.approx(twelfth, abs=0.02)
    np.testing.assert_allclose(fitted.survival(np.arange(1, 8)), np.array(still) / 1000, atol=0.02)


def test_the_curve_the_retention_and_the_risk_are_one_story() -> None:
    model = ShiftedBetaGeometric.given(alpha=0.668, beta=3.806)
    survival = model.survival(np.arange(6))
    assert survival[0] == 1.0
    np.testing.assert_allclose(np.cumprod(model.retention(np.arange(1, 6))), survival[1:], rtol=1e-12)
    np.testing.assert_allclose(model.risk(2, within=3), 1 - survival[5] / survival[2], rtol=1e-12)
    assert (np.diff(model.risk(np.arange(10))) < 0).all()
    further = model.survival(3 + np.arange(1, 3_000)) / model.survival(3)
    assert model.remaining(3, 0.1) == pytest.approx(float(further @ 1.1 ** -np.arange(0.0, 2_999)), rel=1e-9)
    with pytest.raises(BadInput, match="discount"):
        model.remaining(3, 0.0)


def test_simulated_contracts_give_back_their_parameters_and_intervals_hold() -> None:
    held = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        ended = rng.geometric(rng.beta(0.8, 3.0, 2_000))
        seen = rng.integers(1, 9, 2_000)
        fitted = ShiftedBetaGeometric().fit(np.minimum(ended, seen), ended <= seen)
        low, high = zip(*fitted.intervals(0.9).values(), strict=True)
        held += [low[0] < 0.8 < high[0], low[1] < 3.0 < high[1]]
    assert 0.82 < np.mean(held) < 0.97


def test_what_cannot_be_estimated_is_said() -> None:
    rng = np.random.default_rng(1)
    ended = rng.geometric(0.2, 3_000)
    same = ShiftedBetaGeometric().fit(np.minimum(ended, 8), ended <= 8)
    assert same.risk(0) == pytest.approx(0.2, abs=0.02)
    assert same.converged or "same rate" in same.advice
    with pytest.raises(NotEnoughData, match="10 customers of 30"):
        ShiftedBetaGeometric().fit([1] * 10, [True] * 10)
    with pytest.raises(BadInput, match="renewal 1"):
        ShiftedBetaGeometric().fit([0], [True])
    with pytest.raises(BadInput, match="whole"):
        ShiftedBetaGeometric().fit([1.5], [False])
    with pytest.raises(InsightError, match="fit first"):
        ShiftedBetaGeometric().survival(3)


def test_a_contract_model_comes_back_from_json() -> None:
    fitted = ShiftedBetaGeometric().fit(*_rows(REGULAR))
    assert ShiftedBetaGeometric.from_json(fitted.to_json()) == fitted
    for text in ("", "[]", '{"model": "GammaGamma"}', '{"model": "ShiftedBetaGeometric"}'):
        with pytest.raises(BadInput):
            ShiftedBetaGeometric.from_json(text)


def _simulated(n: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.bool_], pa.Table, NDArray[np.float64]]:
    """Contracts whose odds of ending fall with `use` and are twice as high in town; at last the true hazards."""
    rng = np.random.default_rng(seed)
    use, town = rng.normal(size=n), rng.random(n) < 0.5
    hazard = 1 / (1 + np.exp(2.0 + use - math.log(2) * town))
    ended = rng.geometric(hazard)
    seen = rng.integers(3, 15, n)
    table = pa.table({"use": use, "place": np.where(town, "TOWN", "VILLAGE").tolist()})
    return np.minimum(ended, seen), ended <= seen, table, hazard


def test_survival_with_covariates_finds_the_hazard_of_simulated_customers() -> None:
    t, left, table, hazard = _simulated(8_000, 3)
    model = Survival().fit(t, left, table)
    assert model.converged
    found = model.risk(0, table)
    assert float(np.abs(found / hazard - 1).mean()) < 0.12
    both = model.survival(2, table, 4)
    np.testing.assert_allclose(1 - both[:, -1], model.risk(2, table, within=4))
    assert (np.diff(both, axis=1) < 0).all()
    new, gone, later, truth = _simulated(8_000, 4)
    assert model.risk(0, later).mean() == pytest.approx(truth.mean(), rel=0.06)
    assert ((new == 1) & gone).mean() == pytest.approx(model.risk(0, later).mean(), rel=0.08)


def test_covariates_are_read_as_learned() -> None:
    t, left, table, _ = _simulated(500, 5)
    model = Risk().fit(table, left)
    assert model.converged
    frame = {"use": [0.0], "place": ["MOON"]}
    assert 0 < model.probability(frame)[0] < 1
    with pytest.raises(BadInput, match="lacks place"):
        model.probability({"use": [0.0]})
    with pytest.raises(BadInput, match="words and numbers"):
        model.probability({"use": [0.0], "place": [1.0]})
    with pytest.raises(BadInput, match="yes or no"):
        Risk().fit(table, t)
    with pytest.raises(BadInput, match="is Arrow"):
        model.probability([1, 2])
    with pytest.raises(InsightError, match="fit first"):
        Risk().probability(table)
    with pytest.raises(InsightError, match="fit first"):
        Survival().risk(0, table)
    with pytest.raises(BadInput, match="two dimensions"):
        Risk().fit(np.zeros(3), [0, 1, 0])


def test_the_reasons_name_what_raises_the_risk() -> None:
    rng = np.random.default_rng(2)
    lazy, town = rng.random(4_000) < 0.3, rng.random(4_000) < 0.5
    left = rng.random(4_000) < np.where(lazy, 0.6, 0.1)
    model = Risk().fit({"lazy": lazy, "town": town}, left)
    found = model.reasons({"lazy": [True, False], "town": [True, True]}, most=1).to_pylist()
    assert found[0]["column"] == "lazy"
    assert found[0]["odds"] > 2
    assert found[0]["rank"] == 1


def _auc(score: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    rank, yes, no = rankdata(score), int(happened.sum()), int((~happened).sum())
    return float((rank[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def _telco(datasets: Path) -> tuple[dict[str, list[Any]], NDArray[np.bool_]]:
    with (datasets / "churn" / "telco_churn.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    numbers = ("tenure", "MonthlyCharges", "TotalCharges")
    columns: dict[str, list[Any]] = {}
    for name in rows[0]:
        if name not in ("customerID", "Churn"):
            values = [row[name].strip() for row in rows]
            columns[name] = [float(v or 0) for v in values] if name in numbers else values
    return columns, np.array([row["Churn"] == "Yes" for row in rows])


@pytest.mark.data
def test_on_the_telco_customers_the_risk_is_as_good_as_logistic_regression_and_boosting(datasets: Path) -> None:
    sklearn_compose = pytest.importorskip("sklearn.compose", reason="the comparison needs scikit-learn")
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from threadpoolctl import threadpool_limits

    columns, left = _telco(datasets)
    fold = np.random.default_rng(0).integers(0, 5, len(left))
    words = [i for i, values in enumerate(columns.values()) if isinstance(values[0], str)]
    numbers = [i for i in range(len(columns)) if i not in words]
    table = np.array(list(zip(*columns.values(), strict=True)), dtype=object)

    def prepared() -> Any:
        return sklearn_compose.ColumnTransformer(
            [
                ("w", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), words),
                ("n", StandardScaler(), numbers),
            ]
        )

    def rows(which: NDArray[np.bool_]) -> dict[str, list[Any]]:
        return {name: [v for v, keep in zip(c, which, strict=True) if keep] for name, c in columns.items()}

    scores = {name: np.zeros(len(left)) for name in ("ours", "logistic", "boosting")}
    for k in range(5):
        learn, test = fold != k, fold == k
        mine = Risk().fit(rows(learn), left[learn])
        assert mine.converged
        scores["ours"][test] = mine.probability(rows(test))
        for name, method in (
            ("logistic", LogisticRegression(max_iter=1000)),
            ("boosting", HistGradientBoostingClassifier(max_iter=60, learning_rate=0.06, max_depth=3)),
        ):
            with threadpool_limits(1):  # threads that wait for each other by spinning stand still on a busy machine
                theirs = make_pipeline(prepared(), method).fit(table[learn], left[learn])
                scores[name][test] = theirs.predict_proba(table[test])[:, 1]
    auc = {name: _auc(score, left) for name, score in scores.items()}
    brier = {name: float(((score - left) ** 2).mean()) for name, score in scores.items()}
    assert (round(auc["ours"], 4), round(brier["ours"], 4)) == (0.8496, 0.1334)
    assert (auc["logistic"], brier["logistic"]) == pytest.approx((0.845, 0.135), abs=1e-3)
    assert (auc["boosting"], brier["boosting"]) == pytest.approx((0.848, 0.134), abs=1.5e-3)
    assert auc["ours"] > max(auc["logistic"], auc["boosting"])
    assert brier["ours"] < min(brier["logistic"], brier["boosting"])
    tenth = np.argsort(np.argsort(scores["ours"])) * 10 // len(left)
    for group in range(10):
        who = tenth == group
        # About 704 customers each: three standard errors of the widest.
        assert left[who].mean() == pytest.approx(scores["ours"][who].mean(), abs=0.055)
