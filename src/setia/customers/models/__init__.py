"""The tables of the customer record, a module per subject."""

from setia.customers.models.party import ContactPoint, Customer, Industry, TimelineEntry
from setia.customers.models.tags import CustomerTag, Tag

__all__ = ["ContactPoint", "Customer", "CustomerTag", "Industry", "Tag", "TimelineEntry"]
