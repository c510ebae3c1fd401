"""The table work of the library on DuckDB and on Spark: for orders that do not fit into this process's memory.

`setia_insight.summary`, `rfm`, `cohort`, `base` and `revenue` take orders as arrays, and on one machine nothing is
faster. Here the same questions are asked of tables that stay where they are: Parquet files larger than memory on
DuckDB, or a cluster of machines on Spark. Every question is written once, as SQL that both engines read alike; the
handful of things they say differently stand in the two engines and nowhere else. Their answers are equal cell by cell:

- money is DECIMAL and is added up as whole ten-thousandths, so no order of adding changes a sum; a float is refused;
- a day is a DATE, or a moment with the firm's time zone; nothing depends on the zone a server happens to be set to;
- a number too large for its column is an error, never a wrong number.

    engine = tables.DuckDB()                              # or tables.Spark(session)
    orders = engine.orders("orders.parquet", zone="Asia/Jakarta")
    customers = tables.summarise(orders, as_of=day).keep()
    tables.rfm(customers).write("cells.parquet")
    tables.cohorts(orders, as_of=day)                     # small answers come as Arrow at once

The models need one line per customer, so they are fitted here, on a sample if need be; `predict` then takes the fitted
parameters to the customers, part by part.
"""

from setia_insight.tables._customers import base, base_counts, holdout, summarise
from setia_insight.tables._duckdb import DuckDB
from setia_insight.tables._engine import Engine, Orders, Table
from setia_insight.tables._periods import cohorts, new_returning, retention, retention_series, revenue
from setia_insight.tables._predict import predict
from setia_insight.tables._rfm import rfm, rfm_map
from setia_insight.tables._spark import Spark

__all__ = [
    "DuckDB",
    "Engine",
    "Orders",
    "Spark",
    "Table",
    "base",
    "base_counts",
    "cohorts",
    "holdout",
    "new_returning",
    "predict",
    "retention",
    "retention_series",
    "revenue",
    "rfm",
    "rfm_map",
    "summarise",
]
