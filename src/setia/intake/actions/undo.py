"""Undo of a run: every row whose value is still the run's goes back to what it was; the others are left and listed.

A row is still the run's when its stamp (`latest_run`) says so; the trigger of `core.stamps` clears the stamp on any
change since. Rows are taken in the order in which they point to each other: orders, contact points, customers,
products, categories. A row that others have come to need is left too: a customer with a note, a product in a later
order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.outbox import emit
from setia.core.permissions import require
from setia.intake.actions.execute import ADVISORY_LOCK
from setia.intake.models import Run
from setia.subscriptions.actions import follow

# How many of the rows that are left are named one by one; the counts are always whole.
LISTED = 200

_LABEL = {
    "orders_order": "number",
    "customers_customer": "COALESCE(NULLIF(name, ''), number, id::text)",
    "customers_contactpoint": "value",
    "catalogue_product": "code",
    "catalogue_category": "name",
    "customers_industry": "name",
    "customers_tag": "name",
    "subscriptions_subscription": "number",
    "subscriptions_unit": "serial",
    "subscriptions_plan": "code",
    "service_contract": "COALESCE(NULLIF(number, ''), id::text)",
    "service_concern": "COALESCE(NULLIF(number, ''), raised_date::text)",
    "sales_prospect": "(SELECT c.name FROM customers_customer c WHERE c.id = customer_id)",
}

# Why a row made by the run cannot go although its own value is unchanged: something that stays still needs it.
_NEEDED = {
    "orders_order": """
      EXISTS (SELECT 1 FROM orders_order r WHERE r.reverses_id = t.id AND r.latest_run IS DISTINCT FROM %(run)s)""",
    "customers_contactpoint": "false",
    "customers_customer": """
      EXISTS (SELECT 1 FROM orders_order o WHERE o.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM orders_order o WHERE o.agent_id = t.id)
      OR EXISTS (SELECT 1 FROM subscriptions_subscription s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM subscriptions_unit u WHERE u.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM service_contract s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM service_concern s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM service_discount s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM service_followers s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM sales_prospect s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM sales_activity s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM sales_opportunity s WHERE s.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM planning_enrolment p WHERE p.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM customers_contactpoint k WHERE k.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM customers_customertag g WHERE g.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM customers_consent a WHERE a.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM customers_consententry a WHERE a.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM customers_timelineentry e WHERE e.customer_id = t.id)
      OR EXISTS (SELECT 1 FROM customers_customer c WHERE c.recommended_by_id = t.id)""",
    "catalogue_product": """
      EXISTS (SELECT 1 FROM orders_orderline l WHERE l.product_id = t.id)
      OR EXISTS (SELECT 1 FROM subscriptions_plan p WHERE p.product_id = t.id)
      OR EXISTS (SELECT 1 FROM subscriptions_unit u WHERE u.product_id = t.id)
      OR EXISTS (SELECT 1 FROM planning_answer a WHERE a.product_id = t.id)
      OR EXISTS (SELECT 1 FROM sales_target s WHERE s.product_id = t.id)
      OR EXISTS (SELECT 1 FROM sales_tally y WHERE y.product_id = t.id)
      OR EXISTS (SELECT 1 FROM planning_rivalprice r WHERE r.product_id = t.id)""",
    "subscriptions_subscription": "false",
    "subscriptions_unit": "EXISTS (SELECT 1 FROM subscriptions_unitservice v WHERE v.unit_id = t.id)",
    "service_contract": """
      EXISTS (SELECT 1 FROM service_concern s WHERE s.contract_id = t.id)
      OR EXISTS (SELECT 1 FROM service_contract n WHERE n.follows_id = t.id)""",
    "service_concern": "false",
    "sales_prospect": "false",
}

_RESTORED = {
    "orders_order": "customer_id, ordered_at, day, kind, cancelled, total, discount, promotion_code, channel,"
    " reverses_id, reversed, note, content_hash, made_by_run, latest_run",
    "customers_customer": "kind, source, number, name, call_name, title, role, relation, industry_id, acquisition,"
    " recommended_by_id, gender, tax_number, birthday, region, region_code, notes,"
    " owner_id, extra, archived_at, updated_at, made_by_run, latest_run",
    "subscriptions_subscription": "plan_id, status, quantity, price, discount, period, days, monthly,"
    " trial_until_date, anchor_date, anchor_count, from_date, until_date, paused_date, resumes_date, planned_date,"
    " planned, ends_date, ended_date, reason, reason_text, note, due_date, updated_at, made_by_run, latest_run",
    "subscriptions_unit": "customer_id, installed_date, warranty_from_date, warranty_until_date,"
    " service_every_months, next_service_date, place, note, retired_date, updated_at, made_by_run, latest_run",
    "service_contract": "title, from_date, until_date, value, complexity, responsible_id, note, updated_at,"
    " made_by_run, latest_run",
    "service_concern": "contract_id, kind, words, raised_date, resolver_id, answer, closed_at, closed_by_id,"
    " updated_at, made_by_run, latest_run",
    "catalogue_product": "name, kind, category_id, price, notes, archived_at, updated_at, made_by_run, latest_run",
}

# The table that files of one kind alone write to.
_OWN_TABLE = {"UNITS": "subscriptions_unit", "CONTRACTS": "service_contract", "CONCERNS": "service_concern"}


_LATER = """
SELECT DISTINCT later.id FROM intake_run later JOIN intake_change c ON c.run_id = later.id
WHERE later.id > %(run)s AND later.state = 'DONE' AND (
  EXISTS (SELECT 1 FROM intake_change mine WHERE mine.run_id = %(run)s AND mine."table" = c."table"
          AND mine.row_id = c.row_id)
  OR (c.before ->> 'made_by_run') = %(run_text)s)
ORDER BY 1 DESC
"""


# Merges of customers since then, that took or changed what the run has made or changed.
_MERGED = """
WITH mine AS (SELECT "table", row_id FROM intake_change WHERE run_id = %(run)s),
live AS (
  SELECT m.id, m.survivor_id, m.at >= (SELECT started_at FROM intake_run WHERE id = %(run)s) AS since
  FROM customers_merge m WHERE m.undone_at IS NULL)
SELECT DISTINCT l.id FROM live l WHERE EXISTS (
  SELECT FROM customers_mergemove v CROSS JOIN LATERAL unnest(v.row_ids) r(id)
  WHERE v.merge_id = l.id AND (
    EXISTS (SELECT FROM orders_order t WHERE v."table" = 'orders_order' AND t.id = r.id AND t.made_by_run = %(run)s)
    OR EXISTS (SELECT FROM customers_contactpoint t
               WHERE v."table" = 'customers_contactpoint' AND t.id = r.id AND t.made_by_run = %(run)s)
    OR EXISTS (SELECT FROM subscriptions_subscription t
               WHERE v."table" = 'subscriptions_subscription' AND t.id = r.id AND t.made_by_run = %(run)s)
    OR EXISTS (SELECT FROM subscriptions_unit t
               WHERE v."table" = 'subscriptions_unit' AND t.id = r.id AND t.made_by_run = %(run)s)
    OR EXISTS (SELECT FROM service_contract t
               WHERE v."table" = 'service_contract' AND t.id = r.id AND t.made_by_run = %(run)s)
    OR EXISTS (SELECT FROM service_concern t
               WHERE v."table" = 'service_concern' AND t.id = r.id AND t.made_by_run = %(run)s)
    OR (l.since AND EXISTS (SELECT FROM mine WHERE mine."table" = v."table" AND mine.row_id = r.id))))
OR EXISTS (
  SELECT FROM customers_customer c
  WHERE (c.id = l.survivor_id OR c.id IN (SELECT customer_id FROM customers_mergedcustomer WHERE merge_id = l.id)) AND (
    c.made_by_run = %(run)s
    OR (l.since AND EXISTS (SELECT FROM mine WHERE mine."table" = 'customers_customer' AND mine.row_id = c.id))))
ORDER BY 1 DESC
"""


class CannotUndo(Exception):
    """Undo is not possible now. `code` is `not_done`, `later_first` or `merges_first`.

    `runs` are the runs to undo before this one, `merges` the merges of customers, the newest first.
    """

    def __init__(self, code: str, runs: Sequence[int] = (), merges: Sequence[int] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.runs = list(runs)
        self.merges = list(merges)


def undo_preview(run: Run) -> dict[str, Any]:
    """What undo would do: {"removed", "restored", "left": counts by table, "left_rows": [...]}. Changes nothing."""
    with transaction.atomic():
        report = _undo(run)
        transaction.set_rollback(True)
    return report


def undo(run: Run, *, by: User | None, at: datetime) -> dict[str, Any]:
    """Take a finished run back, in one transaction. Raises `CannotUndo`."""
    if by is not None:
        require(by, "intake.undo")
    with transaction.atomic():
        report = _undo(run)
        Run.objects.filter(pk=run.pk).update(state=Run.State.UNDONE, undone_at=at, undo_report=report)
        audit(by=by, at=at, verb="import.undone", about="run", about_id=run.pk, data={"left": report["left"]})
        emit("import.undone", at=at, run_id=run.pk, what=run.what)
    run.refresh_from_db()
    return report


def _undo(run: Run) -> dict[str, Any]:
    report: dict[str, Any] = {"removed": {}, "restored": {}, "left": {}, "left_rows": []}
    names: dict[str, Any] = {"run": run.pk, "run_text": str(run.pk)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        cursor.execute("SELECT state FROM intake_run WHERE id = %(run)s FOR UPDATE", names)
        if cursor.fetchone()[0] != Run.State.DONE:
            raise CannotUndo("not_done")
        cursor.execute(_LATER, names)
        if later := [row for (row,) in cursor.fetchall()]:
            raise CannotUndo("later_first", later)
        cursor.execute(_MERGED, names)
        if merges := [row for (row,) in cursor.fetchall()]:
            raise CannotUndo("merges_first", merges=merges)
        # A table that was emptied by the undo before this one is still believed to be empty, and a million rows are
        # then looked up one by one in a list of fifty thousand: an hour instead of seconds.
        cursor.execute(f"ANALYZE orders_orderline, {', '.join(_NEEDED)}")
        cursor.execute("SELECT set_config('setia.restoring', 'on', true), set_config('work_mem', '128MB', true)")
        if run.what == Run.What.SUBSCRIPTIONS:
            _take_back_subscriptions(cursor, names, report)
        if run.what == Run.What.PROSPECTS:
            _remove(cursor, "sales_prospect", names, report)
        if table := _OWN_TABLE.get(run.what):
            _restore(cursor, table, names, report)
            _remove(cursor, table, names, report)
        _restore(cursor, "orders_order", names, report)
        _remove(cursor, "orders_order", names, report)
        _remove(cursor, "customers_contactpoint", names, report)
        _remove_tags(cursor, names, report)
        _take_back_consent(cursor, names, report)
        _restore(cursor, "customers_customer", names, report)
        _remove(cursor, "customers_customer", names, report)
        _restore(cursor, "catalogue_product", names, report)
        _remove(cursor, "catalogue_product", names, report)
        _remove_unstamped(cursor, "catalogue_category", "catalogue_product", "category_id", names, report)
        _remove_unstamped(cursor, "customers_industry", "customers_customer", "industry_id", names, report)
        _remove_unstamped(cursor, "customers_tag", "customers_customertag", "tag_id", names, report)
        cursor.execute("SELECT set_config('setia.restoring', '', true)")
    return report


def _take_back_subscriptions(cursor: CursorWrapper, names: dict[str, Any], report: dict[str, Any]) -> None:
    """Take subscriptions back with their steps and periods, and the plans only they had; then count revenue anew."""
    touched = (
        "SELECT DISTINCT t.customer_id FROM subscriptions_subscription t WHERE t.latest_run = %(run)s"
        " AND (t.made_by_run = %(run)s OR t.id IN (SELECT row_id FROM intake_change WHERE run_id = %(run)s"
        """ AND "table" = 'subscriptions_subscription'))"""
    )
    cursor.execute(touched, names)
    customers = [customer for (customer,) in cursor.fetchall()]
    _restore(cursor, "subscriptions_subscription", names, report)
    _remove(cursor, "subscriptions_subscription", names, report)
    _remove_unstamped(cursor, "subscriptions_plan", "subscriptions_subscription", "plan_id", names, report)
    follow(customers)


def _left(
    cursor: CursorWrapper, table: str, reason: str, where: str, names: dict[str, Any], report: dict[str, Any]
) -> None:
    cursor.execute(f"SELECT count(*) FROM {table} t WHERE {where}", names)
    (count,) = cursor.fetchone()
    if not count:
        return
    report["left"][table] = report["left"].get(table, 0) + count
    room = LISTED - len(report["left_rows"])
    cursor.execute(f"SELECT id, {_LABEL[table]} FROM {table} t WHERE {where} ORDER BY id LIMIT {max(room, 0)}", names)
    report["left_rows"] += [
        {"table": table, "id": row, "label": str(label), "reason": reason} for row, label in cursor.fetchall()
    ]


def _restore(cursor: CursorWrapper, table: str, names: dict[str, Any], report: dict[str, Any]) -> None:
    """Rows the run changed: those still holding its value get their before-image back."""
    mine = f"""t.id IN (SELECT row_id FROM intake_change WHERE run_id = %(run)s AND "table" = '{table}')"""
    _left(cursor, table, "edited", f"{mine} AND t.latest_run IS DISTINCT FROM %(run)s", names, report)
    if table == "orders_order":
        _restore_lines(cursor, names)
    if table == "subscriptions_subscription":
        _restore_steps(cursor, names)
    columns = _RESTORED[table]
    values = ", ".join(f"b.{name.strip()}" for name in columns.split(","))
    cursor.execute(
        f"UPDATE {table} t SET ({columns}) = ROW({values})"
        f" FROM intake_change c CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, c.before) b"
        f""" WHERE c.run_id = %(run)s AND c."table" = '{table}' AND c.row_id = t.id AND t.latest_run = %(run)s""",
        names,
    )
    if cursor.rowcount:
        report["restored"][table] = cursor.rowcount


def _restore_lines(cursor: CursorWrapper, names: dict[str, Any]) -> None:
    changed = (
        "SELECT c.row_id FROM intake_change c JOIN orders_order o ON o.id = c.row_id AND o.latest_run = %(run)s"
        """ WHERE c.run_id = %(run)s AND c."table" = 'orders_order'"""
    )
    cursor.execute(f"DELETE FROM orders_orderline WHERE order_id IN ({changed})", names)
    cursor.execute(
        "INSERT INTO orders_orderline SELECT l.* FROM intake_change c"
        " CROSS JOIN LATERAL jsonb_populate_recordset(NULL::orders_orderline, c.before -> 'lines') l"
        f""" WHERE c.run_id = %(run)s AND c."table" = 'orders_order' AND c.row_id IN ({changed})""",
        names,
    )


def _restore_steps(cursor: CursorWrapper, names: dict[str, Any]) -> None:
    changed = (
        "SELECT c.row_id, c.before FROM intake_change c JOIN subscriptions_subscription o ON o.id = c.row_id"
        " AND o.latest_run = %(run)s"
        """ WHERE c.run_id = %(run)s AND c."table" = 'subscriptions_subscription'"""
    )
    cursor.execute(
        f"DELETE FROM subscriptions_subscriptionstep p USING ({changed}) c WHERE p.subscription_id = c.row_id"
        " AND NOT c.before -> 'steps' @> jsonb_build_array(jsonb_build_object('id', p.id))",
        names,
    )


def _remove(cursor: CursorWrapper, table: str, names: dict[str, Any], report: dict[str, Any]) -> None:
    """Rows the run made: those nobody has changed since and nothing that stays needs are removed."""
    needed = _NEEDED[table]
    _left(cursor, table, "edited", "t.made_by_run = %(run)s AND t.latest_run IS DISTINCT FROM %(run)s", names, report)
    untouched = "t.made_by_run = %(run)s AND t.latest_run = %(run)s"
    _left(cursor, table, "needed", f"{untouched} AND ({needed})", names, report)
    gone = f"SELECT t.id FROM {table} t WHERE {untouched} AND NOT ({needed})"
    cursor.execute(f"CREATE TEMP TABLE gone_{table} ON COMMIT DROP AS {gone}", names)
    cursor.execute(f"ANALYZE gone_{table}")
    if table == "orders_order":
        cursor.execute(
            "UPDATE orders_order SET reverses_id = NULL WHERE reverses_id IN (SELECT id FROM gone_orders_order)"
        )
        cursor.execute("DELETE FROM orders_orderline WHERE order_id IN (SELECT id FROM gone_orders_order)")
    if table == "sales_prospect":
        cursor.execute(f"DELETE FROM sales_prospectstep WHERE prospect_id IN (SELECT id FROM gone_{table})")
    if table == "subscriptions_subscription":
        for more in ("step", "period"):
            cursor.execute(
                f"DELETE FROM subscriptions_subscription{more} WHERE subscription_id IN (SELECT id FROM gone_{table})"
            )
    if table == "customers_customer":  # keys to find them by, made by the search for doubles since
        cursor.execute(f"DELETE FROM customers_namekey WHERE customer_id IN (SELECT id FROM gone_{table})")
    cursor.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM gone_{table})")
    if cursor.rowcount:
        report["removed"][table] = cursor.rowcount


def _remove_tags(cursor: CursorWrapper, names: dict[str, Any], report: dict[str, Any]) -> None:
    """Take off the tags the run put on customers; those that people took off since are gone already."""
    cursor.execute(
        "DELETE FROM customers_customertag WHERE id IN (SELECT row_id FROM intake_change"
        """ WHERE run_id = %(run)s AND "table" = 'customers_customertag')""",
        names,
    )
    if cursor.rowcount:
        report["removed"]["customers_customertag"] = cursor.rowcount


# An answer is still the run's while it says what the run wrote.
_CONSENT_STILL = """
i.run_id = %(run)s AND i."table" = 'customers_consent' AND i.row_id = c.id
AND c.state = i.before -> 'after' ->> 'state' AND c.at = (i.before -> 'after' ->> 'at')::timestamptz
"""


def _take_back_consent(cursor: CursorWrapper, names: dict[str, Any], report: dict[str, Any]) -> None:
    """Put answers on consent back as they were; one given since, by the customer, stays."""
    cursor.execute(
        "UPDATE customers_consent c SET (state, at, how, text_id, guardian) ="
        " ROW(b.state, b.at, b.how, b.text_id, b.guardian) FROM intake_change i"
        " CROSS JOIN LATERAL jsonb_populate_record(NULL::customers_consent, i.before -> 'before') b"
        f" WHERE {_CONSENT_STILL} AND i.before -> 'before' IS NOT NULL",
        names,
    )
    if cursor.rowcount:
        report["restored"]["customers_consent"] = cursor.rowcount
    cursor.execute(
        f"DELETE FROM customers_consent c USING intake_change i WHERE {_CONSENT_STILL}"
        " AND i.before -> 'made' IS NOT NULL",
        names,
    )
    if cursor.rowcount:
        report["removed"]["customers_consent"] = cursor.rowcount
    cursor.execute(
        "DELETE FROM customers_consententry WHERE id IN (SELECT row_id FROM intake_change"
        """ WHERE run_id = %(run)s AND "table" = 'customers_consententry')""",
        names,
    )
    if cursor.rowcount:
        report["removed"]["customers_consententry"] = cursor.rowcount


_ALSO_USED = {"catalogue_category": " OR EXISTS (SELECT 1 FROM planning_answer a WHERE a.category_id = t.id)"}


def _remove_unstamped(
    cursor: CursorWrapper, table: str, user: str, column: str, names: dict[str, Any], report: dict[str, Any]
) -> None:
    """Categories and industries the run made and nothing uses any more."""
    mine = f"""t.id IN (SELECT row_id FROM intake_change WHERE run_id = %(run)s AND "table" = '{table}')"""
    used = f"(EXISTS (SELECT 1 FROM {user} u WHERE u.{column} = t.id){_ALSO_USED.get(table, '')})"
    _left(cursor, table, "needed", f"{mine} AND {used}", names, report)
    cursor.execute(f"DELETE FROM {table} t WHERE {mine} AND NOT {used}", names)
    if cursor.rowcount:
        report["removed"][table] = cursor.rowcount
