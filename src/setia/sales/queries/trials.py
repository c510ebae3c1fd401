"""What became of the customers of an experiment, counted from orders and opportunities."""

from typing import Any, NamedTuple

from django.db import connection

_OUTCOME = {
    "FIRST_ORDER": """EXISTS (SELECT FROM orders_order o WHERE o.customer_id = n.customer_id AND o.kind = 'PURCHASE'
        AND o.day BETWEEN e.from_date AND e.until_date)::int""",
    "AMOUNT": """COALESCE((SELECT sum(o.total) FROM orders_order o WHERE o.customer_id = n.customer_id
        AND o.kind IN ('PURCHASE', 'RETURN') AND o.day BETWEEN e.from_date AND e.until_date), 0)""",
    "WON": """EXISTS (SELECT FROM sales_opportunity p WHERE p.customer_id = n.customer_id AND p.status = 'WON'
        AND (p.closed_at AT TIME ZONE %(zone)s)::date BETWEEN e.from_date AND e.until_date)::int""",
}


class Happened(NamedTuple):
    """One entry a customer: what came of it (0 or 1, or money), whether by the new way, under whom."""

    outcome: list[float]
    treated: list[bool]
    people: list[int | None]


def happened(experiment: Any, *, zone: str) -> Happened:
    """Everybody who was drawn, whether or not anybody sold to them: leaving out would be choosing."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_OUTCOME[experiment.success]}, n.treated, n.person_id FROM planning_enrolment n"  # noqa: S608
            " JOIN planning_experiment e ON e.id = n.experiment_id WHERE e.id = %(experiment)s ORDER BY n.id",
            {"experiment": experiment.pk, "zone": zone},
        )
        rows = cursor.fetchall()
    return Happened([float(row[0]) for row in rows], [row[1] for row in rows], [row[2] for row in rows])
