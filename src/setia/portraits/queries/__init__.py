"""Questions about portraits and pictures. Customers themselves come through `customers.queries.customers_for`."""

from setia.customers.queries import Key
from setia.portraits.models import Portrait
from setia.portraits.queries.cohort_page import CohortPage, cohort_page, interval
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
from setia.portraits.queries.narrow import KEYS, Behind, behind_for, narrow
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
from setia.portraits.words import WORDS, written

CUSTOMER_KEYS = (Key(Portrait, "customer", stays="computed: made anew for the survivor, removed for the others"),)
__all__ = [
    "CUSTOMER_KEYS",
    "KEYS",
    "WORDS",
    "Behind",
    "CohortPage",
    "ConcentrationPage",
    "Figures",
    "HomePage",
    "OwnPage",
    "RfmPage",
    "Rows",
    "Statement",
    "ValuePage",
    "anniversaries",
    "behind_for",
    "cohort_page",
    "concentration_page",
    "figures",
    "figures_for",
    "follows_at_once",
    "home_page",
    "interval",
    "is_stale",
    "latest_refresh",
    "leaving_first",
    "narrow",
    "own_page",
    "portrait_of",
    "portraits_among",
    "portraits_of",
    "rfm_page",
    "sentences",
    "value_page",
    "why_absent",
    "worth_most",
    "written",
]
