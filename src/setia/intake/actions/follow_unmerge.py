"""After a merge was undone, the values that runs would put back are those of the records apart again.

A run that changed an order or a customer while two records were one has kept, as the value before, what the merge had
made of it. Undoing that run later must not bring the merge back.
"""

from django.db import connection

from setia.customers.queries import what_merge_did

_OF_CUSTOMERS = ("orders_order", "subscriptions_subscription", "subscriptions_unit")
_SINCE = "run_id IN (SELECT id FROM intake_run WHERE started_at >= %(at)s)"


def follow_unmerge(merge_id: int) -> None:
    """Correct the before-images of runs since the merge (the answer to `customer.unmerged`)."""
    merge = what_merge_did(merge_id)
    with connection.cursor() as cursor:
        for table, column, whose, rows in merge.moves:
            if column == "customer_id" and table in _OF_CUSTOMERS:
                cursor.execute(
                    f"""
                    UPDATE intake_change SET before = jsonb_set(before, '{{customer_id}}', to_jsonb(%(whose)s::bigint))
                    WHERE "table" = '{table}' AND (before ->> 'customer_id')::bigint = %(survivor)s AND {_SINCE}
                      AND row_id IN (SELECT id FROM {table} WHERE id = ANY(%(rows)s) AND customer_id = %(whose)s)
                    """,  # noqa: S608 - this module's own words
                    {"whose": whose, "rows": rows, "survivor": merge.survivor, "at": merge.at},
                )
        for customer, before, after in merge.facts:
            for name in before:
                cursor.execute(
                    f"""
                    UPDATE intake_change SET before = jsonb_set(before, ARRAY[%(name)s], %(was)s::jsonb)
                    WHERE "table" = 'customers_customer' AND row_id = %(customer)s AND {_SINCE}
                      AND before -> %(name)s = %(became)s::jsonb
                    """,  # noqa: S608 - this module's own words
                    {
                        "name": name,
                        "was": before[name],
                        "became": after[name],
                        "customer": customer,
                        "at": merge.at,
                    },
                )
