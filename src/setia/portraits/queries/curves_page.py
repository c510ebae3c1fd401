"""The page of renewal curves: which share of those who subscribed is still there, and what is to come from them.

Up to now the curve is counted: of those who came as far as a renewal, the share that made it, multiplied up (Kaplan &
Meier 1958, J. of the American Statistical Association 53). The model's curve beside it is the one the risks of renewals
rest on, as the subscriptions were last studied: once a day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.core.permissions import Actor, may, require
from setia.portraits.words import money_word, month_word, number_word, percent_word
from setia.subscriptions.queries import any_subscription, length_words, renewal_studies

_CUTS = (0.2, 0.4, 0.6, 0.75, 0.9)
_MONTHS_SHOWN, _RENEWALS_SHOWN = 24, 24


class Kept(NamedTuple):
    """After so many renewals: the share still there, who of the cohort is known to have come so far, and who has left.

    `complete` says that everybody has come so far or left.
    """

    renewals: int
    share: float
    made: int
    left: int
    complete: bool


class Cell(NamedTuple):
    """One cell of the table of cohorts, with the address of those who made it; `level` 0 to 5 is how dark it is."""

    kept: Kept
    level: int
    href: str


class Cohort(NamedTuple):
    """Those who began in one month."""

    month: str
    word: str
    began: int
    running: int
    href: str
    running_href: str
    cells: list[Cell]


class Row(NamedTuple):
    """A row of the table behind the curve; `counted` is None beyond what was seen, `share` without a model."""

    renewals: int
    counted: Kept | None
    share: float | None
    low: float | None
    high: float | None
    made_href: str
    left_href: str


@dataclass(frozen=True)
class CurvesPage:
    """`any` says whether there are subscriptions at all; without `as_of` they have not been studied yet."""

    any: bool = False
    as_of: date | None = None
    choices: list[tuple[str, str]] = field(default_factory=list)
    chosen: str = ""
    title: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    chart: dict[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)
    longest: int = 0
    older: int = 0
    """Months that are counted but not shown."""
    modelled: bool = False


def curves_page(user: Actor, params: Mapping[str, str]) -> CurvesPage:
    """The curves of one plan, or of all of a length (`of`); by default where most subscribed. Raises
    `PermissionDenied`.
    """
    require(user, "portraits.view")
    require(user, "subscriptions.view")
    studies = {_key(one): one for one in renewal_studies()}
    if not studies:
        return CurvesPage(any=any_subscription())
    chosen = params.get("of", "")
    if chosen not in studies:
        chosen = next(iter(studies))
    study = studies[chosen]
    counted = kept(study.cohorts)
    rows = list(_rows(study, counted))
    months = study.cohorts[-_MONTHS_SHOWN:]
    cohorts = [_cohort(study, one) for one in months]
    return CurvesPage(
        any=True,
        as_of=study.as_of_date,
        choices=[(key, _name(one)) for key, one in studies.items()],
        chosen=chosen,
        title=_finding(study, counted),
        figures=_figures(study, counted, money=may(user, "subscriptions.revenue")),
        chart=_chart(rows),
        rows=rows,
        cohorts=list(reversed(cohorts)),
        longest=max((len(one.cells) for one in cohorts), default=0),
        older=len(study.cohorts) - len(months),
        modelled=bool(study.curve),
    )


def exported_curves(user: Actor) -> Iterator[list[Any]]:
    """A row per study, month of beginning and renewal. Raises `PermissionDenied`."""
    require(user, "portraits.view")
    require(user, "subscriptions.view")
    return _exported(renewal_studies())


def _exported(studies: Iterable[Any]) -> Iterator[list[Any]]:
    for study in studies:
        name = study.plan.code if study.plan else ""
        for one in study.cohorts:
            for at in kept([one]):
                share = round(at.share, 4)
                yield [name, study.period, study.days, one["month"][:7], one["began"], at.renewals, at.made, share]


def kept(cohorts: Iterable[Mapping[str, Any]]) -> list[Kept]:
    """The counted curve of some cohorts together, as far as anybody has come; from 0 renewals, where all are there."""
    gone: dict[int, int] = {}
    there: dict[int, int] = {}
    for one in cohorts:
        for found, to in ((one["gone"], gone), (one["there"], there)):
            for renewals, subscriptions in found:
                to[renewals] = to.get(renewals, 0) + subscriptions
    everybody = sum(gone.values()) + sum(there.values())
    found, share, left, waiting = [Kept(0, 1.0, everybody, 0, True)], 1.0, 0, there.get(0, 0)
    for renewals in range(1, max([*gone, *there], default=0) + 1):
        # Who has not come so far yet says nothing of this renewal.
        asked = everybody - left - waiting
        if asked == 0:
            break
        left += gone.get(renewals, 0)
        share *= 1 - gone.get(renewals, 0) / asked
        found.append(Kept(renewals, share, everybody - left - waiting, left, waiting == 0))
        waiting += there.get(renewals, 0)
    return found


def _key(study: Any) -> str:
    return f"{study.plan_id or 'all'}.{study.period}.{study.days or ''}"


def _name(study: Any) -> str:
    length = length_words(study.period, study.days)
    return f"{study.plan}, {length}" if study.plan else _("All plans, %(length)s") % {"length": length}


def _address(study: Any, **more: str) -> str:
    length = f"DAYS.{study.days}" if study.period == "DAYS" else study.period
    facts = {"plan": str(study.plan_id or ""), "length": length, **more}
    return f"{reverse('subscriptions')}?{urlencode({key: value for key, value in facts.items() if value})}"


def _rows(study: Any, counted: Sequence[Kept]) -> Iterator[Row]:
    for renewals in range(max(len(counted), len(study.curve))):
        at = counted[renewals] if renewals < len(counted) else None
        _at, share, low, high = study.curve[renewals] if renewals < len(study.curve) else (renewals, None, None, None)
        cohort = f"all.{renewals}" if renewals else "all"
        yield Row(
            renewals,
            at,
            share,
            low,
            high,
            made_href=_address(study, cohort=cohort),
            left_href=_address(study, cohort=f"{cohort}.not") if renewals else "",
        )


def _cohort(study: Any, one: Mapping[str, Any]) -> Cohort:
    month = one["month"][:7]
    cells = [
        Cell(at, sum(at.share >= cut for cut in _CUTS), _address(study, cohort=f"{month}.{at.renewals}"))
        for at in kept([one])[1 : _RENEWALS_SHOWN + 1]
    ]
    return Cohort(
        month=month,
        word=month_word(month),
        began=one["began"],
        running=sum(subscriptions for _made, subscriptions in one["there"]),
        href=_address(study, cohort=month),
        running_href=_address(study, cohort=month, status="RUNNING"),
        cells=cells,
    )


def _finding(study: Any, counted: Sequence[Kept]) -> str:
    final = counted[-1]
    if final.renewals == 0:
        return _("Nobody has come to a renewal yet")
    # As far as thirty have come, or a quarter of a few: beyond, the curve rests on a handful.
    least = min(30, max(study.subscriptions // 4, 1))
    at = next((one for one in reversed(counted[1:]) if one.made >= least), counted[1])
    return ngettext(
        "After %(num)s renewal %(share)s are still there",
        "After %(num)s renewals %(share)s are still there",
        at.renewals,
    ) % {"num": number_word(at.renewals), "share": percent_word(at.share, 0)}


def _figures(study: Any, counted: Sequence[Kept], *, money: bool) -> list[dict[str, Any]]:
    running = study.subscriptions - study.left
    figures = [
        {
            "label": _("Ever paid"),
            "value": number_word(study.subscriptions),
            "href": _address(study, cohort="all"),
        },
        {
            "label": _("Still running"),
            "value": number_word(running),
            "href": _address(study, cohort="all", status="RUNNING"),
            "note": percent_word(running / study.subscriptions) if study.subscriptions else "",
        },
    ]
    if len(counted) > 1:
        first = counted[1]
        figures.append(
            {
                "label": _("Make the first renewal"),
                "value": percent_word(first.share),
                "href": _address(study, cohort="all.1"),
                "note": _("%(part)s of %(all)s who came to it")
                % {"part": number_word(first.made), "all": number_word(first.made + first.left)},
            }
        )
    told = study.remaining
    if money and told.get("amount") is not None:
        figures.append(
            {
                "label": _("Still to come from those who run"),
                "value": money_word(told["amount"]),
                "note": _("80%% range: %(low)s to %(high)s")
                % {"low": money_word(told["low"]), "high": money_word(told["high"])}
                if told.get("low") is not None
                else "",
                "href": _address(study, cohort="all", status="RUNNING"),
            }
        )
    return figures


def _chart(rows: Sequence[Row]) -> dict[str, Any]:
    def share(value: float | None) -> float | None:
        return None if value is None else round(value * 100, 2)

    return {
        "kind": "survival",
        "labels": [str(row.renewals) for row in rows],
        "x_name": _("Renewals made"),
        "name": _("Counted"),
        "values": [share(row.counted.share) if row.counted else None for row in rows],
        "model": _("By the model"),
        "expected": [share(row.share) for row in rows],
        "low": [share(row.low) for row in rows],
        "high": [share(row.high) for row in rows],
    }
