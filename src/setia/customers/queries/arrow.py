"""Customers as whole columns for the analytics."""

import pyarrow as pa

from setia.core import arrow
from setia.core.queries import firm

_SELECT = """
SELECT id AS customer, (created_at AT TIME ZONE $1)::date AS known_date, recommended_by_id AS recommended_by
FROM customers_customer
ORDER BY CASE WHEN number ~ '^[0-9]{1,18}$' THEN number::int8 END NULLS LAST, number COLLATE "C" NULLS LAST, source, id
"""


def customer_columns() -> pa.Table:
    """All committed customers, archived ones too, **in the order of their numbers**: those of digits by their value.

    Columns: `customer` (int64), `known_date` (date32, the firm's day the record was made), `recommended_by` (int64,
    null where nobody is known to have recommended them).
    """
    return arrow.read(_SELECT, [firm().zone])
