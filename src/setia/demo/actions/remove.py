"""Take the demo shop out again: its rows, all of them, and no other."""

# ruff: noqa: S608 — the only names put into SQL here are the tables' own, from constants and the catalogue.

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.actions import change_firm
from setia.core.queries import firm
from setia.demo.actions.load import CATEGORY, CONTACT, CUSTOMER, INDUSTRY, LINE, NOTE, ORDER, PRODUCT
from setia.demo.actions.login import EMAIL
from setia.demo.knowing import COLLEAGUES
from setia.demo.models import Load
from setia.planning.actions import take_know_how_out
from setia.portraits import actions as portraits
from setia.reports import actions as reports
from setia.sales.actions import (
    take_activities_out,
    take_opportunities_out,
    take_past_out,
    take_prospects_out,
    take_sequence_out,
    take_targets_out,
)
from setia.subscriptions.actions import Samples, study_leaving, take_samples_out


class NothingLoaded(Exception):
    """There is no demo shop here."""


@dataclass(frozen=True)
class Removed:
    """What went, and what stayed because the firm's own rows need it."""

    customers: int
    orders: int
    products: int
    customers_kept: int
    orders_kept: int
    products_kept: int


def remove(*, by: User | None, at: datetime, refresh: bool = True) -> Removed:
    """Remove everything the latest `load` made, in one transaction.

    A demo customer stays, with contact points and notes, where the firm has since added something of its own to it: an
    order, a note, a contact point, a referral. A demo order or product stays where a row of the firm's own names it.
    The demo's owner goes with it, unless made into somebody real by another address. Raises `NothingLoaded`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        loaded = Load.objects.select_for_update().order_by("-id").first()
        if loaded is None:
            raise NothingLoaded
        cursor.execute(f"LOCK TABLE {', '.join((CUSTOMER, CONTACT, NOTE, ORDER, LINE))} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        made = loaded.made  # a demo loaded by an earlier edition has no plans, subscriptions and units
        take_samples_out(Samples(*(made.get(name, []) for name in ("plans", "subscriptions", "units"))))
        take_activities_out(made.get("activities", []))
        take_sequence_out(made.get("sequences", []), at=loaded.at)
        take_past_out(made.get("past", []), at=loaded.at)
        take_prospects_out(made, at=loaded.at)
        take_opportunities_out(made.get("opportunities", []), at=loaded.at)
        take_know_how_out(made, at=loaded.at)
        take_targets_out(made, at=loaded.at)
        orders_kept = _keep_orders(cursor, loaded)
        customers_kept = _keep_customers(cursor, loaded)
        products = loaded.made["products"]
        _delete_large(cursor, loaded, everything=not orders_kept and not customers_kept)
        products_gone = _delete_products(cursor, products)
        _delete_unused(cursor, CATEGORY, loaded.made[CATEGORY])
        _delete_unused(cursor, INDUSTRY, loaded.made[INDUSTRY])
        _restore_firm(loaded, at=at)
        removed = Removed(
            customers=loaded.customers - customers_kept,
            orders=loaded.orders - orders_kept,
            products=products_gone,
            customers_kept=customers_kept,
            orders_kept=orders_kept,
            products_kept=len(products) - products_gone,
        )
        _forget_owner(loaded)
        loaded.delete()
        author = User.objects.filter(pk=by.pk).first() if by else None
        counts = {"customers": removed.customers, "orders": removed.orders}
        audit(by=author, at=at, verb="demo.removed", about="firm", about_id=1, data=counts)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    reports.mark_all()  # rows came and went without a word
    if refresh:
        study_leaving(at=at, again=True)
        portraits.refresh(by=author, at=at)
        portraits.look_back_later()
    return removed


def _keep_orders(cursor: CursorWrapper, loaded: Load) -> int:
    """Fill `demo_order_kept`: demo orders that a row of the firm's own names, and the demo's returns of those."""
    _make_kept(cursor, "demo_order_kept")
    for table, column in _references(cursor, ORDER):
        if table == LINE:
            continue
        _note(cursor, "demo_order_kept", ORDER, table, column, loaded)
    cursor.execute(
        f"INSERT INTO demo_order_kept SELECT back.id FROM {ORDER} back JOIN demo_order_kept kept"
        " ON back.reverses_id = kept.id WHERE back.id BETWEEN %s AND %s ON CONFLICT DO NOTHING",
        loaded.ranges[ORDER],
    )
    cursor.execute("SELECT count(*) FROM demo_order_kept")
    return int(cursor.fetchone()[0])


def _keep_customers(cursor: CursorWrapper, loaded: Load) -> int:
    """Fill `demo_customer_kept`: demo customers that a row of the firm's own, or an order kept, names."""
    _make_kept(cursor, "demo_customer_kept")
    for table, column in _references(cursor, CUSTOMER):
        _note(cursor, "demo_customer_kept", CUSTOMER, table, column, loaded)
    cursor.execute(
        "INSERT INTO demo_customer_kept SELECT DISTINCT customer_id FROM orders_order JOIN demo_order_kept USING (id)"
        " WHERE customer_id BETWEEN %s AND %s ON CONFLICT DO NOTHING",
        loaded.ranges[CUSTOMER],
    )
    cursor.execute(
        "INSERT INTO demo_customer_kept SELECT DISTINCT agent_id FROM orders_order JOIN demo_order_kept USING (id)"
        " WHERE agent_id BETWEEN %s AND %s ON CONFLICT DO NOTHING",
        loaded.ranges[CUSTOMER],
    )
    cursor.execute("SELECT count(*) FROM demo_customer_kept")
    return int(cursor.fetchone()[0])


def _make_kept(cursor: CursorWrapper, name: str) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMP TABLE {name} (id bigint PRIMARY KEY) ON COMMIT DROP")


def _note(cursor: CursorWrapper, kept: str, of: str, table: str, column: str, loaded: Load) -> None:
    """Add the demo rows of `of` that rows of `table` name which the demo did not make."""
    own = ""
    values = [*loaded.ranges[of]]
    if table in loaded.ranges:
        own = " AND id NOT BETWEEN %s AND %s"
        values += loaded.ranges[table]
    cursor.execute(
        f"INSERT INTO {kept} SELECT DISTINCT {column} FROM {table} WHERE {column} BETWEEN %s AND %s{own}"
        " ON CONFLICT DO NOTHING",
        values,
    )


def _references(cursor: CursorWrapper, table: str) -> list[tuple[str, str]]:
    """(table, column) of every foreign key to a table, asked of the database: also those of rooms yet to be built."""
    cursor.execute(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid = %s::regclass ORDER BY 1, 2",
        [table],
    )
    return [(name, column) for name, column in cursor.fetchall()]


def _delete_large(cursor: CursorWrapper, loaded: Load, *, everything: bool) -> None:
    """Lines before orders, orders before customers. Where nothing but the demo is there, whole tables are emptied."""
    if everything and _only_demo(cursor, loaded):
        cursor.execute(f"TRUNCATE {LINE}, {ORDER}")
    else:
        _delete(cursor, LINE, "order_id", ORDER, loaded.ranges[ORDER], "demo_order_kept")
        _delete(cursor, ORDER, "id", ORDER, loaded.ranges[ORDER], "demo_order_kept")
    cursor.execute(
        f"UPDATE {CUSTOMER} SET recommended_by_id = NULL WHERE id IN (SELECT id FROM demo_customer_kept)"
        " AND recommended_by_id BETWEEN %s AND %s AND recommended_by_id NOT IN (SELECT id FROM demo_customer_kept)",
        loaded.ranges[CUSTOMER],
    )
    _delete(cursor, CONTACT, "customer_id", CUSTOMER, loaded.ranges[CUSTOMER], "demo_customer_kept")
    # The timeline lets an entry go only with its customer, so that check waits until both are gone.
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    _delete(cursor, NOTE, "customer_id", CUSTOMER, loaded.ranges[CUSTOMER], "demo_customer_kept")
    _delete(cursor, CUSTOMER, "id", CUSTOMER, loaded.ranges[CUSTOMER], "demo_customer_kept")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _delete(cursor: CursorWrapper, table: str, column: str, of: str, ids: list[int], kept: str) -> None:
    cursor.execute(
        f"DELETE FROM {table} WHERE {column} BETWEEN %s AND %s"
        f" AND NOT EXISTS (SELECT FROM {kept} WHERE {kept}.id = {table}.{column})",
        ids,
    )


def _only_demo(cursor: CursorWrapper, loaded: Load) -> bool:
    """Whether there is no order but the demo's, and nothing else that could name one."""
    if {table for table, _column in _references(cursor, ORDER)} != {LINE, ORDER}:
        return False
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM {ORDER} WHERE id < %s) OR EXISTS (SELECT FROM {ORDER} WHERE id > %s)",
        loaded.ranges[ORDER],
    )
    (others,) = cursor.fetchone()
    if others or _references(cursor, LINE):
        return False
    cursor.execute(f"LOCK TABLE {ORDER}, {LINE} IN ACCESS EXCLUSIVE MODE")
    return True


def _delete_products(cursor: CursorWrapper, products: list[int]) -> int:
    unnamed = "".join(
        f" AND NOT EXISTS (SELECT FROM {table} WHERE {column} = {PRODUCT}.id)"
        for table, column in _references(cursor, PRODUCT)
    )
    cursor.execute(f"DELETE FROM {PRODUCT} WHERE id = ANY(%s){unnamed}", [products])
    return int(cursor.rowcount)


def _delete_unused(cursor: CursorWrapper, table: str, ids: list[int]) -> None:
    unnamed = "".join(
        f" AND NOT EXISTS (SELECT FROM {other} WHERE {column} = {table}.id)"
        for other, column in _references(cursor, table)
    )
    cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s){unnamed}", [ids])


def _restore_firm(loaded: Load, *, at: datetime) -> None:
    """Put back what loading set, unless somebody has changed it since."""
    here = firm()
    back = {
        name: loaded.before["was"][name] for name, value in loaded.before["set"].items() if getattr(here, name) == value
    }
    change_firm(at=at, **back)


def _forget_owner(loaded: Load) -> None:
    """Nobody keeps a key that came with the demo; a person who took the login over under an own address stays."""
    for user in User.objects.filter(pk__in=loaded.made.get("users", []), email=EMAIL):
        user.delete()
    emails = [email for _name, email in COLLEAGUES]
    for user in User.objects.filter(pk__in=loaded.made.get("colleagues", []), email__in=emails, last_login=None):
        user.delete()
