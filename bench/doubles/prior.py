"""Count the built-in weights on the simulated file of the training seed: `python -m bench.doubles.prior`.

Prints the table that stands in `setia.customers.matching.weights`. Levels seen less than twice get half a case.
"""

import sys

import pyarrow as pa

from bench.doubles.scoring import prepared, true_pairs
from bench.doubles.simulated import simulate
from setia.customers.matching import batch
from setia.customers.matching.levels import WEIGHED, case

SEED = 1
STRANGERS = 6_000_000


def main() -> int:
    """Print the table."""
    rows = simulate(seed=SEED)
    true = true_pairs({row.id: row.entity for row in rows})
    with batch.opened(threads=2, memory="3GB") as database:
        count = batch.load(database, batch.as_table(prepared(rows)))
        left, right = zip(*sorted(true), strict=True)
        database.register("true", pa.table({"l": left, "r": right}))
        database.execute('CREATE TABLE one AS SELECT l::INTEGER AS l, r::INTEGER AS r FROM "true"')
        database.execute(
            f"CREATE TABLE stranger AS SELECT (1 + hash(i) % {count})::INTEGER AS l,"
            f" (1 + hash(i + 77777777) % {count})::INTEGER AS r FROM range({STRANGERS}) t(i)"
        )
        print(f"_DOUBLES = {len(true) / count:.4f}")
        for one in WEIGHED:
            counted = {}
            for table in ("one", "stranger"):
                found = database.execute(
                    f"SELECT {case(one)} AS level, count(*) FROM {table} p"
                    " JOIN named l ON l.n = p.l JOIN named r ON r.n = p.r WHERE p.l <> p.r GROUP BY 1"
                ).fetchall()
                counted[table] = {level: times for level, times in found if level is not None}
            if any(level.identifies for level in one.levels):
                counted["stranger"] |= _shared(database, one.name, count, len(true))
            print(f'    "{one.name}": {{')
            for level in one.levels:
                m = (counted["one"].get(level.name, 0) + 0.5) / (sum(counted["one"].values()) + 1)
                u = (counted["stranger"].get(level.name, 0) + 0.5) / (sum(counted["stranger"].values()) + 1)
                print(f'        "{level.name}": ({m:.3g}, {u:.3g}),')
            print("    },")
    return 0


def _shared(database: object, comparison: str, count: int, doubles: int) -> dict[str, float]:
    """Strangers that share something identifying, scaled to the sample: there are too few to meet in it by chance."""
    columns = {
        "phone": (("own", "phones_own"), ("few", "phones_few"), ("many", "phones_many")),
        "email": (("own", "emails_own"), ("many", "emails_many")),
        "handle": (("same", "handles"),),
        "tax_id": (("same", "[tax_id]"),),
    }[comparison]
    scaled = {}
    for level, column in columns:
        pairs, same = database.execute(  # type: ignore[attr-defined]
            f"""
            WITH v AS (SELECT unnest({column}) AS v, n FROM record), p AS (
              SELECT DISTINCT a.n AS l, b.n AS r FROM v a JOIN v b ON a.v = b.v AND a.n < b.n AND a.v <> '')
            SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM one WHERE one.l = p.l AND one.r = p.r)) FROM p
            """
        ).fetchone()
        scaled[level] = (pairs - same) * STRANGERS / (count * (count - 1) / 2)
    return scaled


if __name__ == "__main__":
    sys.exit(main())
