"""What a merge of customers concerns: the tables of this room that hold a customer's key."""

from django.utils.translation import ngettext_lazy

from setia.customers.keys import Key
from setia.customers.models import (
    Consent,
    ConsentEntry,
    ContactPoint,
    Customer,
    CustomerTag,
    Merge,
    MergedCustomer,
    PrivacyRequest,
    TimelineEntry,
)

CUSTOMER_KEYS = (
    Key(
        ContactPoint,
        "customer",
        words=ngettext_lazy("%(count)s contact", "%(count)s contacts", "count"),
        once=("kind", "value"),
        single="preferred",
    ),
    Key(CustomerTag, "customer", words=ngettext_lazy("%(count)s tag", "%(count)s tags", "count"), once=("tag_id",)),
    Key(Customer, "recommended_by", apart=("id",)),
    Key(Customer, "merged_into"),
    Key(TimelineEntry, "customer", stays="append-only: the survivor's timeline reads those of who was merged away"),
    Key(Consent, "customer", stays="settled anew from the answers of both"),
    Key(ConsentEntry, "customer", stays="append-only: the answers of who was merged away count for the survivor"),
    Key(
        PrivacyRequest,
        "customer",
        words=ngettext_lazy("%(count)s privacy request", "%(count)s privacy requests", "count"),
    ),
    Key(Merge, "survivor", stays="whose merge it was; undone after the merge its survivor went away in"),
    Key(MergedCustomer, "customer", stays="who was merged away"),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""
