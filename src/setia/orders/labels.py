"""What the audit trail says about orders, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_fields, name_verbs
from setia.orders import queries
from setia.orders.models import Order

name_verbs(
    {
        "order.added": _("Added an order"),
        "order.edited": _("Changed an order"),
        "order.moved": _("Gave an order to another customer"),
        "order.given_back": _("Took an order back"),
        "order.give_back_undone": _("Undid the taking back of an order"),
    }
)
name_fields(
    "order",
    {
        "number": _("Number"),
        "customer": _("Customer"),
        "agent": _("Sold through"),
        "ordered_at": _("Time"),
        "kind": _("Kind"),
        "total": _("Total"),
        "discount": _("Discount"),
        "promotion_code": _("Promotion code"),
        "channel": _("Channel"),
        "cancelled": _("Cancelled"),
        "note": _("Note"),
        "lines": _("Lines"),
    },
    {"kind": dict(Order.Kind.choices)},
)
name_thing(
    "order",
    _("Orders"),
    rows=lambda reader, keys: queries.orders_for(reader).filter(pk__in=keys),
    called="number",
    page="order",
)
_CUSTOMER = Detail(_("Customer"), of="customer")
name_data(
    "order",
    {"customer": _CUSTOMER, "from": _CUSTOMER, "to": _CUSTOMER, "number": _("Number"), "reason": _("Reason")},
)
name_data("order.given_back", {"by": _("Return")})
