"""Puts the operations of version 1 under their addresses, each behind the door."""

from django.urls import include, path
from django.urls.resolvers import URLPattern

from setia.api.door import api, guarded
from setia.api.v1 import (
    activities,
    bulk,
    concerns,
    contacts,
    contracts,
    customers,
    imports,
    opportunities,
    orders,
    plans,
    portraits,
    products,
    prospects,
    reports,
    subscriptions,
    units,
)

__all__ = ["api", "operations"]

_MODULES = (
    *(bulk, customers, contacts, products, orders, opportunities, subscriptions, plans, units),
    *(contracts, concerns, prospects, activities, portraits, reports, imports),
)
for module in _MODULES:
    api.add_router("", module.router)


def _behind_the_door() -> tuple[list[URLPattern], str]:
    patterns, name, _namespace = api.urls
    guarded_ones = [
        path(str(one.pattern), guarded(one.callback), name=one.name)
        for one in patterns
        if isinstance(one, URLPattern) and one.name not in ("api-root", "openapi-json", "openapi-view")
    ]
    return guarded_ones, name


operations = include(_behind_the_door(), namespace="api")
"""For the root URLs; their names are `api:get_customer` and so on."""
