"""Subscriptions and their plans from staged rows: new ones with all their days, known ones brought up to the file.

A row tells the whole of a subscription: when it began, its trial, its rest, its end, and the terms it has now. For a
new one the steps are written on those days, and the period that runs now; what earlier periods cost is not known. For
one that is here, what differs counts from today: other terms, a rest, an end. A blank cell says nothing, and the days
on which something happens by itself follow as in `setia.subscriptions.actions`.
"""

from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged, people
from setia.intake.commit.counts import Counts
from setia.intake.models import Run
from setia.intake.reading.problems import Why
from setia.subscriptions import actions

# The plan a row means: by code, else by the name of one that is here, else the name itself becomes the code.
_MEANT = """
ALTER TABLE stage ADD COLUMN pcode text, ADD COLUMN plan_id bigint, ADD COLUMN plan_period text,
  ADD COLUMN plan_days integer, ADD COLUMN plan_price numeric
"""
_CODES = """
UPDATE stage SET pcode = COALESCE(upper(btrim(plan_code)),
  (SELECT min(p.code) FROM subscriptions_plan p WHERE lower(p.name) = lower(btrim(plan_name))),
  left(upper(btrim(plan_name)), 100))
"""
_PLANS = """
UPDATE stage SET plan_id = p.id, plan_period = p.period, plan_days = p.days, plan_price = p.price
FROM subscriptions_plan p WHERE p.code = pcode
"""

# The first rule a row breaks: its code, the field, and the value.
_JUDGED = """
DELETE FROM stage USING (
  SELECT s.rn, CASE
    WHEN quantity <= 0 THEN ARRAY['above_zero', 'quantity', trim_scale(quantity)::text]
    WHEN s.price < 0 THEN ARRAY['below_zero', 'price', trim_scale(s.price)::text]
    WHEN discount_percent NOT BETWEEN 0 AND 100
      THEN ARRAY['percent', 'discount_percent', trim_scale(discount_percent)::text]
    WHEN quantity >= 1e10 OR COALESCE(quantity, 1) * COALESCE(s.price, plan_price, o.price, 0) >= 1e13
      THEN ARRAY['amount_too_large', 'price', '']
    WHEN s.period = 'DAYS' AND (period_days IS NULL OR period_days NOT BETWEEN 1 AND 3660
                                OR period_days <> trunc(period_days))
      THEN ARRAY['period_days', 'period_days', COALESCE(trim_scale(period_days)::text, '')]
    WHEN started_date NOT BETWEEN '1990-01-01' AND %(today)s::date + 3660
      THEN ARRAY['too_early', 'started_date', started_date::text]
    WHEN trial_until_date < started_date THEN ARRAY['day_order', 'trial_until_date', trial_until_date::text]
    WHEN ended_date < started_date THEN ARRAY['day_order', 'ended_date', ended_date::text]
    WHEN renews_date < started_date THEN ARRAY['day_order', 'renews_date', renews_date::text]
    WHEN renews_date > %(today)s::date + 3660 THEN ARRAY['too_early', 'renews_date', renews_date::text]
    WHEN status IN ('CANCELLED', 'EXPIRED') AND ended_date IS NULL THEN ARRAY['ended_when', 'ended_date', '']
    WHEN status = 'PAUSED' AND paused_date IS NULL THEN ARRAY['paused_when', 'paused_date', '']
    WHEN paused_date < COALESCE(trial_until_date, started_date) OR paused_date > LEAST(%(today)s, ended_date)
      THEN ARRAY['day_order', 'paused_date', paused_date::text]
    WHEN resumes_date <= paused_date THEN ARRAY['day_order', 'resumes_date', resumes_date::text]
    WHEN plan_id IS NULL AND o.pcode IS NULL THEN ARRAY['plan_unknown', 'plan_code', s.pcode]
  END AS why
  FROM stage s LEFT JOIN offer o ON o.pcode = s.pcode) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""

# A plan that is not here yet, as most of its rows say it.
_OFFER = """
CREATE TEMP TABLE offer ON COMMIT DROP AS
SELECT DISTINCT ON (pcode) pcode, price, period, CASE period WHEN 'DAYS' THEN period_days::integer END AS days,
  COALESCE(max(plan_name), pcode) AS name
FROM stage
WHERE plan_id IS NULL AND pcode IS NOT NULL AND price BETWEEN 0 AND 1e13 AND period IS NOT NULL AND (period <> 'DAYS'
  OR (period_days BETWEEN 1 AND 3660 AND period_days = trunc(period_days)))
GROUP BY pcode, price, period, period_days ORDER BY pcode, count(*) DESC, min(rn)
"""
_MAKE_PLANS = """
WITH made AS (
  INSERT INTO subscriptions_plan (code, name, price, period, days, trial_days, created_at, updated_at)
  SELECT o.pcode, o.name, o.price, o.period, o.days, 0, %(at)s, %(at)s
  FROM offer o WHERE o.pcode IN (SELECT pcode FROM stage WHERE plan_id IS NULL) ORDER BY o.pcode
  RETURNING id)
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'subscriptions_plan', id, '{"made": true}' FROM made
"""

_TWICE = """
DELETE FROM stage USING (
  SELECT subscription_number AS number FROM (
    SELECT subscription_number,
           COALESCE(customer_number, customer_phone, lower(customer_email), lower(customer_name)) AS who FROM stage) w
  GROUP BY 1 HAVING min(who) <> max(who)) two
WHERE stage.subscription_number = two.number RETURNING rn, 'twice', 'subscription_number', two.number
"""

# What a row may not say of a subscription that is here.
_AGAINST = """
DELETE FROM stage USING (
  SELECT s.rn, CASE
    WHEN s.customer_number IS NOT NULL AND c.source = %(source)s AND c.number <> s.customer_number
      AND NOT EXISTS (SELECT FROM customers_customer m WHERE m.source = %(source)s AND m.number = s.customer_number
                      AND m.merged_into_id = c.id)
      THEN ARRAY['whose', 'subscription_number', s.subscription_number]
    WHEN s.started_date <> t.started_date THEN ARRAY['day_order', 'started_date', s.started_date::text]
    WHEN t.ended_date IS NOT NULL THEN NULL
    WHEN row(meant.period, CASE meant.period WHEN 'DAYS' THEN COALESCE(s.period_days, meant.days) END)
      IS DISTINCT FROM row(t.period, t.days::numeric) THEN ARRAY['plan_switch', 'plan_code', s.pcode]
    WHEN s.ended_date IS DISTINCT FROM t.ends_date AND s.ended_date < (
      SELECT max(day) FROM subscriptions_subscriptionstep p WHERE p.subscription_id = t.id)
      THEN ARRAY['day_order', 'ended_date', s.ended_date::text]
  END AS why
  FROM stage s JOIN subscriptions_subscription t ON t.source = %(source)s AND t.number = s.subscription_number
  JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN offer o ON o.pcode = s.pcode
  CROSS JOIN LATERAL (
    SELECT COALESCE(s.period, CASE WHEN s.plan_id = t.plan_id THEN t.period ELSE COALESCE(s.plan_period, o.period) END)
             AS period,
           CASE WHEN s.plan_id = t.plan_id THEN t.days ELSE COALESCE(s.plan_days, o.days) END AS days) meant) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""

# Whose a known subscription is, is known: its row makes no customer.
_KNOWN_PAYERS = """
UPDATE stage SET customer_number = NULL, customer_name = NULL, customer_phone = NULL, customer_email = NULL
FROM subscriptions_subscription t WHERE t.source = %(source)s AND t.number = stage.subscription_number
"""

# The file's latest row about a subscription counts.
_LATEST = """
CREATE TEMP TABLE latest ON COMMIT DROP AS
SELECT DISTINCT ON (k.subscription_number) k.rn, k.subscription_number AS number, c.customer_id, p.id AS plan_id,
  p.name AS plan_name, k.quantity, k.price, k.discount_percent AS discount, k.note, k.status AS said,
  COALESCE(k.period, p.period) AS period,
  CASE COALESCE(k.period, p.period) WHEN 'DAYS' THEN COALESCE(k.period_days::integer, p.days) END AS days,
  p.price AS plan_price, k.started_date, NULLIF(k.trial_until_date, k.started_date) AS trial_until_date,
  k.renews_date, k.paused_date, k.resumes_date, k.ended_date,
  CASE WHEN k.ended_date IS NOT NULL THEN COALESCE(k.reason, CASE k.status WHEN 'CANCELLED' THEN 'OTHER' END, '')
       ELSE '' END AS reason,
  t.id AS subscription_id
FROM keyed k JOIN subscriptions_plan p ON p.code = k.pcode
LEFT JOIN customer_key c ON c.ckey = k.ckey
LEFT JOIN subscriptions_subscription t ON t.source = %(source)s AND t.number = k.subscription_number
ORDER BY k.subscription_number, k.rn DESC
"""

# What one period costs is `each`, what that is in a month `paying`; as `setia.subscriptions.terms` has it.
_MONTHS = "CASE {period} WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'YEAR' THEN 12 END"
_A_MONTH = "CASE WHEN period = 'DAYS' THEN round(each * 365 / (12 * days), 4) ELSE round(each / months, 4) END"

_FRESH = f"""
CREATE TEMP TABLE fresh ON COMMIT DROP AS
SELECT *, nextval(pg_get_serial_sequence('subscriptions_subscription', 'id')) AS id, {_A_MONTH} AS paying,
  CASE WHEN months IS NULL THEN anchor_date + anchor_count * days
       ELSE (anchor_date + make_interval(months => anchor_count * months))::date END AS from_date,
  CASE WHEN months IS NULL THEN anchor_date + (anchor_count + 1) * days
       ELSE (anchor_date + make_interval(months => (anchor_count + 1) * months))::date END AS until_date
FROM (
  SELECT *, CASE
      WHEN anchor_date > seen THEN CASE WHEN renews_date IS NULL THEN 0 ELSE -1 END
      WHEN months IS NULL THEN (seen - anchor_date) / days
      ELSE whole - CASE WHEN (anchor_date + make_interval(months => whole * months))::date > seen THEN 1 ELSE 0 END
    END AS anchor_count
  FROM (
    SELECT *, ((extract(year FROM seen) - extract(year FROM anchor_date)) * 12
               + extract(month FROM seen) - extract(month FROM anchor_date))::integer / months AS whole
    FROM (
      SELECT *, {_MONTHS.format(period="period")} AS months,
        price * quantity * (100 - discount) * 0.01 AS each,
        COALESCE(renews_date, trial_until_date, started_date) AS anchor_date,
        CASE state WHEN 'PAUSED' THEN paused_date ELSE %(today)s END AS seen
      FROM (
        SELECT number, customer_id, plan_id, COALESCE(quantity, 1) AS quantity, COALESCE(price, plan_price) AS price,
          COALESCE(discount, 0) AS discount, period, days, started_date, trial_until_date, renews_date, paused_date,
          resumes_date, ended_date, reason, COALESCE(note, '') AS note, rn,
          CASE WHEN ended_date <= %(today)s AND (reason <> '' OR said = 'CANCELLED') THEN 'CANCELLED'
               WHEN ended_date <= %(today)s THEN 'EXPIRED'
               WHEN trial_until_date > %(today)s THEN 'TRIAL'
               WHEN paused_date IS NOT NULL AND (resumes_date IS NULL OR resumes_date > %(today)s) THEN 'PAUSED'
               ELSE 'ACTIVE' END AS state
        FROM latest WHERE subscription_id IS NULL) stated) priced) counted) placed
ORDER BY rn
"""

_RUNS = "state IN ('ACTIVE', 'PAUSED')"
_INSERT = f"""
INSERT INTO subscriptions_subscription (id, source, number, customer_id, plan_id, status, quantity, price, discount,
  period, days, monthly, started_date, trial_until_date, anchor_date, anchor_count, from_date, until_date, paused_date,
  resumes_date, planned, ends_date, ended_date, reason, reason_text, note, due_date, created_at, updated_at,
  made_by_run, latest_run)
OVERRIDING SYSTEM VALUE
SELECT id, %(source)s, number, customer_id, plan_id, state, quantity, price, discount, period, days,
  CASE state WHEN 'ACTIVE' THEN paying ELSE 0 END, started_date, trial_until_date, anchor_date,
  CASE WHEN {_RUNS} THEN anchor_count ELSE 0 END, CASE WHEN {_RUNS} THEN from_date END,
  CASE WHEN {_RUNS} THEN until_date END, CASE state WHEN 'PAUSED' THEN paused_date END,
  CASE state WHEN 'PAUSED' THEN resumes_date END, '{{}}', ended_date,
  CASE WHEN state IN ('CANCELLED', 'EXPIRED') THEN ended_date END, reason, '', note,
  CASE WHEN state IN ('CANCELLED', 'EXPIRED') THEN NULL ELSE LEAST(ended_date, CASE state
    WHEN 'TRIAL' THEN trial_until_date WHEN 'PAUSED' THEN resumes_date ELSE until_date END) END,
  %(at)s, %(at)s, %(run)s, %(run)s
FROM fresh
"""
_STEPS = """
INSERT INTO subscriptions_subscriptionstep (subscription_id, day, kind, status, monthly, changes, reason, by_id, at)
SELECT id, v.day, v.kind, v.status, CASE v.status WHEN 'ACTIVE' THEN paying ELSE 0 END, '{}'::jsonb,
  CASE v.kind WHEN 'CANCELLED' THEN fresh.reason ELSE '' END, %(by)s::bigint, %(at)s::timestamptz
FROM fresh CROSS JOIN LATERAL (VALUES
  (1, 'STARTED', started_date, CASE WHEN trial_until_date IS NULL THEN 'ACTIVE' ELSE 'TRIAL' END),
  (2, 'TRIAL_ENDED', trial_until_date, 'ACTIVE'),
  (3, 'PAUSED', paused_date, 'PAUSED'),
  (4, 'RESUMED', CASE WHEN paused_date IS NOT NULL THEN resumes_date END, 'ACTIVE')) v(place, kind, day, status)
WHERE v.place = 1 OR (v.day <= %(today)s AND (ended_date IS NULL OR v.day < ended_date))
UNION ALL
SELECT id, ended_date, state, state, 0, '{}'::jsonb, reason, %(by)s::bigint, %(at)s::timestamptz FROM fresh
WHERE state IN ('CANCELLED', 'EXPIRED')
ORDER BY 1, 2
"""
_PERIODS = f"""
INSERT INTO subscriptions_subscriptionperiod (subscription_id, from_date, until_date, amount)
SELECT id, from_date, until_date, round(each, 4) FROM fresh WHERE {_RUNS}
"""

# Known ones that are not over, with what the file changes: terms from today, a rest, an end.
_DIFFERS = f"""
CREATE TEMP TABLE differs ON COMMIT DROP AS
SELECT *, {_A_MONTH} AS paying, GREATEST(%(today)s::date, latest_day) AS day FROM (
  SELECT l.subscription_id AS id, t.customer_id, l.plan_id, l.plan_name, o.name AS old_plan, t.period, t.days,
    COALESCE(l.quantity, t.quantity) AS quantity, COALESCE(l.price, t.price) AS price,
    COALESCE(l.discount, t.discount) AS discount, COALESCE(l.note, t.note) AS note,
    {_MONTHS.format(period="t.period")} AS months,
    COALESCE(l.price, t.price) * COALESCE(l.quantity, t.quantity) * (100 - COALESCE(l.discount, t.discount)) * 0.01
      AS each,
    (l.plan_id, COALESCE(l.quantity, t.quantity), COALESCE(l.price, t.price), COALESCE(l.discount, t.discount))
      IS DISTINCT FROM (t.plan_id, t.quantity, t.price, t.discount) AS terms,
    t.status = 'ACTIVE' AND l.paused_date >= s.latest_day AND (l.resumes_date IS NULL OR l.resumes_date > %(today)s)
      AND COALESCE(l.ended_date, t.ends_date) IS NULL AS rests,
    COALESCE(l.ended_date <= %(today)s AND l.ended_date >= s.latest_day, false) AS over,
    COALESCE(l.ended_date, t.ends_date) AS ends_date,
    CASE WHEN l.ended_date IS NULL THEN t.reason ELSE COALESCE(NULLIF(l.reason, ''), t.reason) END AS reason,
    l.paused_date, l.resumes_date, s.latest_day, t.ends_date AS old_ends_date, t.reason AS old_reason,
    t.note AS old_note
  FROM latest l JOIN subscriptions_subscription t ON t.id = l.subscription_id
  JOIN subscriptions_plan o ON o.id = t.plan_id
  CROSS JOIN LATERAL (
    SELECT max(p.day) AS latest_day FROM subscriptions_subscriptionstep p WHERE p.subscription_id = t.id) s
  WHERE t.ended_date IS NULL) compared
WHERE terms OR rests OR over OR row(ends_date, reason, note) IS DISTINCT FROM row(old_ends_date, old_reason, old_note)
"""
_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'subscriptions_subscription', t.id, to_jsonb(t) || jsonb_build_object(
  'steps', (SELECT COALESCE(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM subscriptions_subscriptionstep p
            WHERE p.subscription_id = t.id))
FROM subscriptions_subscription t WHERE t.id IN (SELECT id FROM differs)
ON CONFLICT DO NOTHING
"""
_MORE_STEPS = """
INSERT INTO subscriptions_subscriptionstep (subscription_id, day, kind, status, monthly, changes, reason, by_id, at)
SELECT d.id, v.day, v.kind, v.status, CASE v.status WHEN 'ACTIVE' THEN d.paying ELSE 0 END, v.changes,
  CASE v.kind WHEN 'CANCELLED' THEN d.reason ELSE '' END, %(by)s::bigint, %(at)s::timestamptz
FROM differs d JOIN subscriptions_subscription t ON t.id = d.id CROSS JOIN LATERAL (VALUES
  (1, terms AND NOT over, CASE WHEN t.plan_id <> d.plan_id THEN 'SWITCHED' ELSE 'CHANGED' END, d.day, t.status,
    jsonb_strip_nulls(jsonb_build_object(
    'plan', CASE WHEN t.plan_id <> d.plan_id THEN jsonb_build_array(d.old_plan, d.plan_name) END,
    'quantity', CASE WHEN t.quantity <> d.quantity
                THEN jsonb_build_array(trim_scale(t.quantity)::text, trim_scale(d.quantity)::text) END,
    'price', CASE WHEN t.price <> d.price
             THEN jsonb_build_array(trim_scale(t.price)::text, trim_scale(d.price)::text) END,
    'discount', CASE WHEN t.discount <> d.discount
                THEN jsonb_build_array(trim_scale(t.discount)::text, trim_scale(d.discount)::text) END))),
  (2, rests AND NOT over, 'PAUSED', GREATEST(d.paused_date, CASE WHEN terms THEN d.day ELSE d.paused_date END),
    'PAUSED', '{}'::jsonb),
  (3, over, CASE WHEN d.reason = '' THEN 'EXPIRED' ELSE 'CANCELLED' END, d.ends_date,
    CASE WHEN d.reason = '' THEN 'EXPIRED' ELSE 'CANCELLED' END, '{}'::jsonb)) v(place, due, kind, day, status, changes)
WHERE v.due ORDER BY d.id, v.place
"""
_UPDATE = """
UPDATE subscriptions_subscription t SET plan_id = d.plan_id, quantity = d.quantity, price = d.price,
  discount = d.discount, note = d.note, reason = d.reason, ends_date = d.ends_date, updated_at = %(at)s,
  status = n.status, monthly = CASE n.status WHEN 'ACTIVE' THEN d.paying ELSE 0 END,
  paused_date = CASE WHEN d.rests AND NOT d.over THEN d.paused_date ELSE t.paused_date END,
  resumes_date = CASE WHEN d.over THEN NULL WHEN d.rests THEN d.resumes_date ELSE t.resumes_date END,
  planned_date = CASE WHEN d.over THEN NULL ELSE t.planned_date END,
  planned = CASE WHEN d.over THEN '{}' ELSE t.planned END,
  ended_date = CASE WHEN d.over THEN d.ends_date END,
  due_date = CASE WHEN NOT d.over THEN LEAST(d.ends_date, t.planned_date, CASE n.status
    WHEN 'TRIAL' THEN t.trial_until_date
    WHEN 'PAUSED' THEN CASE WHEN d.rests THEN d.resumes_date ELSE t.resumes_date END
    ELSE t.until_date END) END
FROM differs d CROSS JOIN LATERAL (
  SELECT CASE WHEN d.over AND d.reason <> '' THEN 'CANCELLED' WHEN d.over THEN 'EXPIRED' WHEN d.rests THEN 'PAUSED'
    ELSE (SELECT status FROM subscriptions_subscription o WHERE o.id = d.id) END AS status) n
WHERE t.id = d.id
"""


_OVER = """
SELECT count(*) FROM latest l JOIN subscriptions_subscription t ON t.id = l.subscription_id
WHERE t.ended_date IS NOT NULL AND l.ended_date IS DISTINCT FROM t.ended_date
"""


def reject(cursor: CursorWrapper, run: Run, *, today: date) -> dict[int, Why]:
    """Take rows out of the stage that break a rule, or say what cannot be of what is here; answers why, by row."""
    names: dict[str, Any] = {"source": run.source, "today": today}
    cursor.execute(_MEANT)
    cursor.execute(_CODES)
    cursor.execute(_PLANS)
    cursor.execute(_OFFER)
    wrong: dict[int, Why] = {}
    for rule in (_JUDGED, _TWICE, _AGAINST):
        cursor.execute(rule, names)
        wrong |= {row: Why(code, field, value) for row, code, field, value in cursor.fetchall()}
    return wrong


def write(cursor: CursorWrapper, run: Run, *, today: date, at: datetime) -> Counts:
    """Write the staged subscriptions with their plans and customers. `today` is the firm's day."""
    counts = Counts()
    names: dict[str, Any] = {"source": run.source, "run": run.pk, "at": at, "today": today, "by": run.by_id}
    names["began"] = run.started_at or at
    cursor.execute(_MAKE_PLANS, names)
    plans = cursor.rowcount
    cursor.execute("SELECT count(DISTINCT pcode) FROM stage")
    counts.add("plans", created=plans, unchanged=cursor.fetchone()[0] - plans)
    cursor.execute(_KNOWN_PAYERS, names)
    people.key(cursor, names, counts, by=run.mapping.get("match", "NUMBER"), latest="")
    cursor.execute(_LATEST, names)
    cursor.execute("ANALYZE latest")
    cursor.execute("SELECT count(*) FROM latest")
    (total,) = cursor.fetchone()
    cursor.execute(_FRESH, names)
    created = cursor.rowcount
    cursor.execute("ANALYZE fresh")
    for statement in (_INSERT, _STEPS, _PERIODS):
        cursor.execute(statement, names)
    cursor.execute(_DIFFERS, names)
    updated = cursor.rowcount
    if updated:
        for statement in (_KEEP_BEFORE, _MORE_STEPS, _UPDATE):
            cursor.execute(statement, names)
    cursor.execute(_OVER)
    if over := cursor.fetchone()[0]:
        run.warnings = [*run.warnings, {"code": "subscription_over", "field": "", "count": over}]
    counts.add("subscriptions", created=created, updated=updated, unchanged=total - created - updated)
    merged.sweep(cursor, names, tables=("subscriptions_subscription",))
    cursor.execute(
        "SELECT t.customer_id FROM subscriptions_subscription t JOIN (SELECT id FROM fresh UNION ALL"
        " SELECT id FROM differs) mine ON mine.id = t.id"
    )
    actions.follow(customer for (customer,) in cursor.fetchall())
    return counts
