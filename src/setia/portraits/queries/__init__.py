"""Questions about portraits and pictures. Customers themselves come through `customers.queries.customers_for`."""

from setia.portraits.queries.figures import figures, figures_for, is_stale, latest_refresh, why_absent
from setia.portraits.queries.narrow import KEYS, narrow
from setia.portraits.queries.portraits import leaving_first, legs_by_value, portrait_of, portraits_of
from setia.portraits.queries.sentences import Statement, sentences

__all__ = [
    "KEYS",
    "Statement",
    "figures",
    "figures_for",
    "is_stale",
    "latest_refresh",
    "leaving_first",
    "legs_by_value",
    "narrow",
    "portrait_of",
    "portraits_of",
    "sentences",
    "why_absent",
]
