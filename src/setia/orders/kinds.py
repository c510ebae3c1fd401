"""What kind an order is: decided here alone, once for Python and once for SQL (a test holds the two together).

- PURCHASE: not marked cancelled, total above 0; without a customer it is a walk-in.
- RETURN: marked cancelled, or total below 0 with a customer.
- FREE: total 0 with a customer.
- ADJUSTMENT: total of 0 or below, no customer, not a cancellation; kept, outside revenue.
"""

from decimal import Decimal


def kind_of(*, cancelled: bool, total: Decimal, has_customer: bool) -> str:
    """The kind of an order, one of `Order.Kind`."""
    if cancelled:
        return "RETURN"
    if total > 0:
        return "PURCHASE"
    if not has_customer:
        return "ADJUSTMENT"
    return "RETURN" if total < 0 else "FREE"


def kind_sql(*, customer: str) -> str:
    """The same as an SQL expression over columns `cancelled` and `total`; `customer` names the customer column."""
    return (
        "CASE WHEN cancelled THEN 'RETURN' WHEN total > 0 THEN 'PURCHASE'"
        f" WHEN {customer} IS NULL THEN 'ADJUSTMENT' WHEN total < 0 THEN 'RETURN' ELSE 'FREE' END"
    )
