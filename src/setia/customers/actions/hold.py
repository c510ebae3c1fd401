"""Who a customer is at this moment, kept so until the end of the transaction."""

from django.db import connection

from setia.customers.models import Customer


def hold(customer_id: int) -> int:
    """The key to write on a new row of this customer: their own or, if they were merged away meanwhile, the survivor's.

    Nobody can merge that customer away before this transaction ends. Raises `Customer.DoesNotExist`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT merged_into_id FROM customers_customer WHERE id = %s FOR KEY SHARE", [customer_id])
        row = cursor.fetchone()
    if row is None:
        raise Customer.DoesNotExist(customer_id)
    # The survivor may be merged away in its turn by the time it is asked for.
    return customer_id if row[0] is None else hold(row[0])
