"""How the chance that a customer is still active went: asked when their record is looked at, and written nowhere."""

from typing import Any

from setia.core.queries import firm
from setia.customers.queries.arrow import columns_of
from setia.orders.queries.arrow import columns_of_customer
from setia.portraits.queries import latest_refresh, portrait_of, why_absent
from setia.portraits.queries.alive_page import AlivePage, Purchase, alive_page


def follow_alive(customer: Any) -> AlivePage:
    """The page of a customer who has come through the gate: by the models of the latest refresh, as of their portrait's
    day. At most five queries; nothing is kept.
    """
    from setia.portraits.analysis.alive import alive
    from setia.portraits.analysis.fitting import load
    from setia.portraits.analysis.rules import Rules
    from setia.portraits.analysis.shop import sort_out

    portrait, latest = portrait_of(customer.pk), latest_refresh()
    if portrait is None or not portrait.purchase_days:
        return AlivePage(as_of=portrait.as_of_date if portrait else None)
    models = load(latest.models_json if latest else {})
    if models.repeat is None:
        return AlivePage(as_of=portrait.as_of_date, absent=why_absent(latest, "repeat"))
    orders, known = columns_of_customer(customer.pk), columns_of(customer.pk)
    free = Rules.of_firm(firm().rules).free_is_purchase
    found = alive(sort_out(orders, known, as_of=portrait.as_of_date, free_is_purchase=free), models)
    if found is None:
        return AlivePage(as_of=portrait.as_of_date)
    return alive_page(
        as_of=portrait.as_of_date,
        purchases=[Purchase(one.day, one.before, one.after) for one in found.purchases],
        line=found.line,
        now=found.now,
        half_date=found.half_date,
        all_days=found.all_days,
    )
