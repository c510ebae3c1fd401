"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

from setia.customers.views.circle import add_life_event, add_link, related, remove_life_event, remove_link
from setia.customers.views.consent import change_consent, consent_texts, customer_consent, customer_privacy
from setia.customers.views.contacts import add_contact, edit_contact, prefer_contact, remove_contact
from setia.customers.views.customers import (
    add_customer,
    add_note,
    archive_customer,
    archive_customers,
    delete_customer,
    edit_customer,
    find_customer,
    restore_customer,
)
from setia.customers.views.merging import merge_customers, unmerge_customers
from setia.customers.views.regions import explain_region, find_region, regions
from setia.customers.views.tags import (
    edit_tag,
    merge_tag,
    remove_tag,
    restore_tag,
    tag_customer,
    tag_names,
    tags,
    untag_customer,
)

__all__ = [
    "add_contact",
    "add_customer",
    "add_life_event",
    "add_link",
    "add_note",
    "archive_customer",
    "archive_customers",
    "change_consent",
    "consent_texts",
    "customer_consent",
    "customer_privacy",
    "delete_customer",
    "edit_contact",
    "edit_customer",
    "edit_tag",
    "explain_region",
    "find_customer",
    "find_region",
    "merge_customers",
    "merge_tag",
    "prefer_contact",
    "regions",
    "related",
    "remove_contact",
    "remove_life_event",
    "remove_link",
    "remove_tag",
    "restore_customer",
    "restore_tag",
    "tag_customer",
    "tag_names",
    "tags",
    "unmerge_customers",
    "untag_customer",
]
