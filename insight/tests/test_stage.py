from __future__ import annotations

import pytest

from setia_insight import stage
from setia_insight.errors import BadInput


def _one(
    purchase_days: int, silence: float, loyal: bool = False, contact_both_ways: bool = False, subscribed: bool = False
) -> dict[str, object]:
    table = stage.classify(
        [purchase_days],
        [silence],
        [loyal],
        contact_both_ways=[contact_both_ways],
        active_subscription=[subscribed],
    )
    answer: dict[str, object] = table.to_pylist()[0]
    return answer


def test_someone_never_met_is_to_be_reached() -> None:
    assert _one(0, float("nan")) == {"stage": "REACH", "evidence": "NO_CONTACT", "number": None}


def test_someone_who_answers_has_a_relationship_with_the_firm() -> None:
    found = _one(0, 0, contact_both_ways=True)
    assert found == {"stage": "RELATIONSHIP", "evidence": "CONTACT_BOTH_WAYS", "number": None}


def test_one_purchase_day_is_a_first_purchase_and_two_are_retention() -> None:
    assert _one(1, 10) == {"stage": "FIRST", "evidence": "PURCHASE_DAYS", "number": 1}
    assert _one(2, 10) == {"stage": "RETENTION", "evidence": "PURCHASE_DAYS", "number": 2}


def test_a_loyal_customer_is_in_loyalty() -> None:
    assert _one(9, 10, loyal=True) == {"stage": "LOYALTY", "evidence": "LOYAL_BASE", "number": 9}


def test_a_year_of_silence_is_defection_whatever_came_before() -> None:
    assert _one(9, 364, loyal=True)["stage"] == "LOYALTY"
    assert _one(9, 365, loyal=True) == {"stage": "DEFECTED", "evidence": "DAYS_SINCE_LATEST", "number": 365}
    assert _one(1, 2000) == {"stage": "DEFECTED", "evidence": "DAYS_SINCE_LATEST", "number": 2000}


def test_a_subscriber_does_not_defect_by_not_ordering() -> None:
    assert _one(2, 800, subscribed=True)["stage"] == "RETENTION"


def test_a_prospect_does_not_defect() -> None:
    assert _one(0, 5000)["stage"] == "REACH"


def test_a_firm_may_call_silence_defection_sooner() -> None:
    rules = stage.StageRules(defected_days=90, retention_purchase_days=3)
    table = stage.classify([2, 2, 3], [89, 90, 5], [False] * 3, rules=rules)
    assert table["stage"].to_pylist() == ["FIRST", "DEFECTED", "RETENTION"]


def test_columns_of_different_customers_are_refused() -> None:
    with pytest.raises(BadInput, match="loyal"):
        stage.classify([1, 2], [3, 4], [True])
    with pytest.raises(BadInput, match="contact_both_ways"):
        stage.classify([1, 2], [3, 4], [True, False], contact_both_ways=[True])
    with pytest.raises(BadInput, match="active_subscription"):
        stage.classify([1, 2], [3, 4], [True, False], active_subscription=[True])
