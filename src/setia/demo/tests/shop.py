"""The moment these tests load the demo at, and a history to look into without a database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from setia.demo import baskets, rows, shop
from setia.demo.history import History, simulate

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")


def history(*, customers: int = 3_000, orders: int | None = None, seed: int = 7, at: datetime = NOON) -> History:
    return simulate(customers=customers, orders=orders, seed=seed, at=at, zone=ZONE)


def orders_and_lines(of: History) -> tuple[pa.Table, pa.Table]:
    keys = baskets.Keys("demo", 1, 1, np.arange(len(shop.PRODUCTS)) + 1)
    blocks = list(baskets.blocks(of, keys, zone=ZONE))
    return pa.concat_tables([block.orders for block in blocks]), pa.concat_tables([block.lines for block in blocks])


def people(of: History) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Customers, contact points, notes."""
    blocks = list(rows.blocks(of, rows.Keys("demo", 1, np.arange(10) + 1, 1), zone=ZONE))
    return (
        pa.concat_tables([block.customers for block in blocks]),
        pa.concat_tables([block.contact_points for block in blocks]),
        pa.concat_tables([block.notes for block in blocks]),
    )
