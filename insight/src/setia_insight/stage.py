"""Lifecycle stage: exactly one per customer, the first rule that fits.

Defected, loyalty, retention and first purchase follow from orders and the base class; relationship and reach are for
customers who have not bought yet. The evidence is a code and a number; turning it into a sentence is the caller's work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight.errors import BadInput

STAGES = ("REACH", "RELATIONSHIP", "FIRST", "RETENTION", "LOYALTY", "DEFECTED")
"""The stages in the order a customer grows through them; DEFECTED stands apart."""

EVIDENCE = ("NO_CONTACT", "CONTACT_BOTH_WAYS", "PURCHASE_DAYS", "LOYAL_BASE", "DAYS_SINCE_LATEST")
"""What the number beside a stage counts: nothing, nothing, purchase days, purchase days, days since the latest one."""

_REACH, _RELATIONSHIP, _FIRST, _RETENTION, _LOYALTY, _DEFECTED = range(6)


@dataclass(frozen=True)
class StageRules:
    """Thresholds of the stages."""

    defected_days: int = 365
    """Defected: no purchase in this many days (the latest lies this many days back, or more)."""
    retention_purchase_days: int = 2
    """Retention: at least this many purchase days."""


def classify(
    purchase_days: ArrayLike,
    days_since_latest: ArrayLike,
    loyal: ArrayLike,
    *,
    contact_both_ways: ArrayLike | None = None,
    active_subscription: ArrayLike | None = None,
    rules: StageRules = StageRules(),
) -> pa.Table:
    """The stage of each customer, buyers and prospects alike.

    `purchase_days` is 0 for a prospect, whose `days_since_latest` is not read. `contact_both_ways` (a reply, a meeting,
    an open opportunity) and `active_subscription` are boolean; None stands for "nobody". Columns of the answer:
    `stage` (dictionary of `STAGES`), `evidence` (dictionary of `EVIDENCE`), `number` (int32, null where the evidence
    counts nothing).
    """
    days: NDArray[np.int64] = np.asarray(purchase_days, dtype=np.int64)
    silence = np.nan_to_num(np.asarray(days_since_latest, dtype=np.float64), nan=0.0).astype(np.int64)
    is_loyal = np.asarray(loyal, dtype=np.bool_)
    contact = _flags(contact_both_ways, len(days))
    subscribed = _flags(active_subscription, len(days))
    given = {
        "days_since_latest": silence,
        "loyal": is_loyal,
        "contact_both_ways": contact,
        "active_subscription": subscribed,
    }
    for name, values in given.items():
        if len(values) != len(days):
            raise BadInput(f"{name} holds {len(values)} customers, purchase_days {len(days)}")
    bought = days > 0
    conditions = [
        bought & (silence >= rules.defected_days) & ~subscribed,
        bought & is_loyal,
        bought & (days >= rules.retention_purchase_days),
        bought,
        contact,
    ]
    stage = np.select(conditions, [_DEFECTED, _LOYALTY, _RETENTION, _FIRST, _RELATIONSHIP], _REACH).astype(np.int8)
    evidence = np.array([0, 1, 2, 2, 3, 4], dtype=np.int8)[stage]
    number = np.where(stage == _DEFECTED, silence, days).astype(np.int32)
    return pa.table(
        {
            "stage": pa.DictionaryArray.from_arrays(pa.array(stage), pa.array(STAGES)),
            "evidence": pa.DictionaryArray.from_arrays(pa.array(evidence), pa.array(EVIDENCE)),
            "number": pa.array(number, mask=stage <= _RELATIONSHIP),
        }
    )


def _flags(flags: ArrayLike | None, customers: int) -> NDArray[np.bool_]:
    return np.zeros(customers, dtype=np.bool_) if flags is None else np.asarray(flags, dtype=np.bool_)
