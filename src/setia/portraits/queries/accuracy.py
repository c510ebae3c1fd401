"""How right the forecasts were: what was said, what happened, and what that means for trusting the next one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from setia.core.permissions import Actor, require
from setia.portraits.models import Forecast
from setia.portraits.queries.figures import Rows, latest_refresh, why_absent
from setia.portraits.words import money_word, near_day_word, number_word, percent_word

HORIZONS = (90, 365)
"""Days a forecast looks ahead."""
PROMISED = 0.8
"""The share of truths that a window or a range is meant to hold."""
_CLOSE = 0.10
_LEAST = 30


class Claim(NamedTuple):
    """One thing that was said, what happened (`figures`: both in one), and what to make of it."""

    what: str
    figures: str
    verdict: str


@dataclass(frozen=True)
class AccuracyPage:
    """Everything the page shows: the forecasts of a horizon, the newest first, and one of them looked at."""

    days: int = HORIZONS[0]
    forecasts: list[Forecast] = field(default_factory=list)
    planned: int = 0
    done: int = 0
    shown: Forecast | None = None
    sub: str = ""
    title: str = ""
    claims: list[Claim] = field(default_factory=list)
    tracking: dict[str, Any] = field(default_factory=dict)
    steps: Rows = field(default_factory=list)
    tenths: dict[str, Any] = field(default_factory=dict)
    tenths_title: str = ""
    absent: str = ""


def accuracy_page(user: Actor, params: Mapping[str, str]) -> AccuracyPage:
    """The forecasts of the horizon `days` asked for, and the one with the key `at` looked at, else the newest whose
    days are over. Raises `PermissionDenied`.
    """
    require(user, "portraits.view")
    everything = list(Forecast.objects.order_by("-as_of_date", "made"))
    days = 365 if params.get("days") == "365" else HORIZONS[0]
    made = [one for one in everything if one.made_at and one.figures and one.days == days]
    planned = sum(one.made_at is None for one in everything)
    if not made:
        absent = why_absent(latest_refresh()) or _(
            "The orders do not reach back far enough to try a forecast of %(days)s days on them. What is said today is "
            "kept and compared when its days are over."
        ) % {"days": number_word(days)}
        return AccuracyPage(days=days, planned=planned, done=len(everything) - planned, absent=absent)
    over = [one for one in made if one.compared_at]
    shown = next((one for one in made if str(one.pk) == params.get("at")), (over or made)[0])
    figures = shown.figures
    steps = [
        {**row, "day": shown.as_of_date + timedelta(row["days"])}
        for row in figures["tracking"]
        if row["came"] is not None
    ]
    return AccuracyPage(
        days=days,
        forecasts=made,
        planned=planned,
        done=len(everything) - planned,
        shown=shown,
        sub=_sub(shown),
        title=_title(shown, steps),
        claims=_claims(shown),
        tracking=_tracking(steps),
        steps=steps,
        tenths=_tenths(shown) if shown.compared_at else {},
        tenths_title=_tenths_title(figures.get("groups", [])),
    )


def summary_rows() -> Rows:
    """A row for each forecast whose days are over, the newest first."""
    names = ("said", "came", "error", "naive_error", "money_said", "money_came", "in_range", "in_window")
    return [
        {
            "as_of": one.as_of_date.isoformat(),
            "until": one.until_date.isoformat(),
            "looked_back": one.made == Forecast.Made.LOOKED_BACK,
            "customers": one.figures["compared"],
            **{name: one.figures.get(name) for name in names},
        }
        for one in _over()
    ]


def group_rows() -> Rows:
    """The tenths of these forecasts."""
    return [
        {
            "forecast": one.pk,
            "as_of": one.as_of_date.isoformat(),
            "until": one.until_date.isoformat(),
            **group,
        }
        for one in _over()
        for group in one.figures["groups"]
    ]


def _over() -> list[Forecast]:
    found = Forecast.objects.filter(compared_at__isnull=False).order_by("-as_of_date", "days", "made")
    return [one for one in found if "compared" in one.figures]


def _sub(shown: Forecast) -> str:
    facts = {
        "day": near_day_word(shown.as_of_date),
        "until": near_day_word(shown.until_date),
        "customers": number_word(shown.figures["customers"]),
        "all": number_word(shown.customers),
    }
    if shown.figures["customers"] < shown.customers:
        return (
            _("As of %(day)s, for the days until %(until)s; %(customers)s customers drawn evenly from %(all)s") % facts
        )
    return _("As of %(day)s, for the days until %(until)s; all %(customers)s customers who had bought") % facts


def _title(shown: Forecast, steps: Rows) -> str:
    if not shown.compared_at:
        if not steps:
            return _("It is too early to compare this one")
        latest = steps[-1]
        facts = {"said": number_word(latest["said"]), "came": number_word(latest["came"])}
        return _("So far %(came)s purchase days came, %(said)s were foretold") % facts
    figures = shown.figures
    facts = {"said": number_word(figures["said"]), "came": number_word(figures["came"])}
    return _("%(said)s purchase days were foretold, %(came)s came") % facts


def _claims(shown: Forecast) -> list[Claim]:
    figures = shown.figures
    if not shown.compared_at:
        return []
    off = _off(figures["said"], figures["came"])
    claims = [
        Claim(
            _("Purchase days of all"),
            _both(number_word(figures["said"]), number_word(figures["came"])),
            _sum_verdict(off),
        ),
        Claim(
            _("Off by, per customer"),
            _("%(error)s; simple rule %(naive)s")
            % {"error": number_word(figures["error"], 2), "naive": number_word(figures["naive_error"], 2)},
            _beside(figures["error"], figures["naive_error"], figures["square"], figures["naive_square"]),
        ),
        Claim(
            _("Stayed away"),
            _both(percent_word(figures["away_said"], 0), percent_word(figures["away_came"], 0)),
            _ordering(figures["auc"]),
        ),
        _held(
            _("Came within the days given"),
            figures["in_window"],
            figures["returned"],
            _("Too few came back to tell."),
        ),
    ]
    if "money_said" in figures:
        off = _off(figures["money_said"], figures["money_came"])
        claims += [
            Claim(
                _("Money of all"),
                _both(money_word(figures["money_said"]), money_word(figures["money_came"])),
                _sum_verdict(off),
            ),
            _held(
                _("Spent within the range given"),
                figures["in_range"],
                figures["compared"],
                _("Too few to tell."),
                wide=_("As promised, and more: many most likely bring nothing, and their range begins there."),
            ),
        ]
    return claims


def _off(said: float, came: float) -> float:
    return (said - came) / max(came, said, 1e-9)


def _sum_verdict(off: float) -> str:
    share = percent_word(abs(off), 0)
    if abs(off) <= _CLOSE:
        return _("Close: off by %(share)s.") % {"share": share}
    if off > 0:
        return _("Said too much, by %(share)s.") % {"share": share}
    return _("Said too little, by %(share)s.") % {"share": share}


def _beside(error: float, naive: float, square: float, naive_square: float) -> str:
    if square <= naive_square and error <= naive:
        return _("Closer than “the same again as before”.")
    if square <= naive_square:
        return _("Fewer large misses than “the same again”; that rule is closer where it says nothing happens.")
    return _("“The same again as before” was closer: trust sums more than single customers.")


def _ordering(auc: float | None) -> str:
    if auc is None:
        return _("All did the same, so there is no order to judge.")
    return _("Of one who came and one who did not, the right one was put first in %(share)s of the cases.") % {
        "share": percent_word(auc, 0)
    }


def _held(what: str, share: float | None, count: int, too_few: str, *, wide: str = "") -> Claim:
    promised = percent_word(PROMISED, 0)
    if share is None or count < _LEAST:
        return Claim(what, _both(promised, "–"), too_few)
    figures = _both(promised, percent_word(share, 0))
    if abs(share - PROMISED) <= 0.08:
        return Claim(what, figures, _("As promised."))
    if share > PROMISED:
        return Claim(what, figures, wide or _("Wider than need be."))
    return Claim(what, figures, _("Too narrow: read it with room on both sides."))


def _both(said: str, came: str) -> str:
    return _("%(said)s → %(came)s") % {"said": said, "came": came}


def _tracking(steps: Rows) -> dict[str, Any]:
    if not steps:
        return {}
    return {
        "kind": "stacked",
        "labels": [near_day_word(row["day"]) for row in steps],
        "series": [{"name": _("Came"), "tone": "accent", "values": [row["came"] for row in steps]}],
        "line": {"name": _("Foretold"), "values": [round(row["said"]) for row in steps]},
    }


def _tenths(shown: Forecast) -> dict[str, Any]:
    groups, customers = shown.figures["groups"], reverse("customers")
    return {
        "kind": "stacked",
        "labels": [str(row["group"]) for row in groups],
        "series": [
            {
                "name": _("Came"),
                "tone": "accent",
                "values": [round(row["came"] * 100, 1) for row in groups],
                "hrefs": [f"{customers}?foretold={shown.pk}.{row['group']}" for row in groups],
            }
        ],
        "line": {"name": _("Foretold"), "values": [round(row["said"] * 100, 1) for row in groups]},
    }


def _tenths_title(groups: Sequence[dict[str, Any]]) -> str:
    """Whether what came rises with what was foretold, the tenths within twice their error."""
    if not groups:
        return ""
    within = sum(abs(row["said"] - row["came"]) <= 2 * max(row["error"], 0.005) for row in groups)
    top, low = groups[-1], groups[0]
    facts = {"within": number_word(within), "all": number_word(len(groups))}
    if top["came"] <= low["came"]:
        return _("Those of whom more was expected did not buy more")
    return _("In %(within)s of %(all)s tenths what came agrees with what was foretold") % facts
