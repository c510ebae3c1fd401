"""Fills the database of `bench.sales`, answered in JSON: `python -m bench.sold '{"customers": 1000000, …}'`.

Every customer is a prospect of one of 200 sellers in 20 teams, from a dozen sources, a third of them not answered yet;
open opportunities lie in five stages, half of them with whoever looks after the customer and half with anybody; of a
hundred activities 92 are done, over three years up to this moment, and each was written to the trail of the last month
of days. Keys of foreign tables are not checked row by row while filling, and indexes are made at the end, so that it
takes minutes.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 — Django must be set up before
from django.utils import timezone  # noqa: E402

from bench.recurred import without_indexes  # noqa: E402
from setia.accounts.models import Role, Team, User  # noqa: E402
from setia.core.queries import firm  # noqa: E402
from setia.sales.actions import count_standing, make_first_pipeline  # noqa: E402
from setia.sales.models import Activity, CalendarFeed, Stage  # noqa: E402
from setia.sales.secret_address import hash_token  # noqa: E402

PASSWORD = "toba-hijau-1250-meter"
TOKEN = "the-secret-of-a-calendar-that-is-thrown-away"
OWNER, LEADER, SELLER = "owner@bench.id", "seller0@bench.id", "seller20@bench.id"
SELLERS, TEAMS = 200, 20
_TABLES = (
    "customers_customer",
    "sales_prospect",
    "sales_prospectstep",
    "sales_opportunity",
    "sales_stagechange",
    "sales_activity",
    "accounts_auditentry",
)
_TALLIED = ("sales_prospect", "sales_opportunity", "sales_activity")

# `u` holds the sellers' keys, `s` those of the stages.
_FILL = (
    """
INSERT INTO customers_customer (kind, source, number, name, call_name, title, role, relation, acquisition, gender,
                                region, notes, created_at, updated_at, owner_id)
SELECT CASE WHEN i %% 12 = 0 THEN 'COMPANY' ELSE 'PERSON' END, 'main', 'C' || i,
  (ARRAY['Siti', 'Budi', 'Wayan', 'Maria', 'Agus', 'Dewi', 'Joko', 'Sri'])[1 + i %% 8] || ' '
    || (ARRAY['Rahma', 'Santoso', 'Sudiarta', 'Goretti', 'Pratama', 'Lestari'])[1 + i %% 6] || ' ' || i,
  '', '', 'EXTERNAL', '', '', '', 'Bandung', '', now() - (i %% 900) * interval '1 day', now(),
  u.keys[1 + i %% %(sellers)s]
FROM generate_series(1, %(customers)s) i, (SELECT %(u)s::bigint[] AS keys) u
""",
    """
INSERT INTO sales_prospect (customer_id, customer_owner_id, status, how, source, campaign, note, reason, captured_at,
                            due_at, moved_at, first_touch_at, fit, updated_at)
SELECT c.id, c.owner_id, (ARRAY['NEW', 'WORKING', 'QUALIFIED'])[1 + c.id %% 3],
  CASE WHEN c.id %% 7 = 0 THEN 'FORM' WHEN c.id %% 5 = 0 THEN 'FILE' ELSE 'HAND' END,
  (ARRAY['Instagram', 'Instagram', 'WhatsApp', 'Google', 'Website', 'Pameran', 'TikTok', 'Tokopedia', 'Shopee', 'Teman',
         'Radio', ''])[1 + c.id / 3 %% 12],
  '', '', '', c.created_at,
  CASE WHEN c.created_at > now() - interval '20 days' THEN c.created_at + interval '4 hours' END, c.created_at,
  CASE WHEN c.id %% 3 > 0 THEN least(c.created_at + interval '3 hours', now()) END, c.id %% 101, now()
FROM customers_customer c
""",
    """
INSERT INTO sales_prospectstep (prospect_id, before, after, reason, note, at)
SELECT p.id, 'NEW', 'QUALIFIED', 'NEEDS_IT', '', p.captured_at FROM sales_prospect p WHERE p.status = 'QUALIFIED'
""",
    """
INSERT INTO sales_opportunity (customer_id, customer_owner_id, owner_id, pipeline_id, stage_id, title, status, amount,
                               expected_date, next_step, note, entered_at, closed_at, lost_note, created_at, updated_at)
SELECT c.id, c.owner_id, CASE WHEN i %% 2 = 0 THEN c.owner_id ELSE u.keys[1 + (i * 7 %% %(sellers)s)::int] END,
  %(pipeline)s, s.keys[1 + i %% cardinality(s.keys)], 'Mesin untuk cabang ' || i,
  CASE WHEN i <= %(open)s THEN 'OPEN' ELSE 'WON' END, 500000 + (i %% 9000) * 1000,
  current_date + ((i %% 200) - 60)::int, '', '', now() - (i %% 120) * interval '1 day',
  CASE WHEN i > %(open)s THEN now() - (i %% 700) * interval '1 day' END, '', now() - interval '200 days', now()
FROM generate_series(1, %(opportunities)s) i
JOIN customers_customer c ON c.id = %(first)s + (i::bigint * 7919 %% %(customers)s),
  (SELECT %(u)s::bigint[] AS keys) u, (SELECT %(s)s::bigint[] AS keys) s
""",
    """
INSERT INTO sales_stagechange (opportunity_id, after_id, status, amount, at)
SELECT id, stage_id, 'OPEN', amount, entered_at FROM sales_opportunity
""",
    """
INSERT INTO sales_activity (kind, title, note, customer_id, owner_id, by_id, planned_at, duration_minutes, due_date,
                            place, done_at, done_by_id, outcome, result, revision, created_at, updated_at)
SELECT (ARRAY['TASK', 'CALL', 'MEETING', 'VISIT', 'NOTE'])[1 + i %% 5], 'Kegiatan ' || i, '', c.id, c.owner_id,
  c.owner_id, CASE WHEN i %% 3 = 0 THEN d.at END, 30, d.at::date, '', CASE WHEN i %% 100 < 92 THEN d.at END,
  CASE WHEN i %% 100 < 92 THEN c.owner_id END, CASE WHEN i %% 100 < 92 THEN 'REACHED' ELSE '' END, '', 0, d.at, d.at
FROM generate_series(1, %(activities)s) i
JOIN customers_customer c ON c.id = %(first)s + (i::bigint * 7919 %% %(customers)s)
CROSS JOIN LATERAL (SELECT CASE WHEN i %% 100 < 92 THEN now() - (i %% 1095) * interval '1 day'
                                ELSE now() + ((i / 100) %% 120 - 60) * interval '1 day' END AS at) d
""",
    """
INSERT INTO accounts_auditentry (at, by_id, verb, about, about_id, data, address)
SELECT a.done_at, a.owner_id, 'activity.finished', 'activity', a.id, '{}', ''
FROM sales_activity a WHERE a.done_at > now() - interval '30 days'
""",
)


def main(sizes: dict[str, int]) -> dict[str, Any]:
    """Fill what is empty; answers how to sign in and which keys there are."""
    if not User.objects.filter(email=OWNER).exists():
        at = timezone.now()
        firm()
        User.objects.create_user(OWNER, PASSWORD, name="Rani Wulandari", role=User.Role.OWNER)
        verbs = sorted(Role.objects.get(code=User.Role.SALES).listed)
        Role.objects.create(code="leader", name="Ketua tim", sees=Role.Sees.TEAM, verbs=verbs)
        sellers = []
        for number in range(SELLERS):
            email = f"seller{number}@bench.id"
            role = "leader" if email == LEADER else User.Role.SALES
            password = PASSWORD if email in (LEADER, SELLER) else None
            sellers.append(User.objects.create_user(email, password, name=f"Penjual {number}", role=role))
        for number in range(TEAMS):
            Team.objects.create(name=f"Tim {number}").members.set(sellers[number::TEAMS])
        make_first_pipeline(at=at)
        stages = list(Stage.objects.order_by("position"))
        names: dict[str, Any] = sizes | {
            "sellers": SELLERS,
            "u": [one.pk for one in sellers],
            "s": [one.pk for one in stages],
            "pipeline": stages[0].pipeline_id,
        }
        with transaction.atomic(), without_indexes(_TABLES), connection.cursor() as cursor:
            # Counted at the end: told of each statement, without indexes, they would look for every row among all.
            for table in _TALLIED:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in _FILL:
                if "%(first)s" in statement:
                    cursor.execute("CREATE INDEX IF NOT EXISTS bench_customer ON customers_customer (id)")
                    cursor.execute("SELECT min(id) FROM customers_customer")
                    names["first"] = cursor.fetchone()[0]
                cursor.execute(statement, names)
            cursor.execute("DROP INDEX IF EXISTS bench_customer")
            for table in _TALLIED:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        count_standing()
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id ORDER BY position) FROM sales_stage")
        (stages_there,) = cursor.fetchone()
        cursor.execute("SELECT pg_database_size(current_database()) / 1024 / 1024")
        (mib,) = cursor.fetchone()
    who = {"owner": OWNER, "team": LEADER, "seller": SELLER}
    seller = User.objects.get(email=SELLER)
    CalendarFeed.objects.update_or_create(
        user=seller, defaults={"token_hash": hash_token(TOKEN), "made_at": timezone.now()}
    )
    theirs = Activity.objects.filter(owner=seller, customer__isnull=False).order_by("due_date", "id")
    served = list(dict.fromkeys(theirs.values_list("customer", flat=True)[:200]))
    return {
        "password": PASSWORD,
        "who": who,
        "stages": stages_there,
        "mib": int(mib),
        "seller": seller.pk,
        "served": served,
        "token": TOKEN,
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
