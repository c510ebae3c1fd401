"""A portrait in sentences: each statement with the numbers it rests on, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.portraits.models import Overruling, Portrait, Stage, Trait
from setia.portraits.words import (
    base_word,
    day_word,
    days_word,
    money_word,
    number_word,
    percent_word,
    risk_word,
)

SHOWN_FROM = 0.5
"""A trait is claimed from this score on."""


class Statement(NamedTuple):
    """`kind` is STAGE, BASE, TRAIT, VALUE, NEXT or RISK and `code` which; `says` is the claim, `why` its evidence."""

    kind: str
    code: str
    says: str
    why: str
    score: float | None = None


def sentences(portrait: Portrait, said: Mapping[str, Overruling] | None = None) -> list[Statement]:
    """Everything the portrait claims, the stage first. What cannot be said from the orders at hand is not in it.

    Where a person said otherwise (`said`, by class), who and why is the evidence.
    """
    said = said or {}
    why = _person(said["STAGE"]) if "STAGE" in said else stage_sentence(portrait, portrait.stage)
    statements = [Statement("STAGE", portrait.stage, str(Stage(portrait.stage).label), why)]
    if portrait.loyal:
        statements.append(Statement("BASE", "LOYAL", base_word("LOYAL"), _loyal(portrait)))
    if portrait.general:
        bought = int(portrait.evidence.get("orders_12_months", 0))
        why = ngettext(
            "Bought %(count)s time in the last 12 months, for %(money)s.",
            "Bought %(count)s times in the last 12 months, for %(money)s.",
            bought,
        ) % {"count": number_word(bought), "money": money_word(portrait.spent_12_months)}
        statements.append(Statement("BASE", "GENERAL", base_word("GENERAL"), why))
    for code in sorted(portrait.traits, key=lambda code: -(portrait.trait_scores.get(code) or 0)):
        label = str(Trait(code).label)
        if code in said:
            statements.append(Statement("TRAIT", code, label, _person(said[code])))
        elif (score := portrait.trait_scores.get(code) or 0) >= SHOWN_FROM:
            statements.append(Statement("TRAIT", code, label, trait_sentence(portrait, code), score))
    return statements + _forecasts(portrait)


def _person(word: Overruling) -> str:
    """Who said so, when, and why."""
    facts = {"who": word.by or _("Somebody who has left"), "day": day_word(word.at.date()), "reason": word.reason}
    return _("%(who)s said so on %(day)s: %(reason)s") % facts


def stage_sentence(portrait: Portrait, stage: str) -> str:
    """Why a customer would be in a stage, by the portrait's figures."""
    days = portrait.purchase_days
    match stage:
        case Stage.DEFECTED:
            return _("No purchase for %(days)s; the latest was on %(day)s.") % {
                "days": days_word(_silence(portrait)),
                "day": day_word(portrait.latest_date),
            }
        case Stage.LOYALTY:
            return _loyal(portrait)
        case Stage.RETENTION:
            return ngettext(
                "Bought on %(count)s day, the latest on %(day)s.",
                "Bought on %(count)s days, the latest on %(day)s.",
                days,
            ) % {"count": number_word(days), "day": day_word(portrait.latest_date)}
        case Stage.FIRST:
            return _("Bought once, on %(day)s.") % {"day": day_word(portrait.first_date)}
        case Stage.RELATIONSHIP:
            return _("No purchase yet, but contact both ways.")
    return _("No purchase yet.")


def _loyal(portrait: Portrait) -> str:
    return _("Bought in each of the last four quarters; customer since %(day)s.") % {
        "day": day_word(portrait.first_date)
    }


def trait_sentence(portrait: Portrait, code: str) -> str:
    """Why a trait shows, by the portrait's figures."""
    known = portrait.evidence
    match code:
        case Trait.NEW:
            return _("First purchase %(days)s ago.") % {"days": days_word(_since(portrait, portrait.first_date))}
        case Trait.THRIFTY:
            return _("%(part)s of %(all)s purchases on promotion; in the whole firm it is %(rate)s.") % {
                "part": number_word(known["promotions"]),
                "all": number_word(portrait.purchases),
                "rate": percent_word(known["promotion_rate"], 0),
            }
        case Trait.DEVOTED:
            return _("Buys about every %(days)s, and keeps to it.") % {"days": days_word(known["mean_gap_days"])}
        case Trait.ADVOCATE:
            brought = int(known["referrals"])
            return ngettext(
                "Recommended %(count)s customer, and bought within the year.",
                "Recommended %(count)s customers, and bought within the year.",
                brought,
            ) % {"count": number_word(brought)}
    return ""


def _forecasts(portrait: Portrait) -> list[Statement]:
    statements = []
    if portrait.value is not None and portrait.expected_purchases is not None:
        statements.append(
            Statement(
                "VALUE",
                "",
                _("%(value)s in the coming 12 months; 80%% range %(low)s to %(high)s")
                % {
                    "value": money_word(portrait.value),
                    "low": money_word(portrait.value_low),
                    "high": money_word(portrait.value_high),
                },
                _value(portrait),
            )
        )
    if portrait.next_from_date and portrait.next_to_date:
        why = _("Of such customers who come back, four in five do so between these days.")
        if portrait.usual_gap_days:
            why = _("Usually every %(days)s.") % {"days": days_word(portrait.usual_gap_days)}
        says = _("%(start)s to %(end)s") % {
            "start": day_word(portrait.next_from_date),
            "end": day_word(portrait.next_to_date),
        }
        statements.append(Statement("NEXT", "", says, why))
    if portrait.risk is not None:
        says = _("%(word)s: %(risk)s likely to buy nothing for a year") % {
            "word": risk_word(portrait.risk),
            "risk": percent_word(portrait.risk, 0),
        }
        statements.append(Statement("RISK", "LEAVING" if portrait.leaving else "", says, _risk(portrait)))
    return statements


def _value(portrait: Portrait) -> str:
    """What the estimate rests on. Where most such customers buy nothing, that is said: it is an average with them."""
    facts = {
        "count": number_word(portrait.expected_purchases, 1),
        "spent": money_word(portrait.spent),
        "purchases": ngettext("%(count)s purchase", "%(count)s purchases", portrait.purchases)
        % {"count": number_word(portrait.purchases)},
        "risk": percent_word(min(portrait.risk or 0, 0.99), 0),
    }
    if (portrait.risk or 0) > SHOWN_FROM:
        return (
            _(
                "Most likely nothing: of such customers, %(risk)s buy nothing for a year. The estimate is the average"
                " with those who do. %(spent)s spent so far in %(purchases)s."
            )
            % facts
        )
    return _("About %(count)s purchase days expected; %(spent)s spent so far in %(purchases)s.") % facts


def _risk(portrait: Portrait) -> str:
    silence = days_word(_silence(portrait))
    if portrait.usual_gap_days:
        return _("Silent for %(silence)s; usually buys every %(gap)s.") % {
            "silence": silence,
            "gap": days_word(portrait.usual_gap_days),
        }
    return _("Silent for %(silence)s; too few purchases to know a rhythm.") % {"silence": silence}


def _silence(portrait: Portrait) -> int:
    return _since(portrait, portrait.latest_date)


def _since(portrait: Portrait, day: date | None) -> int:
    return (portrait.as_of_date - day).days if day else 0
