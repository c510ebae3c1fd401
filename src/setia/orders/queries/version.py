"""The version of an order, for two people who edit it at once (`core.versions`)."""

import hashlib
import json

from setia.orders.models import Order

_FIELDS = (
    "number",
    "customer_id",
    "agent_id",
    "ordered_at",
    "cancelled",
    "total",
    "discount",
    "promotion_code",
    "channel",
    "note",
    "reversed",
)
_LINE = ("position", "product_id", "description", "quantity", "unit_price", "discount", "amount")


def version_of(order: Order) -> str:
    """A hash over what the order says. Decimals count by value: 2 and 2.0000 are the same."""
    content = [_plain(getattr(order, name)) for name in _FIELDS]
    lines = order.lines.order_by("position").values_list(*_LINE)
    whole = json.dumps([content, [[_plain(value) for value in line] for line in lines]])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
