"""The firm's orders and customers, sorted out once for everything that is counted from them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia_insight.window import day_number

PURCHASE, RETURN, FREE = 0, 1, 2
"""Places of these kinds in `orders.queries.arrow.KINDS`."""


@dataclass(frozen=True)
class Recorded:
    """Who was in a base class that is recorded apart from orders: their keys now and at the start of the month.

    None: nothing of the kind is recorded yet.
    """

    recurring: Sequence[int] | None = None
    recurring_before: Sequence[int] | None = None
    installed: Sequence[int] | None = None
    installed_before: Sequence[int] | None = None


NOTHING_RECORDED = Recorded()


@dataclass(frozen=True)
class Shop:
    """Orders until the as-of day. Arrays have one entry per customer, ascending by id; days are days since 1970."""

    as_of: dt.date
    customer: NDArray[np.int64]
    rank: NDArray[np.int64]
    """Place in the order of customer numbers."""
    known_day: NDArray[np.int32]
    """When the record was made."""
    referrals: NDArray[np.float64] | None
    """Customers brought; None when nobody is known to have brought anybody."""
    returned: NDArray[np.float64]
    """Money of returns, zero or negative, without those that took a whole purchase back."""
    promotions: NDArray[np.float64] | None
    """Purchases made on promotion; None when no order of the firm tells."""
    channelled: NDArray[np.float64] | None
    """Purchases that came through a named sales channel; None when the firm names none."""
    purchases: pa.Table
    """What counts as a purchase, walk-ins too: customer, day, amount."""
    sold: pa.Table
    """Every purchase, also those taken back whole: their money came in on their day."""
    taken_back: pa.Table
    """Every return: its money went out on its day."""
    orders: int
    """Orders of any kind until the as-of day."""

    @property
    def month_start(self) -> dt.date:
        """The latest day before the as-of day's month: what "at the start of the month" is counted as of."""
        return self.as_of.replace(day=1) - dt.timedelta(days=1)

    def among(self, keys: Sequence[int] | None) -> NDArray[np.bool_]:
        """Who of the customers is among these keys; of None, nobody."""
        return np.isin(self.customer, np.asarray(keys or (), dtype=np.int64))

    @property
    def first_day(self) -> int | None:
        """The day of the first purchase, None without any."""
        return int(self.purchases["day"].to_numpy().astype(np.int64).min()) if self.purchases.num_rows else None

    def place(self, customers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where these customers, all of them known, stand in the arrays."""
        return np.searchsorted(self.customer, customers)


def latest_day(orders: pa.Table) -> dt.date | None:
    """The day of the last order of any kind; None without orders."""
    if orders.num_rows == 0:
        return None
    latest: dt.date = orders["day"].to_numpy().max().astype("datetime64[D]").astype(object)
    return latest


def sort_out(
    orders: pa.Table,
    customers: pa.Table,
    *,
    as_of: dt.date,
    recorded: Collection[str] | None = None,
    free_is_purchase: bool = False,
) -> Shop:
    """`orders` as of `orders.queries.arrow.order_columns`, `customers` as of `customers.queries.arrow`.

    `recorded` says which of `promotions`, `referrals` and `channels` the firm keeps; by default the rows at hand do.
    `free_is_purchase`: an order of total 0 counts as a purchase too, which a firm of subscriptions or samples may want.
    An order of a customer who is not among `customers` (made between the two reads) is left for the next time.
    """
    unordered = customers["customer"].to_numpy()
    line = np.argsort(unordered)
    customer = unordered[line]
    referrals = customers["referrals"].to_numpy().astype(np.float64)

    owner = orders["customer"].combine_chunks()
    has_owner = owner.is_valid().to_numpy(zero_copy_only=False)
    owners = owner.fill_null(-1).to_numpy()
    place = _lookup(customer, owners)
    day = orders["day"].cast(pa.int32()).to_numpy()
    known = (day <= day_number(as_of)) & (~has_owner | (place >= 0))
    kind = orders["kind"].to_numpy()
    was_reversed, takes_back = _flag(orders, "reversed"), _flag(orders, "takes_back")
    total = orders["total"].to_numpy()

    sold = known & ((kind == PURCHASE) | (free_is_purchase & (kind == FREE)))
    back = known & (kind == RETURN)
    bought = sold & ~was_reversed
    mine = has_owner & known
    lowered = back & ~takes_back & mine
    promoted = bought & mine & _flag(orders, "promotion")
    n = len(customer)
    through = bought & mine & _flag(orders, "channelled")
    promotions = np.bincount(place[promoted], minlength=n).astype(np.float64)

    def keeps(what: str, at_hand: bool) -> bool:
        return at_hand if recorded is None else what in recorded

    return Shop(
        as_of=as_of,
        customer=customer,
        rank=line,
        known_day=customers["known_date"].cast(pa.int32()).to_numpy()[line],
        referrals=referrals[line] if keeps("referrals", bool(referrals.any())) else None,
        returned=np.bincount(place[lowered], weights=total[lowered], minlength=n).astype(np.float64),
        promotions=promotions if keeps("promotions", bool(promoted.any())) else None,
        channelled=np.bincount(place[through], minlength=n).astype(np.float64)
        if keeps("channels", bool(through.any()))
        else None,
        purchases=_table(owner, day, total, bought),
        sold=_table(owner, day, total, sold),
        taken_back=_table(owner, day, total, back),
        orders=int(known.sum()),
    )


def _lookup(customer: NDArray[np.int64], owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each owner among the customers, -1 for none; by table where ids lie close, else by search."""
    n = len(customer)
    if n == 0:
        return np.full(len(owners), -1)
    highest = int(customer[-1])
    if highest < 8 * n + 1_000_000:
        table = np.full(highest + 2, -1, dtype=np.int64)
        table[customer] = np.arange(n)
        inside = (owners >= 0) & (owners <= highest)
        return table[np.where(inside, owners, highest + 1)]
    place = np.minimum(np.searchsorted(customer, owners), n - 1)
    return np.where(customer[place] == owners, place, -1)


def _flag(orders: pa.Table, name: str) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = orders[name].combine_chunks().to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags


def _table(owner: pa.Array, day: NDArray[np.int32], total: NDArray[np.float64], which: NDArray[np.bool_]) -> pa.Table:
    return pa.table(
        {
            "customer": owner.filter(pa.array(which)),
            "day": pa.array(day[which]).cast(pa.date32()),
            "amount": pa.array(total[which]),
        }
    )
