"""Questions about portraits and pictures. Customers themselves come through `customers.queries.customers_for`."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.portraits.models import Foretold, Overruling, Portrait
from setia.portraits.queries.accuracy import AccuracyPage, accuracy_page
from setia.portraits.queries.classes import (
    OVERRULABLE,
    ClassPage,
    any_expired,
    class_page,
    get_overruling_for,
    overruled_of,
)
from setia.portraits.queries.cohort_page import CohortPage, cohort_page, interval
from setia.portraits.queries.curves_page import CurvesPage, curves_page, exported_curves
from setia.portraits.queries.figures import (
    Figures,
    Rows,
    figures,
    figures_for,
    follows_at_once,
    is_stale,
    latest_refresh,
    why_absent,
)
from setia.portraits.queries.home import HomePage, home_page
from setia.portraits.queries.moves_page import MovesPage, moves_page
from setia.portraits.queries.narrow import KEYS, PLAIN, Behind, behind_for, narrow
from setia.portraits.queries.needs import Need, needs_from, next_needs
from setia.portraits.queries.own import OwnPage, own_page
from setia.portraits.queries.portraits import (
    anniversaries,
    leaving_first,
    portrait_of,
    portraits_among,
    portraits_of,
    worth_most,
)
from setia.portraits.queries.rfm_page import RfmPage, rfm_page
from setia.portraits.queries.sentences import Statement, sentences
from setia.portraits.queries.spread_pages import ConcentrationPage, ValuePage, concentration_page, value_page
from setia.portraits.queries.together_page import TogetherPage, together_page
from setia.portraits.words import WORDS, written

CUSTOMER_KEYS = (
    Key(Portrait, "customer", stays="computed: made anew for the survivor, removed for the others"),
    Key(Foretold, "customer", stays="what was said about each while there were two"),
    Key(
        Overruling,
        "customer",
        words=ngettext_lazy("%(count)s word on a class", "%(count)s words on classes", "count"),
        once=("what",),
        when="ended_at IS NULL",
    ),
)
__all__ = [
    "CUSTOMER_KEYS",
    "KEYS",
    "OVERRULABLE",
    "PLAIN",
    "WORDS",
    "AccuracyPage",
    "Behind",
    "ClassPage",
    "CohortPage",
    "ConcentrationPage",
    "CurvesPage",
    "Figures",
    "HomePage",
    "MovesPage",
    "Need",
    "OwnPage",
    "RfmPage",
    "Rows",
    "Statement",
    "TogetherPage",
    "ValuePage",
    "accuracy_page",
    "anniversaries",
    "any_expired",
    "behind_for",
    "class_page",
    "cohort_page",
    "concentration_page",
    "curves_page",
    "exported_curves",
    "figures",
    "figures_for",
    "follows_at_once",
    "get_overruling_for",
    "home_page",
    "interval",
    "is_stale",
    "latest_refresh",
    "leaving_first",
    "moves_page",
    "narrow",
    "needs_from",
    "next_needs",
    "overruled_of",
    "own_page",
    "portrait_of",
    "portraits_among",
    "portraits_of",
    "rfm_page",
    "sentences",
    "together_page",
    "value_page",
    "why_absent",
    "worth_most",
    "written",
]
