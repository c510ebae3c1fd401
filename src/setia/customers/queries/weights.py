"""Which weights doubles are looked for with, how they came about, and what people's decisions say of them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from setia.customers.matching import BUILT_IN, Weights
from setia.customers.models import DoubleGroup, DoubleTraining

ENOUGH_DECIDED = 30
"""Pairs people must have decided about before weights learnt from the records can be held against them."""
LOOKED_AT = 5_000
"""The latest decisions that count."""
SURE = 0.95

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deciding:
    """What people decided about groups of which the search was sure (`SURE`): how many, and how many were right."""

    sure: int
    right: int

    @property
    def percent(self) -> float:
        """Right ones of a hundred; 0 when there is none."""
        return 100 * self.right / self.sure if self.sure else 0.0


def latest_weights() -> Weights:
    """Those learnt from the firm's own records that are in use, where they fit today's levels; else the built-in."""
    used = DoubleTraining.objects.filter(state=DoubleTraining.State.USED).values_list("weights", flat=True).first()
    return weights_from(used)


def weights_from(kept: Mapping[str, Any] | None) -> Weights:
    """Weights as kept; the built-in ones for none, or for some that know other levels than today's."""
    if kept is not None:
        try:
            return Weights.from_json(kept)
        except KeyError:
            log.info("the trained weights know other levels; the built-in ones are used")
    return BUILT_IN


def latest_training() -> DoubleTraining | None:
    """The one in use, else the newest."""
    return DoubleTraining.objects.filter(state="USED").first() or DoubleTraining.objects.order_by("-id").first()


def decided_pairs() -> list[tuple[int, bool]]:
    """(code of the levels, whether it is one customer) of the pairs people looked at and decided, the latest ones."""
    groups = (
        DoubleGroup.objects.exclude(state=DoubleGroup.State.OPEN)
        .filter(in_bulk=False)
        .order_by("-decided_at", "-id")
        .values_list("state", "pairs")[:LOOKED_AT]
    )
    return [(pair[3], state == DoubleGroup.State.ACCEPTED) for state, pairs in groups for pair in pairs]


def decided_about_sure() -> Deciding:
    """How right the search was about groups it was sure of, by people's decisions; not by those merged unseen."""
    states = list(
        DoubleGroup.objects.exclude(state=DoubleGroup.State.OPEN)
        .filter(in_bulk=False, certainty__gte=SURE)
        .order_by("-decided_at", "-id")
        .values_list("state", flat=True)[:LOOKED_AT]
    )
    return Deciding(len(states), states.count(DoubleGroup.State.ACCEPTED))
