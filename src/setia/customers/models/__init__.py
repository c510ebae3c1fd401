"""The tables of the customer record, a module per subject."""

from setia.customers.models.party import ContactPoint, Customer, Industry, TimelineEntry

__all__ = ["ContactPoint", "Customer", "Industry", "TimelineEntry"]
