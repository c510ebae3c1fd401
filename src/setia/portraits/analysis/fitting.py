"""The models behind the forecasts: fitted once per refresh, kept as JSON, or absent with the reason."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from setia.portraits.analysis.rules import Rules
from setia_insight.errors import NotEnoughData
from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD
from setia_insight.value import GammaGamma


@dataclass(frozen=True)
class Models:
    """What a forecast needs. A model that is None is absent; `kept` says why.

    `kept` is what `Refresh.models_json` holds: `repeat` (MBG/NBD), `repeat_bg` (BG/NBD, for comparison with the
    literature only: its P(alive) is no risk), `value` (Gamma-Gamma), each either the library's JSON or
    `{"absent": reason, "needs": …, "has": …}`; `edges` (least value of each RFM group); `recorded` (which of
    promotions and referrals the firm keeps); `first_date` of all purchases.
    """

    repeat: ModifiedBetaGeometricNBD | None = None
    value: GammaGamma | None = None
    kept: dict[str, Any] = field(default_factory=dict)


def fit(summary: pa.Table, *, history_days: int, rules: Rules) -> Models:
    """Fit all models on the summary of every customer who bought. Times in days."""
    x, t_x, age = (summary[name].to_numpy() for name in ("x", "t_x", "T"))
    if history_days < rules.history_days:
        few = {"absent": "HISTORY", "needs": {"days": rules.history_days}, "has": {"days": history_days}}
        return Models(kept={"repeat": few, "repeat_bg": few, "value": few})
    kept: dict[str, Any] = {}
    repeat = _fitted(kept, "repeat", lambda: ModifiedBetaGeometricNBD().fit(x, t_x, age))
    _fitted(kept, "repeat_bg", lambda: BetaGeometricNBD().fit(x, t_x, age))
    mean = summary["repeat_value"].fill_null(np.nan).to_numpy()
    value = _fitted(kept, "value", lambda: GammaGamma().fit(x, mean))
    return Models(repeat, value, kept)


def load(kept: dict[str, Any]) -> Models:
    """The models of an earlier refresh, from `Refresh.models_json`."""

    def text(name: str) -> str | None:
        found = kept.get(name)
        return None if not found or "absent" in found else json.dumps(found)

    repeat, value = text("repeat"), text("value")
    return Models(
        ModifiedBetaGeometricNBD.from_json(repeat) if repeat else None,
        GammaGamma.from_json(value) if value else None,
        kept,
    )


def _fitted(kept: dict[str, Any], name: str, fit_it: Any) -> Any:
    """The fitted model, noted in `kept`. One whose search found no maximum at all is not used."""
    try:
        model = fit_it()
    except NotEnoughData as few:
        kept[name] = {"absent": "TOO_FEW", "needs": few.needs, "has": few.has}
        return None
    if model.ended == "ITERATIONS":
        kept[name] = {"absent": "NO_FIT", "needs": {}, "has": {"customers": model.customers}}
        return None
    kept[name] = json.loads(model.to_json())
    return model
