"""What is still to come from subscriptions, where they all leave alike and a fit hardly knows how they differ."""

import json
import math

from setia.subscriptions import analysis


def alike(share: float, number: int) -> list[analysis.Lived]:
    """Of so many subscriptions the same share leaves at each of twelve renewals."""
    rows, there = [], number
    for renewal in range(1, 13):
        gone = round(there * share)
        rows.append(analysis.Lived(renewal, True, gone))
        there -= gone
    return [*rows, analysis.Lived(12, False, there)]


def test_a_range_is_a_number_or_not_there_however_far_out_the_parameters_lie() -> None:
    """It is kept as JSON, which knows no NaN."""
    ranges = 0
    for share in (0.05, 0.1, 0.2, 0.3, 0.5):
        for number in (200, 400, 2_000):
            found = analysis.remaining(alike(share, number), {3: 1_000.0, 8: 5_000.0}, discount=0.008)
            assert found is not None
            json.dumps(found._asdict(), allow_nan=False)
            if found.low is not None and found.high is not None:
                ranges += 1
                assert 0.5 * found.amount < found.low <= found.amount <= found.high < 3 * found.amount
    assert ranges


def test_the_amount_is_what_a_constant_risk_comes_to() -> None:
    """Who stays with probability .8 and pays 1 brings .8 + .8² / 1.008 + …, so .8 / (1 - .8 / 1.008)."""
    found = analysis.remaining(alike(0.2, 20_000), {5: 1.0}, discount=0.008)
    assert found is not None
    assert math.isclose(found.amount, 0.8 / (1 - 0.8 / 1.008), rel_tol=0.01)
