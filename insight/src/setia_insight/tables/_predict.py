"""What a fitted model says about each customer, computed where the customers are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from setia_insight import repeat
from setia_insight.tables._engine import Table

PREDICTION = pa.schema({"customer": pa.int64(), "probability_alive": pa.float64(), "expected_purchases": pa.float64()})
"""The columns of `predict`."""

Model = repeat.BetaGeometricNBD | repeat.ModifiedBetaGeometricNBD | repeat.ParetoNBD


def predict(customers: Table, model: Model, *, horizon: float) -> Table:
    """`probability_alive` and `expected_purchases` in (T, T + horizon] for each customer of a summary, as `.predict`.

    Times are the summary's: days. The model goes to the customers as a line of JSON, so a worker needs this library and
    nothing else; on DuckDB customers come through this process a part at a time. The answer is kept.
    """
    asked = Table(customers.engine, f"select customer, x, t_x, T from ({customers.sql}) as summary", customers.schema)
    return customers.engine.map(asked, partial(_parts, model.to_json(), horizon), PREDICTION)


def _parts(text: str, horizon: float, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    model = repeat.load(text)
    for batch in batches:
        if batch.num_rows == 0:
            continue
        x, t_x, age = (batch.column(name).to_numpy(zero_copy_only=False) for name in ("x", "t_x", "T"))
        found = model.predict(x, t_x, age, horizon)
        columns = [batch.column("customer"), *(found[name].combine_chunks() for name in PREDICTION.names[1:])]
        yield pa.RecordBatch.from_arrays(columns, schema=PREDICTION)
