from __future__ import annotations

import math

import numpy as np
import pytest
from shop import Truth, column, row

from setia_insight import repeat
from setia_insight.errors import BadInput, NotEnoughData
from setia_insight.repeat import ModifiedBetaGeometricNBD

MODEL = ModifiedBetaGeometricNBD(unit="WEEK")
WALK_IN = Truth(3_000, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=1)
ONLINE = Truth(3_000, r=0.6, alpha=14.0, a=0.9, b=2.5, may_leave_at_once=True, seed=2)
FAIR = Truth(40, r=0.6, alpha=3.0, a=0.9, b=2.5, may_leave_at_once=True, seed=3)
FRIEND = Truth(4, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=4)
ALL = (WALK_IN, ONLINE, FAIR, FRIEND)
X, T_X, AGE = (np.concatenate([truth.history[i] for truth in ALL]) for i in range(3))
GROUP = np.repeat(["walk-in", "online", "fair", "friend"], [3_000, 3_000, 40, 4])


@pytest.fixture(scope="module")
def groups() -> repeat.Groups:
    return repeat.by_group(MODEL, X, T_X, AGE, GROUP)


def test_large_groups_speak_for_themselves(groups: repeat.Groups) -> None:
    assert groups.of("walk-in") == MODEL.fit(*WALK_IN.history)
    for kind, alpha in (("walk-in", 7.0), ("online", 14.0)):
        line = row(groups.table, group=kind)
        assert (line["how"], line["ended"], line["customers"]) == ("OWN", "CONVERGED", 3_000)
        assert line["alpha"] == pytest.approx(alpha, rel=0.25)
    assert groups.p_value < 1e-6


def test_a_small_group_is_drawn_towards_all_and_a_tiny_one_is_all(groups: repeat.Groups) -> None:
    fair, friend = row(groups.table, group="fair"), row(groups.table, group="friend")
    assert (fair["how"], friend["how"]) == ("DRAWN", "TOGETHER")
    assert groups.of("fair").with_prior
    assert groups.of("friend") == groups.of("never seen") == groups.together
    assert fair["alpha"] < groups.together.parameters["alpha"]  # they buy more often, and so much shows
    tight = repeat.by_group(MODEL, X, T_X, AGE, GROUP, spread=1e-3)
    assert row(tight.table, group="fair")["alpha"] == pytest.approx(groups.together.parameters["alpha"], rel=0.01)


def test_each_customer_is_foretold_by_the_model_of_the_group(groups: repeat.Groups) -> None:
    told = groups.predict([2, 2, 2], [20, 20, 20], [40, 40, 40], ["online", "walk-in", "moon"], 26, coverage=0.9)
    for i, model in enumerate((groups.of("online"), groups.of("walk-in"), groups.together)):
        alone = model.predict(2, 20, 40, 26, coverage=0.9)
        for name in alone.column_names:
            assert column(told, name)[i] == column(alone, name)[0]
    assert groups.predict([], [], [], [], 26).num_rows == 0


def test_groups_that_do_not_differ_are_found_to_differ_about_as_often_as_chance_has_it() -> None:
    rng = np.random.default_rng(5)
    found = []
    for seed in range(20):
        truth = Truth(600, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=100 + seed)
        found.append(repeat.by_group(MODEL, *truth.history, rng.integers(0, 2, 600)).p_value)
    assert sum(p < 0.05 for p in found) <= 4
    assert 0.25 < np.mean(found) < 0.75


def test_what_makes_no_groups_is_refused() -> None:
    with pytest.raises(BadInput, match="as long as"):
        repeat.by_group(MODEL, X, T_X, AGE, GROUP[1:])
    with pytest.raises(BadInput, match="spread"):
        repeat.by_group(MODEL, X, T_X, AGE, GROUP, spread=0.0)
    with pytest.raises(NotEnoughData):
        repeat.by_group(MODEL, X[:5], T_X[:5], AGE[:5], GROUP[:5])
    assert math.isnan(repeat.by_group(MODEL, *WALK_IN.history, np.zeros(3_000)).p_value)
