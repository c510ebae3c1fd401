"""Opens one Parquet file and hands on what it holds: a program of its own, which `columnar` starts.

Arrow ends the whole process on some damaged files (a column described without what it needs: one in a thousand files
with a few bytes overwritten, found with pyarrow 26). What ends here is this child, never the page or the worker. It
knows nothing of Setia, so that it starts quickly.

    parquet_child.py describe FILE         JSON: names, nested, rows, largest (bytes a column of a group unpacks to)
    parquet_child.py read FILE BATCH       the rows as an Arrow stream; the schema's metadata says how many there are

Ends with 3 and a line of reason on the error output when the file cannot be read.
"""

import json
import sys
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

REFUSED = 3


def describe(file: Any) -> None:
    schema, metadata = file.schema_arrow, file.metadata
    sizes = [
        metadata.row_group(group).column(column).total_uncompressed_size
        for group in range(metadata.num_row_groups)
        for column in range(metadata.num_columns)
    ]
    said = {
        "names": list(schema.names),
        "nested": [place for place, kind in enumerate(schema.types) if pa.types.is_nested(kind)],
        "rows": metadata.num_rows,
        "largest": max(sizes, default=0),
    }
    sys.stdout.write(json.dumps(said))


def read(file: Any, rows: int) -> None:
    schema = file.schema_arrow.with_metadata({"rows": str(file.metadata.num_rows)})
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as stream:
        for batch in file.iter_batches(batch_size=rows, use_threads=False):
            stream.write_batch(batch.replace_schema_metadata(schema.metadata))


def main(verb: str, path: str, *rest: str) -> int:
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            describe(file) if verb == "describe" else read(file, int(rest[0]))
    except BrokenPipeError:
        return 0
    except (pa.ArrowException, OSError, ValueError) as error:
        sys.stderr.write(" ".join(str(error).split())[:200].rstrip(". "))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
