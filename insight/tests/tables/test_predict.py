"""What a worker does with a part of the customers, asked in this process: engines run it in threads of their own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from setia_insight import repeat
from setia_insight.tables._predict import PREDICTION, _parts

MODEL = repeat.ParetoNBD.given(r=0.55, alpha=10.6, s=0.6, beta=11.7, unit="DAY")


def test_each_part_is_told_by_the_model_that_came_as_text_and_an_empty_part_is_passed_over() -> None:
    customers = pa.table(
        {
            "customer": pa.array([7, 8, 9], pa.int64()),
            "x": pa.array([0, 3, 12], pa.int32()),
            "t_x": pa.array([0, 20, 99], pa.int32()),
            "T": pa.array([100, 100, 100], pa.int32()),
        }
    )
    nobody = pa.RecordBatch.from_pylist([], schema=customers.schema)
    parts = [nobody, *customers.to_batches(max_chunksize=2)]
    told = pa.Table.from_batches(list(_parts(MODEL.to_json(), 30.0, iter(parts))), PREDICTION)
    alone = MODEL.predict([0, 3, 12], [0, 20, 99], [100, 100, 100], 30.0)
    assert told["customer"].to_pylist() == [7, 8, 9]
    for name in ("probability_alive", "expected_purchases"):
        np.testing.assert_allclose(told[name].to_numpy(), alone[name].to_numpy(), rtol=1e-12)
