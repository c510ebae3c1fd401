"""Which products are bought together more often than by chance, in the firm's latest orders."""

from collections.abc import Callable, Collection

import numpy as np
import pyarrow as pa

from setia.portraits.analysis.counting import Rows
from setia_insight import basket

LATEST_ORDERS = 200_000
MOST_PRODUCTS = 1_500
"""The products bought most; pairs of rarer ones are too few to tell."""
MOST_PAIRS = 100
LEVEL = 0.05
"""Of the pairs shown, at most this share is there by chance, on average."""


def pair_rows(lines: pa.Table, names_of: Callable[[Collection[int]], dict[int, str]]) -> Rows:
    """The surest pairs, each once, in the direction in which the one product more often brings the other.

    `lines` as of `orders.queries.arrow.line_columns`; `names_of` gives the names of products by key. `lift` is how many
    times as often as by chance, `confidence` the share of the orders with `product` that hold `also` too.
    """
    if lines.num_rows == 0:
        return []
    product = lines["product"].to_numpy()
    keys, number = np.unique(product, return_counts=True)
    often = np.sort(keys[np.argsort(-number, kind="stable")[:MOST_PRODUCTS]])
    use = lines.filter(pa.array(np.isin(product, often)))
    orders = len(np.unique(lines["order"].to_numpy()))
    found = basket.together(
        pa.table({"customer": use["order"], "day": use["day"], "product": use["product"]}),
        least=max(5, orders // 20_000),
        level=LEVEL,
    )
    since = lines["day"].to_numpy().min().astype("datetime64[D]").astype(object).isoformat()
    rows: Rows = []
    seen: set[tuple[int, int]] = set()
    for row in found.slice(0, 4 * MOST_PAIRS).to_pylist():
        pair = min(row["product"], row["also"]), max(row["product"], row["also"])
        # Of the two ways round, the one with the higher confidence stands first.
        if pair in seen or len(rows) == MOST_PAIRS:
            continue
        seen.add(pair)
        rows.append(
            {
                "product": row["product"],
                "also": row["also"],
                "orders": row["count"],
                "confidence": round(row["confidence"], 4),
                "lift": round(row["lift"], 2),
                "q_value": round(row["q_value"], 6),
                "since": since,
                "of_orders": orders,
            }
        )
    names = names_of({key for pair in seen for key in pair})
    for row in rows:
        row["product_name"], row["also_name"] = names.get(row["product"], "–"), names.get(row["also"], "–")
    return rows
