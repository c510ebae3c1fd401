"""The fields a file may fill, a module a kind of file; `base` holds what they are made of and the words they share."""

from setia.intake.reading.fields.base import Field, Type, split
from setia.intake.reading.fields.customers import CUSTOMERS
from setia.intake.reading.fields.orders import ORDERS
from setia.intake.reading.fields.products import PRODUCTS
from setia.intake.reading.fields.prospects import PROSPECTS
from setia.intake.reading.fields.service import CONCERNS, CONTRACTS
from setia.intake.reading.fields.subscriptions import SUBSCRIPTIONS, UNITS

FIELDS: dict[str, tuple[Field, ...]] = {
    "ORDERS": ORDERS,
    "CUSTOMERS": CUSTOMERS,
    "PRODUCTS": PRODUCTS,
    "SUBSCRIPTIONS": SUBSCRIPTIONS,
    "UNITS": UNITS,
    "CONTRACTS": CONTRACTS,
    "CONCERNS": CONCERNS,
    "PROSPECTS": PROSPECTS,
}

PEOPLE = ("CUSTOMERS", "PROSPECTS")
"""Files whose rows are customers themselves."""

MONEY = ("unit_price", "amount")
"""An order row says its money in at least one of these."""

REACHABLE = split("number name phone whatsapp email instagram facebook telegram line tiktok")
"""A customer row has at least one of these, else there is nobody to record."""

PAYER = split("customer_number customer_name customer_phone customer_email")
"""A row of a subscription, a unit, a contract or a complaint says whose it is by at least one of these."""

PLAN = ("plan_code", "plan_name")
PRODUCT = ("product_code", "product_name")

ONE_OF: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "ORDERS": ((MONEY, "money_missing"),),
    "CUSTOMERS": ((REACHABLE, "nobody"),),
    "PROSPECTS": ((REACHABLE, "nobody"),),
    "SUBSCRIPTIONS": ((PAYER, "nobody"), (PLAN, "plan_missing")),
    "UNITS": ((PAYER, "nobody"), (PRODUCT, "product_missing")),
    "CONTRACTS": ((PAYER, "nobody"),),
    "CONCERNS": ((PAYER, "nobody"),),
}
"""Of which fields a row needs one, and the reason it is rejected for without."""

CONSENT = ("consent", "consent_purpose", "consent_channel", "consent_at")
"""An answer on consent says what for, on which channel and when: none of it is ever made up."""

__all__ = [
    "CONSENT",
    "FIELDS",
    "MONEY",
    "ONE_OF",
    "PAYER",
    "PEOPLE",
    "PLAN",
    "PRODUCT",
    "REACHABLE",
    "Field",
    "Type",
    "field_of",
]


def field_of(what: str, name: str) -> Field:
    """The field of that name. Raises KeyError."""
    for field in FIELDS[what]:
        if field.name == name:
            return field
    raise KeyError(name)
