"""Runs in a peer's own environment: the summary of customers by Polars, DuckDB or lifetimes, on one thread, timed.

    python summaries_peer.py ENGINE ORDERS.npz ANSWER.npz TIMES

Orders lie in memory as the peer likes them best before the clock starts. Where there is more than one way to ask for
the same, each is tried and the quickest counts. Answers in JSON with the processor's seconds over all threads; the
summary itself goes to a file, so that it can be compared.
"""

import json
import os
import statistics
import sys
import time
import warnings

os.environ |= {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402 — reads the number of threads as it is imported


def by_polars(orders, as_of):
    """Days first and then customers, or customers alone; by either engine of Polars."""
    import polars as pl

    frame = pl.DataFrame(orders).with_columns(pl.col("day").cast(pl.Date))
    day, amount, end = pl.col("day"), pl.col("amount"), pl.lit(as_of).cast(pl.Date)
    seen = frame.lazy().filter(day <= end)
    opening = amount.filter(day == day.min()).sum()
    facts = {"latest": day.max(), "first": day.min(), "total": amount.sum(), "opening": opening}

    def finished(grouped):
        return grouped.select(
            "customer",
            "x",
            t_x=(pl.col("latest") - pl.col("first")).dt.total_days().cast(pl.Int32),
            T=(end - pl.col("first")).dt.total_days().cast(pl.Int32),
            repeat_value=pl.when(pl.col("x") > 0).then((pl.col("total") - pl.col("opening")) / pl.col("x")),
        )

    days = seen.group_by("customer", "day").agg(amount.sum())
    asked = (
        finished(days.group_by("customer").agg(x=pl.len().cast(pl.Int32) - 1, **facts)),
        finished(seen.group_by("customer").agg(x=day.n_unique().cast(pl.Int32) - 1, **facts)),
    )
    ways = [lambda one=one, kind=kind: one.collect(engine=kind) for one in asked for kind in ("in-memory", "streaming")]
    return ways, lambda answer: {name: answer[name].to_numpy() for name in answer.columns}, pl.__version__


def by_duckdb(orders, as_of):
    """From a table of DuckDB's own."""
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    connection.register("given", orders)
    connection.execute("create table orders as select customer, date '1970-01-01' + day as day, amount from given")
    asked = f"""
        select customer,
               (count(*) - 1)::integer as x,
               (max(day) - min(day))::integer as t_x,
               (date '{as_of}' - min(day))::integer as "T",
               (sum(amount) - arg_min(amount, day)) / nullif(count(*) - 1, 0) as repeat_value
        from (select customer, day, sum(amount) as amount from orders where day <= date '{as_of}' group by all)
        group by customer"""
    return [lambda: connection.execute(asked).fetchnumpy()], dict, duckdb.__version__


def by_lifetimes(orders, as_of):
    """As its documentation does."""
    import lifetimes
    import pandas as pd

    frame = pd.DataFrame(orders).assign(day=orders["day"].astype("datetime64[D]"))
    names = {"frequency": "x", "recency": "t_x", "T": "T", "monetary_value": "repeat_value"}

    def way():
        return lifetimes.utils.summary_data_from_transaction_data(
            frame, "customer", "day", monetary_value_col="amount", observation_period_end=str(as_of)
        )

    def columns(answer):
        return {"customer": answer.index.to_numpy()} | {ours: answer[name].to_numpy() for name, ours in names.items()}

    return [way], columns, lifetimes.__version__


def main() -> None:
    """Time each way, keep the answer of the latest."""
    engine, given, kept, times = sys.argv[1:]
    data = np.load(given)
    orders = {name: data[name] for name in ("customer", "day", "amount")}
    as_of = np.datetime64(str(data["as_of"]), "D").item()
    ways, columns, version = {"polars": by_polars, "duckdb": by_duckdb, "lifetimes": by_lifetimes}[engine](
        orders, as_of
    )
    taken = []
    for way in ways:
        seconds = []
        for _turn in range(int(times)):
            begun = time.process_time()
            answer = way()
            seconds.append(time.process_time() - begun)
        taken.append(statistics.median(seconds))
    found = {name: np.ma.filled(np.ma.asarray(column), 0) for name, column in columns(answer).items()}
    np.savez(kept, **found)
    print(json.dumps({"seconds": min(taken), "version": version}))


main()
