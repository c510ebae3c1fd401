"""Load the demo shop: one transaction, every constraint kept, the large tables through COPY."""

# ruff: noqa: S608 — the only names put into SQL here are the tables' own, from constants and the catalogue.

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.actions import change_firm
from setia.core.queries import firm
from setia.demo import baskets, knowing, prospecting, rows, selling, shop, standing
from setia.demo.actions.login import NAME, login
from setia.demo.copying import copy_in, current_id, reserve
from setia.demo.history import History, simulate
from setia.demo.models import Load
from setia.demo.truth import Ints
from setia.planning.actions import put_sample_know_how
from setia.portraits import actions as portraits
from setia.reports import actions as reports
from setia.sales.actions import (
    put_sample_activities,
    put_sample_opportunities,
    put_sample_past,
    put_sample_prospects,
    put_sample_sequence,
    put_sample_targets,
)
from setia.subscriptions.actions import put_samples, study_leaving

# What has been written so far, out of how many: ("customers" or "orders", done, of).
Progress = Callable[[str, int, int], None]

CUSTOMER, CONTACT, NOTE = "customers_customer", "customers_contactpoint", "customers_timelineentry"
ORDER, LINE = "orders_order", "orders_orderline"
INDUSTRY, CATEGORY, PRODUCT = "customers_industry", "catalogue_category", "catalogue_product"
_LARGE = 200_000
_TABLES = (CUSTOMER, CONTACT, NOTE, ORDER, LINE, INDUSTRY, CATEGORY, PRODUCT)


class AlreadyLoaded(Exception):
    """The demo shop is here already; remove it first."""


class HasRealData(Exception):
    """There are customers, products or orders that are not the demo's."""


class OtherCurrency(Exception):
    """The firm's data is in another currency than the demo's rupiah. `currency` names it."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


@dataclass(frozen=True)
class Loaded:
    """What a loading wrote. `login_made`: the demo's owner was added; where an owner exists already, none is."""

    customers: int
    orders: int
    lines: int
    products: int
    seconds: float
    login_made: bool


def load(
    *,
    customers: int = 2_000,
    orders: int | None = None,
    seed: int = 7,
    by: User | None,
    at: datetime,
    beside_real_data: bool = False,
    refresh: bool = True,
    on_progress: Progress | None = None,
) -> Loaded:
    """Fill the firm with the demo shop: three years up to `at`, the same for the same numbers, seed and day.

    `orders` None takes as many as the simulated customers make, about five each. `refresh` computes the portraits
    afterwards. Raises `AlreadyLoaded`, `HasRealData` (unless `beside_real_data`), `OtherCurrency`, `TooFewOrders`;
    then nothing is changed.
    """
    started = time.monotonic()
    tell = on_progress or (lambda what, done, of: None)
    here = firm()
    with transaction.atomic(), connection.cursor() as cursor:
        # Readers go on reading; nobody else writes, so that the ids between two of ours are ours.
        cursor.execute(f"LOCK TABLE {', '.join(_TABLES)} IN SHARE ROW EXCLUSIVE MODE")
        if Load.objects.exists():
            raise AlreadyLoaded
        empty = _is_empty(cursor)
        if not empty and not beside_real_data:
            raise HasRealData
        if not empty and here.currency != "IDR":
            raise OtherCurrency(here.currency)
        history = simulate(customers=customers, orders=orders, seed=seed, at=at, zone=here.tz)
        owner = _owner()
        made = _small_tables(cursor, at=at)
        if owner:
            made["users"] = [owner.pk]
        with _bulk(cursor, rebuild=empty and history.orders >= _LARGE):
            ranges, lines = _large_tables(cursor, history, made, by=by or owner, tell=tell)
        made |= _standing(cursor, history, ranges[CUSTOMER], made["products"], at=at, owner=by or owner)
        before = {name: getattr(here, name) for name in ("name", "currency", "feed_live", "demo")}
        after: dict[str, Any] = {"demo": True}
        if empty:
            after |= {"currency": "IDR", "feed_live": True, "name": here.name or shop.FIRM}
        change_firm(at=at, **after)
        Load.objects.create(
            seed=seed,
            customers=history.customers,
            orders=history.orders,
            ranges=ranges,
            made={name: ids for name, ids in made.items() if not name.startswith("all ")},
            before={"was": before, "set": after},
            at=at,
        )
        counts = {"customers": history.customers, "orders": history.orders}
        audit(by=by, at=at, verb="demo.loaded", about="firm", about_id=1, data=counts)
    _settle()
    reports.mark_all()  # rows came and went without a word
    if refresh:
        study_leaving(at=at, again=True)
        portraits.refresh(by=by, at=at)
        portraits.look_back_later()
    return Loaded(
        customers=history.customers,
        orders=history.orders,
        lines=lines,
        products=len(shop.PRODUCTS),
        seconds=time.monotonic() - started,
        login_made=owner is not None,
    )


def _is_empty(cursor: CursorWrapper) -> bool:
    cursor.execute(f"SELECT {' OR '.join(f'EXISTS (SELECT FROM {table})' for table in (CUSTOMER, ORDER, PRODUCT))}")
    (found,) = cursor.fetchone()
    return not found


def _owner() -> User | None:
    """The demo's owner, made where the firm has no owner yet."""
    if User.objects.filter(role=User.Role.OWNER, is_active=True).exists():
        return None
    email, password = login()
    if User.objects.filter(email=email).exists():
        return None
    return User.objects.create_user(email, password, name=NAME, role=User.Role.OWNER)


def _small_tables(cursor: CursorWrapper, *, at: datetime) -> dict[str, list[int]]:
    """Categories, industries and products. A category or industry that the firm has is used and not ours to remove."""
    made: dict[str, list[int]] = {}
    categories = _named(cursor, CATEGORY, shop.CATEGORIES, made)
    made["all industries"] = list(_named(cursor, INDUSTRY, shop.INDUSTRIES, made).values())
    cursor.execute(f"SELECT code FROM {PRODUCT}")
    taken = {code for (code,) in cursor.fetchall()}
    made["products"] = []
    for product in shop.PRODUCTS:
        code = product.code
        while code in taken:
            code += "-DEMO"
        cursor.execute(
            f"INSERT INTO {PRODUCT} (code, name, kind, category_id, price, notes, created_at, updated_at)"
            " VALUES (%s, %s, 'GOODS', %s, %s, '', %s, %s) RETURNING id",
            [code, product.name, categories[product.category], product.price, at, at],
        )
        made["products"].append(cursor.fetchone()[0])
    return made


def _named(cursor: CursorWrapper, table: str, names: tuple[str, ...], made: dict[str, list[int]]) -> dict[str, int]:
    """Ids of the rows of these names, made where missing and then written into `made`."""
    ids: dict[str, int] = {}
    made[table] = []
    for name in names:
        cursor.execute(f"SELECT id FROM {table} WHERE lower(name) = lower(%s)", [name])
        if found := cursor.fetchone():
            ids[name] = found[0]
            continue
        cursor.execute(f"INSERT INTO {table} (name) VALUES (%s) RETURNING id", [name])
        ids[name] = cursor.fetchone()[0]
        made[table].append(ids[name])
    return ids


def _large_tables(
    cursor: CursorWrapper, history: History, made: dict[str, list[int]], *, by: User | None, tell: Progress
) -> tuple[dict[str, list[int]], int]:
    """Customers with contact points and notes, orders with lines. Answers the ids they got, and the lines' number."""
    zone = firm().tz
    source = _free_source(cursor)
    ids: Ints = np.array(made["products"], dtype=np.int64)
    first = {
        CUSTOMER: reserve(cursor, CUSTOMER, history.customers),
        ORDER: reserve(cursor, ORDER, history.orders),
        CONTACT: reserve(cursor, CONTACT, 1) + 1,
        NOTE: reserve(cursor, NOTE, 1) + 1,
    }
    industries: Ints = np.array(made["all industries"], dtype=np.int64)
    people = rows.Keys(source, first[CUSTOMER], industries, by.pk if by else None)
    done = 0
    for some in rows.blocks(history, people, zone=zone):
        done += copy_in(cursor, CUSTOMER, some.customers)
        copy_in(cursor, CONTACT, some.contact_points)
        copy_in(cursor, NOTE, some.notes)
        tell("customers", done, history.customers)
    done = lines = 0
    for block in baskets.blocks(history, baskets.Keys(source, first[CUSTOMER], first[ORDER], ids), zone=zone):
        done += copy_in(cursor, ORDER, block.orders)
        lines += copy_in(cursor, LINE, block.lines)
        tell("orders", done, history.orders)
    latest = {
        CUSTOMER: first[CUSTOMER] + history.customers - 1,
        ORDER: first[ORDER] + history.orders - 1,
        CONTACT: current_id(cursor, CONTACT),
        NOTE: current_id(cursor, NOTE),
    }
    return {table: [first[table], latest[table]] for table in first}, lines


def _standing(
    cursor: CursorWrapper,
    history: History,
    ids: list[int],
    products: list[int],
    *,
    at: datetime,
    owner: User | None,
) -> dict[str, list[int]]:
    """Plans, subscriptions and units, what the owner has planned, colleagues with their customers and targets, and what
    the shop knows of selling, a handful. Answers their keys.
    """
    today = history.latest_date
    people = standing.customers(cursor, *ids, today=today)
    samples = put_samples(
        standing.plans(products),
        standing.subscriptions(people, seed=history.seed, today=today),
        standing.units(people, products, seed=history.seed, today=today),
        at=at,
        today=today,
    )
    made = _selling(cursor, history.seed, ids, products, owner=owner, at=at, today=today) if owner else {}
    chances = (
        put_sample_opportunities(
            selling.opportunities(people, seed=history.seed),
            owner=owner,
            rivals=made["rivals"],
            at=at,
            today=today,
        )
        if owner
        else []
    )
    return (
        made
        | {
            "plans": list(samples.plans),
            "subscriptions": list(samples.subscriptions),
            "units": list(samples.units),
            "activities": put_sample_activities(
                selling.activities(people, seed=history.seed), owner=owner, at=at, today=today
            )
            if owner
            else [],
            "opportunities": chances,
        }
        | (put_sample_sequence(chances, owner=owner, at=at, today=today) if owner else {})
    )


def _selling(
    cursor: CursorWrapper, seed: int, ids: list[int], products: list[int], *, owner: User, at: datetime, today: date
) -> dict[str, list[int]]:
    """Two colleagues who look after the first customers, prospects of theirs and the owner's, what the three have done,
    targets and commission; answers, another brand, advice.

    The colleagues have no password: nobody can sign in as them.
    """
    colleagues = []
    for name, email in knowing.COLLEAGUES:
        if not User.objects.filter(email=email).exists():
            colleagues.append(User.objects.create_user(email, None, name=name, role=User.Role.SALES))
    for place, one in enumerate(colleagues):
        cursor.execute(
            f"UPDATE {CUSTOMER} SET owner_id = %s WHERE id BETWEEN %s AND %s AND id %% 3 = %s",
            [one.pk, ids[0], min(ids[1], ids[0] + knowing.LOOKED_AFTER - 1), place],
        )
    codes = {product.code: key for product, key in zip(shop.PRODUCTS, products, strict=True)}
    know_how = put_sample_know_how(
        knowing.answers(codes), knowing.rivals(codes), knowing.advice(), owner=owner, at=at, today=today
    )
    people = [owner, *colleagues]
    fresh = prospecting.newcomers(cursor, *ids)
    cursor.executemany(
        f"UPDATE {CUSTOMER} SET owner_id = %s WHERE id = %s",
        [
            (None if place is None else people[place % len(people)].pk, key)
            for key, place in prospecting.looked_after_by(fresh, seed=seed)
        ],
    )
    known = prospecting.prospects(fresh, prospecting.converts(cursor, *ids), seed=seed, at=at)
    prospects = put_sample_prospects(known, prospecting.TRAITS, at=at)
    looked_after = [
        *range(ids[0], min(ids[1] + 1, ids[0] + knowing.LOOKED_AFTER)),
        *(key for key, _kind, _since in fresh),
    ]
    done = put_sample_past(prospecting.past(looked_after, seed=seed, at=at), people=people, at=at)
    targets = put_sample_targets(people=colleagues, owner=owner, at=at, today=today)
    return {"colleagues": [one.pk for one in colleagues], "past": done} | prospects | know_how | targets


def _free_source(cursor: CursorWrapper) -> str:
    """The source the rows name: 'demo', or 'demo-2' where customers of an earlier demo were kept."""
    number = 1
    while True:
        source = "demo" if number == 1 else f"demo-{number}"
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {CUSTOMER} WHERE source = %s)"
            f" OR EXISTS (SELECT FROM {ORDER} WHERE source = %s)",
            [source, source],
        )
        if not cursor.fetchone()[0]:
            return source
        number += 1


@contextmanager
def _bulk(cursor: CursorWrapper, *, rebuild: bool) -> Iterator[None]:
    """For many rows: check foreign keys after each COPY instead of keeping a list of them all until the end. With
    `rebuild`, for tables that were empty, indexes that keep no promise are made once at the end rather than row by row.

    Every constraint, unique key and foreign key is checked as always.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    indexes = _plain_indexes(cursor) if rebuild else []
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _plain_indexes(cursor: CursorWrapper) -> list[tuple[str, str]]:
    """Name and definition of the indexes that neither belong to a constraint nor keep anything unique."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
        " ORDER BY 1",
        [[CUSTOMER, CONTACT, NOTE, ORDER, LINE]],
    )
    return [(name, definition) for name, definition in cursor.fetchall()]


def _settle() -> None:
    """Let PostgreSQL see the new sizes at once; inside somebody's transaction (a test) that must do without VACUUM."""
    with connection.cursor() as cursor:
        cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {', '.join(_TABLES)}")
