"""Fills the database of `bench.recurring`, answered in JSON: `python -m bench.recurred '{"customers": 1000000, …}'`.

Rows come from generate_series, with the spread that makes an index work: a few people did most, a few verbs are
common, most contracts run and some have no end. Indexes are taken away first and made again at the end, and the checks
of foreign keys rest meanwhile, so that filling takes minutes and not an hour.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 — Django must be set up before
from django.utils import timezone  # noqa: E402

from setia.accounts.models import User  # noqa: E402
from setia.catalogue.models import Category  # noqa: E402
from setia.core.queries import firm  # noqa: E402
from setia.subscriptions.models import Plan  # noqa: E402

PASSWORD = "toba-hijau-1250-meter"
OWNER = "owner@bench.id"
PEOPLE, PLANS, PRODUCTS = 40, 20, 5_000
_TABLES = (
    "customers_customer",
    "accounts_auditentry",
    "subscriptions_subscription",
    "subscriptions_subscriptionstep",
    "subscriptions_revenuemove",
    "service_contract",
    "service_concern",
    "service_reach",
    "service_followers",
)

# `u` holds the people's keys, `p` the plans'. Everything ends today, so that lists of what comes find something.
_FILL = (
    """
INSERT INTO customers_customer (kind, source, number, name, call_name, title, role, relation, acquisition, gender,
                                region, notes, created_at, updated_at, owner_id)
SELECT CASE WHEN i %% 12 = 0 THEN 'COMPANY' ELSE 'PERSON' END, 'main', 'C' || i,
  (ARRAY['Siti', 'Budi', 'Wayan', 'Maria', 'Agus', 'Dewi', 'Joko', 'Sri'])[1 + i %% 8] || ' '
    || (ARRAY['Rahma', 'Santoso', 'Sudiarta', 'Goretti', 'Pratama', 'Lestari'])[1 + i %% 6] || ' ' || i,
  '', '', CASE WHEN i %% 500 = 0 THEN 'INTERMEDIARY' ELSE 'EXTERNAL' END, '', '', '', 'Bandung', '',
  now() - random() * interval '900 days', now(), CASE WHEN i %% 5 = 0 THEN u.keys[1 + i %% %(people)s] END
FROM generate_series(1, %(customers)s) i, (SELECT %(u)s::bigint[] AS keys) u
""",
    """
INSERT INTO accounts_auditentry (at, by_id, verb, about, about_id, data, address)
SELECT now() - (%(audit)s - i) * interval '18 seconds',
  CASE WHEN i %% 50 = 0 THEN NULL ELSE u.keys[1 + (random() ^ 3 * (%(people)s - 1))::int] END,
  v.verb, split_part(v.verb, '.', 1), 1 + (random() * %(customers)s)::int,
  jsonb_build_object('changes', jsonb_build_object('name', jsonb_build_array('', 'x'))), 'a' || (i %% 900)
FROM generate_series(1, %(audit)s) i
CROSS JOIN LATERAL (SELECT (ARRAY['customer.edited', 'customer.edited', 'customer.edited', 'customer.edited',
  'order.added', 'order.added', 'order.edited', 'subscription.changed', 'concern.settled', 'unit.served',
  'customer.added', CASE WHEN i %% 9973 = 0 THEN 'contract.removed' ELSE 'customer.edited' END]
  )[1 + (random() * 11)::int] AS verb) v, (SELECT %(u)s::bigint[] AS keys) u
""",
    """
INSERT INTO subscriptions_subscription (source, number, customer_id, plan_id, status, quantity, price, discount, period,
  monthly, started_date, anchor_date, anchor_count, from_date, until_date, planned, ends_date, ended_date, reason,
  reason_text, note, due_date, created_at, updated_at)
SELECT 'main', 'L' || c.id, c.id, p.keys[1 + c.id %% %(plans)s], s.status, 1, 120000, 0, 'MONTH',
  CASE WHEN s.status = 'ACTIVE' THEN 120000 ELSE 0 END, d.began, d.began, 0,
  current_date - (c.id %% 28)::int, current_date + 30 - (c.id %% 28)::int, '{}',
  CASE WHEN s.status IN ('CANCELLED', 'EXPIRED') THEN d.ended WHEN c.id %% 10 = 0 THEN current_date + (c.id %% 400)::int
  END,
  CASE WHEN s.status IN ('CANCELLED', 'EXPIRED') THEN d.ended END,
  CASE WHEN s.status = 'CANCELLED' THEN 'PRICE' ELSE '' END, '', '',
  CASE WHEN s.status NOT IN ('CANCELLED', 'EXPIRED') THEN current_date + 30 - (c.id %% 28)::int END, now(), now()
FROM customers_customer c
CROSS JOIN LATERAL (SELECT (ARRAY['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'CANCELLED',
  'EXPIRED', 'PAUSED'])[1 + c.id %% 10] AS status) s
CROSS JOIN LATERAL (SELECT current_date - 40 - (c.id * 7919 %% 1400)::int AS began,
  current_date - (c.id %% 39)::int AS ended) d, (SELECT %(p)s::bigint[] AS keys) p
LIMIT %(subscriptions)s
""",
    """
INSERT INTO subscriptions_subscriptionstep (subscription_id, day, kind, status, monthly, changes, reason, at)
SELECT id, started_date, 'STARTED', 'ACTIVE', 120000, '{}'::jsonb, '', created_at FROM subscriptions_subscription
UNION ALL
SELECT id, COALESCE(ended_date, current_date), status, status, 0, '{}'::jsonb, reason, created_at
FROM subscriptions_subscription WHERE status <> 'ACTIVE'
""",
    """
INSERT INTO subscriptions_revenuemove (customer_id, month, kind, amount, after, next_month)
SELECT customer_id, date_trunc('month', started_date), 'NEW', 120000, 120000,
  CASE WHEN status <> 'ACTIVE' THEN date_trunc('month', COALESCE(ended_date, current_date)) END
FROM subscriptions_subscription
UNION ALL
SELECT customer_id, date_trunc('month', COALESCE(ended_date, current_date)), 'CHURN', -120000, 0, NULL
FROM subscriptions_subscription
WHERE status <> 'ACTIVE' AND date_trunc('month', COALESCE(ended_date, current_date)) > date_trunc('month', started_date)
""",
    """
INSERT INTO subscriptions_revenuetotal (month, kind, amount, people)
SELECT month, kind, sum(amount), count(*) FROM subscriptions_revenuemove GROUP BY month, kind
""",
    """
INSERT INTO service_contract (customer_id, title, number, from_date, until_date, value, complexity, responsible_id,
                              note, created_at, updated_at)
SELECT c.id, 'Kontrak ' || c.id, 'K' || c.id, current_date - 400 + (c.id %% 300)::int,
  CASE WHEN c.id %% 7 > 0 THEN current_date - 90 + (c.id * 31 %% 900)::int END, 5000000, 'MODERATE',
  CASE WHEN c.id %% 9 > 0 THEN u.keys[1 + c.id %% %(people)s] END, '', now(), now()
FROM customers_customer c, (SELECT %(u)s::bigint[] AS keys) u
ORDER BY c.id DESC LIMIT %(concerns)s
""",
    """
INSERT INTO service_concern (customer_id, kind, words, raised_date, resolver_id, answer, closed_at, created_at,
                             updated_at)
SELECT c.id, CASE WHEN c.id %% 3 = 0 THEN 'REVISION' ELSE 'COMPLAINT' END, 'Datang terlambat ' || c.id,
  current_date - (c.id * 17 %% 700)::int, CASE WHEN c.id %% 4 > 0 THEN u.keys[1 + c.id %% %(people)s] END,
  '', CASE WHEN c.id %% 5 > 1 THEN now() - random() * interval '600 days' END, now(), now()
FROM customers_customer c, (SELECT %(u)s::bigint[] AS keys) u
ORDER BY c.id LIMIT %(concerns)s
""",
    """
INSERT INTO service_followers (customer_id, channel, number, seen_date, at)
SELECT id, 'INSTAGRAM', 1 + (random() ^ 4 * 100000)::int, current_date, now() FROM customers_customer WHERE id %% 10 = 0
""",
    """
INSERT INTO service_reach (customer_id, score, brought, buyers, spent, linked, followers, worked_out_at)
SELECT id, (random() * 100)::int, 3, 1, 500000, 2, 4000, now() FROM customers_customer WHERE id %% 5 = 0
""",
    """
INSERT INTO catalogue_product (code, name, kind, category_id, price, notes, created_at, updated_at)
SELECT 'P' || i, 'Produk ' || i, 'GOODS', %(category)s, 1000 * i, '', now(), now()
FROM generate_series(1, %(products)s) i
""",
    """
INSERT INTO service_discount (customer_id, role, percent, at)
SELECT id, '', 15, now() FROM customers_customer WHERE role = 'INTERMEDIARY'
""",
)


def main(sizes: dict[str, int]) -> dict[str, Any]:
    """Fill what is empty; answers how to sign in and which keys there are."""
    if not User.objects.filter(email=OWNER).exists():
        firm()
        User.objects.create_user(OWNER, PASSWORD, name="Rani Wulandari", role=User.Role.OWNER)
        for number in range(PEOPLE):
            User.objects.create_user(f"person{number}@bench.id", None, name=f"Orang {number}")
        at = timezone.now()
        for number in range(PLANS):
            Plan.objects.create(
                code=f"PLAN{number}", name=f"Paket {number}", price=120_000, created_at=at, updated_at=at
            )
        category = Category.objects.create(name="Kopi")
        names: dict[str, Any] = sizes | {
            "people": PEOPLE,
            "plans": PLANS,
            "products": PRODUCTS,
            "category": category.pk,
            "u": list(User.objects.exclude(email=OWNER).values_list("pk", flat=True)),
            "p": list(Plan.objects.values_list("pk", flat=True)),
        }
        with transaction.atomic(), without_indexes(_TABLES):
            for statement in _FILL:
                with connection.cursor() as cursor:
                    cursor.execute(statement, names)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM customers_customer")
        first, latest = cursor.fetchone()
        cursor.execute("SELECT min(id) FROM customers_customer WHERE role = 'INTERMEDIARY'")
        (seller,) = cursor.fetchone()
        cursor.execute("SELECT min(id), max(id) FROM accounts_user WHERE email <> %s", [OWNER])
        people = cursor.fetchone()
        cursor.execute("SELECT min(id) FROM subscriptions_plan")
        (plan,) = cursor.fetchone()
    keys = {"first": first, "latest": latest, "seller": seller, "people": people, "plan": plan}
    return {"email": OWNER, "password": PASSWORD, **keys}


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Take these tables' indexes and foreign keys away for as long as the block runs, and make them again."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [list(tables)],
        )
        foreign = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
            " WHERE indrelid::regclass::text = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in foreign:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in foreign:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
