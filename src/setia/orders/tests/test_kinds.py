"""What kind an order is: Python, SQL and the table's own constraint say the same."""

from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from setia.orders.kinds import kind_of, kind_sql

CASES = list(product([True, False], [Decimal(-5), Decimal(0), Decimal("0.0001"), Decimal(5)], [True, False]))


@pytest.mark.django_db
@pytest.mark.parametrize(("cancelled", "total", "has_customer"), CASES)
def test_python_and_sql_agree_on_every_kind_of_order(cancelled: bool, total: Decimal, has_customer: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {kind_sql(customer='customer_id')}"
            " FROM (SELECT %s::boolean AS cancelled, %s::numeric AS total, %s::bigint AS customer_id) one",
            [cancelled, total, 7 if has_customer else None],
        )
        assert cursor.fetchone()[0] == kind_of(cancelled=cancelled, total=total, has_customer=has_customer)


@pytest.mark.parametrize(
    ("cancelled", "total", "has_customer", "kind"),
    [
        (False, 5, True, "PURCHASE"),
        (False, 5, False, "PURCHASE"),
        (True, 5, True, "RETURN"),
        (True, -5, False, "RETURN"),
        (False, -5, True, "RETURN"),
        (False, 0, True, "FREE"),
        (False, 0, False, "ADJUSTMENT"),
        (False, -5, False, "ADJUSTMENT"),
    ],
)
def test_each_kind_is_what_its_meaning_says(cancelled: bool, total: int, has_customer: bool, kind: str) -> None:
    assert kind_of(cancelled=cancelled, total=Decimal(total), has_customer=has_customer) == kind
