"""Questions about customers. `customers_for` and `get_customer_for` are the only gates to them."""

from setia.customers.keys import Key
from setia.customers.normalise import email, handle, phone
from setia.customers.queries.consent import (
    Permission,
    consent_history,
    consent_of,
    contactable,
    latest_text,
    may_contact,
    texts_in_use,
)
from setia.customers.queries.gate import customers_for, get_contact_for, get_customer_for, merged_into, name_of
from setia.customers.queries.listing import FILTERS, choices_of, legs_by_name, legs_by_newest, narrow, regions
from setia.customers.queries.merging import CUSTOMER_KEYS
from setia.customers.queries.regions import (
    Share,
    distribution,
    find_regions,
    in_region,
    region,
    region_choices,
    region_edition,
    unread_spellings,
)
from setia.customers.queries.search import Matches, legs_by_match, matching, search
from setia.customers.queries.tags import get_tag_for, tag_names, tagged, tags, tags_of
from setia.customers.queries.timeline import contacts_of, entries_of, kinds_of, mobiles_of, reach_of, recommended_by
from setia.customers.queries.words import Told, contact_kinds, tell

__all__ = [
    "CUSTOMER_KEYS",
    "FILTERS",
    "Key",
    "Matches",
    "Permission",
    "Share",
    "Told",
    "choices_of",
    "consent_history",
    "consent_of",
    "contact_kinds",
    "contactable",
    "contacts_of",
    "customers_for",
    "distribution",
    "email",
    "entries_of",
    "find_regions",
    "get_contact_for",
    "get_customer_for",
    "get_tag_for",
    "handle",
    "in_region",
    "kinds_of",
    "latest_text",
    "legs_by_match",
    "legs_by_name",
    "legs_by_newest",
    "matching",
    "may_contact",
    "merged_into",
    "mobiles_of",
    "name_of",
    "narrow",
    "phone",
    "reach_of",
    "recommended_by",
    "region",
    "region_choices",
    "region_edition",
    "regions",
    "search",
    "tag_names",
    "tagged",
    "tags",
    "tags_of",
    "tell",
    "texts_in_use",
    "unread_spellings",
]
