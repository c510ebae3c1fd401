"""Questions about serving customers: contracts, revisions and complaints, price lists, warranties."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.service.models import Concern, Contract, Discount, Followers, Reach
from setia.service.queries.concerns import concern_choices, concern_legs, exported_concerns, narrow_concerns
from setia.service.queries.contracts import (
    contract_choices,
    contract_legs,
    exported_contracts,
    narrow_contracts,
    next_term,
)
from setia.service.queries.gate import concerns_for, contracts_for, get_concern_for, get_contract_for
from setia.service.queries.prices import Priced, Terms, exported_prices, order_terms, price_legs, priced, terms_of
from setia.service.queries.reach import Evidence, Part, ReachPage, parts_of, reach_for, reach_legs, reach_page
from setia.service.queries.served import Served, served_for

CUSTOMER_KEYS = (
    Key(Contract, "customer", words=ngettext_lazy("%(count)s contract", "%(count)s contracts", "count")),
    Key(
        Concern,
        "customer",
        words=ngettext_lazy("%(count)s revision or complaint", "%(count)s revisions and complaints", "count"),
    ),
    Key(
        Discount, "customer", once=("role",), words=ngettext_lazy("%(count)s discount", "%(count)s discounts", "count")
    ),
    Key(
        Followers,
        "customer",
        once=("channel",),
        words=ngettext_lazy("%(count)s number of followers", "%(count)s numbers of followers", "count"),
    ),
    Key(Reach, "customer", stays="worked out anew for all concerned"),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = [
    "CUSTOMER_KEYS",
    "Evidence",
    "Part",
    "Priced",
    "ReachPage",
    "Served",
    "Terms",
    "concern_choices",
    "concern_legs",
    "concerns_for",
    "contract_choices",
    "contract_legs",
    "contracts_for",
    "exported_concerns",
    "exported_contracts",
    "exported_prices",
    "get_concern_for",
    "get_contract_for",
    "narrow_concerns",
    "narrow_contracts",
    "next_term",
    "order_terms",
    "parts_of",
    "price_legs",
    "priced",
    "reach_for",
    "reach_legs",
    "reach_page",
    "served_for",
    "terms_of",
]
