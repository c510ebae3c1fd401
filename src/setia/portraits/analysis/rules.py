"""The thresholds behind stage, base and traits: the library's defaults, or the firm's own from `Firm.rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from setia_insight.base import BaseRules
from setia_insight.stage import StageRules
from setia_insight.trait import TraitRules

HORIZON_DAYS = 365
"""Risk, expected purchases and value look this far ahead."""
COVERAGE = 0.8
"""Of an interval: how probable it is that the truth lies in it."""

_Rules = TypeVar("_Rules", BaseRules, StageRules, TraitRules, "ClassRules")


@dataclass(frozen=True)
class ClassRules:
    """What tells a client from a buyer, and a reseller from an end user."""

    client_purchases: int = 12
    """Purchases in the past 12 months from which on their number speaks for a client."""
    client_large_orders: float = 5.0
    """Times the firm's usual order from which on their size does."""
    client_days: int = 365
    """Days between the first and the latest purchase from which on the duration does."""


@dataclass(frozen=True)
class Rules:
    """Every threshold a portrait rests on. Durations in days unless the name says months."""

    base: BaseRules = field(default_factory=BaseRules)
    stage: StageRules = field(default_factory=StageRules)
    trait: TraitRules = field(default_factory=TraitRules)
    classes: ClassRules = field(default_factory=ClassRules)
    rhythm_purchase_days: int = 3
    """From this many purchase days on a customer has a usual gap."""
    leaving_gaps: float = 2.0
    """Late: silent for longer than this many usual gaps."""
    leaving_risk: float = 0.5
    """Leaving: late, and at least this likely to stay away."""
    history_days: int = 180
    """With a shorter history of orders nothing is forecast for a year."""
    free_is_purchase: bool = False
    """An order that cost nothing counts as a purchase."""

    @classmethod
    def of_firm(cls, changed: Mapping[str, Any]) -> "Rules":
        """The defaults with what the firm changed; a name that is no threshold of ours is another room's."""
        own = {
            threshold.name: changed[threshold.name]
            for threshold in fields(cls)
            if threshold.name in changed and threshold.name not in {"base", "stage", "trait", "classes"}
        }
        return cls(
            base=_changed(BaseRules(), changed),
            stage=_changed(StageRules(), changed),
            trait=_changed(TraitRules(), changed),
            classes=_changed(ClassRules(), changed),
            **own,
        )


def _changed(rules: _Rules, changed: Mapping[str, Any]) -> _Rules:
    return replace(rules, **{each.name: changed[each.name] for each in fields(rules) if each.name in changed})
