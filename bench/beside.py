"""Gives Setia's demo as many open prospects and opportunities as Creme was given: `python -m bench.beside 2000`.

They are of customers who are there; those there already count.
"""

import sys

import django

django.setup()

from django.db import connection  # noqa: E402 — Django must be set up before
from django.utils import timezone  # noqa: E402

from setia.core.queries import firm  # noqa: E402
from setia.sales.actions import follow_owners, make_first_pipeline  # noqa: E402

_PROSPECTS = """
INSERT INTO sales_prospect (customer_id, status, how, source, campaign, note, reason, captured_at, moved_at, updated_at)
SELECT c.id, 'NEW', 'HAND', 'Instagram', '', '', '', now() - c.id * interval '1 minute', now(), now()
FROM customers_customer c WHERE NOT EXISTS (SELECT FROM sales_prospect p WHERE p.customer_id = c.id)
ORDER BY c.id LIMIT greatest(0, %(wanted)s - (SELECT count(*) FROM sales_prospect WHERE closed_at IS NULL))
"""
_OPPORTUNITIES = """
INSERT INTO sales_opportunity (customer_id, owner_id, pipeline_id, stage_id, title, status, amount, expected_date,
                               next_step, note, entered_at, lost_note, created_at, updated_at)
SELECT c.id, u.id, s.pipeline_id, s.id, 'Mesin untuk cabang ' || c.id, 'OPEN', 500000 + c.id %% 9000 * 1000,
  current_date + (c.id %% 200)::int - 60, '', '', now() - c.id * interval '1 minute', '', now(), now()
FROM customers_customer c, (SELECT min(id) AS id FROM accounts_user) u
CROSS JOIN LATERAL (SELECT id, pipeline_id FROM sales_stage WHERE archived_at IS NULL ORDER BY id LIMIT 1) s
ORDER BY c.id LIMIT greatest(0, %(wanted)s - (SELECT count(*) FROM sales_opportunity WHERE status = 'OPEN'))
"""


def main(wanted: int) -> None:
    """Make what is missing."""
    firm()
    make_first_pipeline(at=timezone.now())
    with connection.cursor() as cursor:
        for statement in (_PROSPECTS, _OPPORTUNITIES):
            cursor.execute(statement, {"wanted": wanted})
        follow_owners()
        cursor.execute("ANALYZE sales_prospect, sales_opportunity")


if __name__ == "__main__":
    main(int(sys.argv[1]))
