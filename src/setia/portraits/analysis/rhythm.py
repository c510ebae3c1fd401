"""On which days customers bought: how far apart, and in which calendar months."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia.portraits.analysis.shop import Shop

MONTHS_KEPT = 62
"""Calendar months a bit map holds; older ones are asked of the orders."""


@dataclass(frozen=True)
class Days:
    """Purchase days of all customers, one entry each, in the order of customers and days."""

    customers: int
    place: NDArray[np.int64]
    """The customer's place in the shop's arrays."""
    day: NDArray[np.int64]
    """Days since 1970."""


def purchase_days(shop: Shop) -> Days:
    """Every day on which a known customer bought, however often."""
    of_customers = shop.purchases.filter(pc.is_valid(shop.purchases["customer"]))
    n = len(shop.customer)
    if of_customers.num_rows == 0:
        return Days(n, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    place = shop.place(of_customers["customer"].to_numpy())
    days = of_customers["day"].cast(pa.int32()).to_numpy().astype(np.int64)
    low = int(days.min())
    span = int(days.max()) - low + 1
    # Customer and day in one number sort as a pair, in one pass.
    pairs = np.sort(place * span + (days - low))
    pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])]
    place = pairs // span
    return Days(n, place, pairs - place * span + low)


def usual_gaps(days: Days, least: int) -> NDArray[np.float64]:
    """The median gap between purchase days of customers with at least `least` of them, NaN for the others."""
    answer = np.full(days.customers, np.nan)
    same = days.place[1:] == days.place[:-1]
    if not same.any():
        return answer
    gap = (days.day[1:] - days.day[:-1])[same]
    wide = int(gap.max()) + 1
    gaps = np.sort(days.place[1:][same] * wide + gap)
    count = np.bincount(gaps // wide, minlength=days.customers)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    enough = np.flatnonzero(count >= max(least - 1, 1))
    lower = gaps[start[enough] + (count[enough] - 1) // 2] % wide
    upper = gaps[start[enough] + count[enough] // 2] % wide
    answer[enough] = (lower + upper) / 2
    return answer


def calendar_months(days: Days, shop: Shop) -> NDArray[np.int64]:
    """Bit k set: bought in the calendar month k before that of the as-of day."""
    answer = np.zeros(days.customers, dtype=np.int64)
    if len(days.day) == 0:
        return answer
    low = int(days.day.min())
    of_day = np.arange(low, int(days.day.max()) + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    back = (shop.as_of.year - 1970) * 12 + shop.as_of.month - 1 - of_day[days.day - low]
    bits = np.where(back < MONTHS_KEPT, np.int64(1) << np.minimum(back, MONTHS_KEPT), np.int64(0))
    start = np.flatnonzero(np.concatenate([[True], days.place[1:] != days.place[:-1]]))
    answer[days.place[start]] = np.bitwise_or.reduceat(bits, start)
    return answer
