"""Keeps the tallies of what prospects have come to and of what was done (`models.standing`) small and right.

Triggers write them; here rows of one place are put together, and all is counted anew by night and when days begin at
another hour.
"""

from django.db import connection, transaction

LOCK = 7_340_083
"""As `sales_count_standing()` of the database takes it."""

_FIGURES = ("captured", "touched", "qualified", "chances", "won", "unqualified")
_TALLIES = {
    "sales_funneltally": (("day", "source", "how"), _FIGURES),
    "sales_donetally": (("month", "owner_id", "kind"), ("number",)),
}


def count_standing() -> None:
    """Count both anew from every prospect and every activity: what ever slipped by is in them then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sales_count_standing()")


def put_together() -> None:
    """Make one row of those that belong to one place. Nobody who reads sees a difference."""
    for table, (place, figures) in _TALLIES.items():
        where, names = ", ".join(place), ", ".join(figures)
        sums = ", ".join(f"sum({name})" for name in figures)
        with transaction.atomic(), connection.cursor() as cursor:
            # Apart from the statement below, which is to see what another one of these left.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute(
                f"""WITH several AS (SELECT {where} FROM {table} GROUP BY {where} HAVING count(*) > 1), taken AS (
                  DELETE FROM {table} WHERE ({where}) IN (SELECT {where} FROM several) RETURNING {where}, {names}
                )
                INSERT INTO {table} ({where}, {names})
                SELECT {where}, {sums} FROM taken GROUP BY {where}
                HAVING {" OR ".join(f"sum({name}) <> 0" for name in figures)}"""  # noqa: S608 — names from above
            )
