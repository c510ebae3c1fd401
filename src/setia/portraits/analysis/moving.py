"""Who moved from which group of the RFM map to which over three months.

The groups of then are counted as they were: fifths among the customers who had bought by that day.
"""

import datetime as dt
from calendar import monthrange
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from setia.portraits.analysis.counting import Rows
from setia.portraits.analysis.shop import Shop
from setia_insight import rfm
from setia_insight.summary import summarise

MONTHS = 3


class Moved(NamedTuple):
    """`before`: the group of then of each customer of the shop, '' for who had not bought; `rows`: from, to, number."""

    before: pa.Array
    rows: Rows


def moves(shop: Shop, summary: pa.Table, cells: pa.Array) -> Moved:
    """The groups as of three months before the shop's day beside those of today (`cells`, in the shop's order)."""
    earlier = summarise(shop.purchases, as_of=_months_before(shop.as_of))
    who = earlier["customer"].to_numpy()
    at = shop.place(who)
    silence = (earlier["T"].to_numpy() - earlier["t_x"].to_numpy()).astype(np.int64)
    spent = np.round(earlier["total_value"].to_numpy(), 4)
    scored = rfm.score(silence, earlier["purchase_days"].to_numpy().astype(np.int64), spent, shop.rank[at])
    then = scored["cell"].combine_chunks().cast(pa.string())
    before = np.full(len(shop.customer), "", dtype=object)
    before[at] = then.to_numpy(zero_copy_only=False)
    now = summary["customer"].to_numpy()
    table = rfm.migration(
        pa.table({"customer": pa.array(who), "cell": then}),
        pa.table({"customer": pa.array(now), "cell": cells.take(pa.array(shop.place(now)))}),
    )
    rows: Rows = [
        {
            "before": "NOT_YET" if row["before"] == "NEW" else row["before"],
            "after": row["after"],
            "customers": row["customers"],
            "share": round(row["share"], 6),
        }
        for row in table.to_pylist()
    ]
    return Moved(pa.array(before, pa.string()), rows)


def _months_before(day: dt.date) -> dt.date:
    place = day.year * 12 + day.month - 1 - MONTHS
    year, month = place // 12, place % 12 + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))
