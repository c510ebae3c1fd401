"""The classes of a customer with what each rests on, and who said otherwise: for the page on which people overrule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.core.permissions import Actor
from setia.customers.queries import customers_for
from setia.portraits.models import VALUES, Overruling, Portrait, Relation, Trait, value_words
from setia.portraits.queries.known import in_force
from setia.portraits.queries.portraits import portrait_of
from setia.portraits.queries.sentences import SHOWN_FROM, stage_sentence, trait_sentence
from setia.portraits.words import days_word, money_word, number_word, percent_word

OVERRULABLE: dict[str, Any] = dict(Overruling.What.choices)
"""What may be overruled, with its words."""
MOST = 100
"""Past words the page shows."""


class Evidence(NamedTuple):
    """One reason in words, where its records can be read ('' for nowhere), and for whom it speaks ('' nobody)."""

    words: str
    href: str = ""
    speaks_for: str = ""


@dataclass(frozen=True)
class Class:
    """One class: the value that counts, the computed one, what that rests on, and the word in force, if there is one.

    `stated` says that the value comes from the record itself and neither from a word nor from computing.
    """

    what: str
    label: str
    value: str
    computed: str
    evidence: list[Evidence]
    overruling: Overruling | None
    stated: bool = False

    @property
    def words(self) -> str:
        """The value that counts, in words."""
        return _words(self.what, self.value)

    @property
    def computed_words(self) -> str:
        """The computed value in words."""
        return _words(self.what, self.computed)


@dataclass(frozen=True)
class ClassPage:
    """A customer's classes and the words that were said about them, the newest first; no classes without a portrait."""

    portrait: Portrait | None
    classes: list[Class] = field(default_factory=list)
    traits: list[Class] = field(default_factory=list)
    past: list[Overruling] = field(default_factory=list)

    def class_of(self, what: str) -> Class | None:
        """One class of the page by its code."""
        return next((one for one in (*self.classes, *self.traits) if one.what == what), None)


def class_page(customer: Any, *, today: date) -> ClassPage:
    """The classes of a customer who has come through the gate."""
    said = list(Overruling.objects.filter(customer=customer).select_related("by", "ended_by").order_by("-id")[:MOST])
    live = {one.what: one for one in said if _counts(one, today)}
    past = [one for one in said if not _counts(one, today)]
    portrait = portrait_of(customer.pk)
    if portrait is None:
        return ClassPage(None, past=past)
    orders = f"{reverse('orders')}?{urlencode({'customer': customer.pk})}"

    def one(what: str, evidence: list[Evidence]) -> Class:
        counting, computed = portrait.counting_value(what), portrait.computed_value(what)
        stated = what.lower() in portrait.computed and what not in live and what not in Trait.values
        label = str(Overruling.What(what).label)
        return Class(what, label, counting, computed, evidence, live.get(what), stated)

    classes = [
        one("RELATION", _relation(portrait, orders)),
        one("ROLE", _role(portrait, orders, reverse("related", args=[customer.pk]))),
        one("SERVICE", _service(portrait, orders)),
        one("INTERACTION", _interaction(portrait, orders)),
        one("STAGE", [Evidence(stage_sentence(portrait, portrait.computed_value("STAGE")), orders)]),
    ]
    traits = [one(code, [Evidence(_trait(portrait, code), orders)]) for code in Trait.values]
    return ClassPage(portrait, classes, traits, past)


def overruled_of(portrait: Portrait, *, today: date) -> dict[str, Overruling]:
    """The words in force for a portrait, by class; no query where there are none."""
    if not portrait.computed:
        return {}
    found = Overruling.objects.filter(in_force(today=today), customer=portrait.pk).select_related("by")
    return {one.what: one for one in found}


def get_overruling_for(user: Actor, pk: int, overruling_pk: int) -> Overruling:
    """A word on a customer this person may see. Raises `Http404`."""
    found = Overruling.objects.filter(pk=overruling_pk, customer=pk, customer__in=customers_for(user)).first()
    if found is None:
        raise Http404
    return found


def any_expired(*, today: date) -> bool:
    """Whether words in force should have ended by this day: one look at an index that holds only those with an end."""
    return Overruling.objects.filter(ended_at=None, until_date__lt=today).exists()


def values_of(what: str) -> list[tuple[str, str]]:
    """The values a class may be overruled with, in words."""
    return [(str(code), str(words)) for code, words in VALUES[what].choices]


def _counts(one: Overruling, today: date) -> bool:
    return one.ended_at is None and (one.until_date is None or one.until_date >= today)


def _words(what: str, value: str) -> str:
    return value_words(what, value) if value else _("cannot be told yet")


def _relation(portrait: Portrait, orders: str) -> list[Evidence]:
    """The five evidences, each with its figures; what is silent says why."""
    known = portrait.class_evidence
    if not portrait.purchases:
        return [Evidence(_("No purchase yet, so nothing tells a client from a buyer."))]

    def evidence(name: str, words: str) -> Evidence:
        side = {1: Relation.CLIENT, -1: Relation.BUYER}.get(known.get(f"vote_{name}", 0), "")
        return Evidence(words, orders, str(side))

    special, through = known.get("special", 0), known.get("through")
    if special:
        system = _("Transaction system: work agreed one by one, on %(count)s of %(all)s purchases.") % {
            "count": number_word(special),
            "all": number_word(portrait.purchases),
        }
    elif through is None:
        system = _("Transaction system: the orders name no sales channel.")
    else:
        system = _("Transaction system: %(share)s of the purchases went through a sales channel.") % {
            "share": percent_word(through, 0)
        }
    year = known.get("year", 0)
    number = ngettext(
        "Number and complexity: %(count)s purchase in 12 months, %(mean)s each; half of the firm's orders stay below "
        "%(typical)s.",
        "Number and complexity: %(count)s purchases in 12 months, %(mean)s each; half of the firm's orders stay below "
        "%(typical)s.",
        int(year),
    ) % {
        "count": number_word(year),
        "mean": money_word(known.get("mean")),
        "typical": money_word(known["typical"]) if "typical" in known else _("an amount not known yet"),
    }
    duration = _("Duration: %(days)s between the first and the latest purchase.") % {
        "days": days_word(known.get("days", 0))
    }
    return [
        evidence("system", system),
        evidence("number", number),
        evidence("duration", duration),
        evidence("service", _("Kind of service: %(service)s.") % {"service": _words("SERVICE", portrait.service)}),
        evidence("way", _("Way of interacting: %(way)s.") % {"way": _words("INTERACTION", portrait.interaction)}),
    ]


def _role(portrait: Portrait, orders: str, related: str) -> list[Evidence]:
    known = portrait.class_evidence
    found = []
    if sells := int(known.get("sells_for", 0)):
        words = ngettext("Sells for %(count)s other.", "Sells for %(count)s others.", sells)
        found.append(Evidence(words % {"count": number_word(sells)}, related))
    if sold := int(known.get("sold_by", 0)):
        words = ngettext("%(count)s other sells for them.", "%(count)s others sell for them.", sold)
        found.append(Evidence(words % {"count": number_word(sold)}, related))
    if credited := int(known.get("credited", 0)):
        words = ngettext("Sold %(count)s purchase of others.", "Sold %(count)s purchases of others.", credited)
        found.append(Evidence(words % {"count": number_word(credited)}, reverse("agent", args=[portrait.pk])))
    if portrait.computed_value("ROLE") == "INTERMEDIARY":
        words = _("A company that buys often and much: %(count)s purchases in 12 months, %(mean)s each.")
        figures = {"count": number_word(known.get("year", 0)), "mean": money_word(known.get("mean"))}
        found.append(Evidence(words % figures, orders))
    return found or [Evidence(_("Nobody is known to sell for them, nor they for anybody."), related)]


def _service(portrait: Portrait, orders: str) -> list[Evidence]:
    if not portrait.purchases:
        return [Evidence(_("No purchase yet."))]
    words = _("%(count)s of %(all)s purchases hold work that is no product of the catalogue.")
    special = portrait.class_evidence.get("special", 0)
    return [Evidence(words % {"count": number_word(special), "all": number_word(portrait.purchases)}, orders)]


def _interaction(portrait: Portrait, orders: str) -> list[Evidence]:
    known = portrait.class_evidence
    if "through" in known:
        words = _("%(share)s of the purchases went through a named sales channel; from half on, it is the channels.")
        return [Evidence(words % {"share": percent_word(known["through"], 0)}, orders)]
    if known.get("looked_after"):
        return [Evidence(_("Their orders name no sales channel, and somebody of the firm is responsible for them."))]
    return [Evidence(_("Their orders name no sales channel, and nobody is responsible for them."))]


def _trait(portrait: Portrait, code: str) -> str:
    score = _score(portrait.trait_scores, code)
    if score is None:
        return _("Cannot be told from what is recorded yet.")
    if score >= SHOWN_FROM:
        return trait_sentence(portrait, code)
    return _("Scores %(score)s; it is shown from %(least)s on.") % {
        "score": number_word(score, 2),
        "least": number_word(SHOWN_FROM, 1),
    }


def _score(scores: Mapping[str, Any], code: str) -> float | None:
    score = scores.get(code)
    return float(score) if isinstance(score, int | float) else None
