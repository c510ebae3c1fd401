"""The search for doubles on a smaller simulated file: nearly as right as `docs/doubles.md` says of the large one."""

from bench.doubles import scoring
from bench.doubles.simulated import simulate
from setia.customers.matching import BUILT_IN
from setia.customers.matching.training import train


def test_a_simulated_file_is_cleaned_without_gluing_people_together() -> None:
    rows = simulate(8_000, seed=77)
    found, groups, right = scoring.run(rows, BUILT_IN)
    joined, missed = scoring.wrong_by_kind(rows, scoring.pairs_of(groups))
    assert right.precision >= 0.99, joined
    assert right.recall >= 0.93, missed
    learnt = train(found.tally)
    assert learnt is not None
    assert 0.8 < learnt.doubles / right.true < 1.2
    _found, _groups, after = scoring.run(rows, learnt.weights)
    assert after.precision >= 0.99
    assert after.recall >= 0.93


def test_a_seed_gives_the_same_file_for_ever() -> None:
    assert simulate(500, seed=5) == simulate(500, seed=5)
    assert simulate(500, seed=5) != simulate(500, seed=6)
