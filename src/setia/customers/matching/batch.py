"""All doubles among millions of records, in DuckDB: blocks of candidates, their levels, their certainty.

Two records are looked at together when they share something that few have: a phone, an address, a handle, a tax number,
a rare name, a birthday and a word of the name. What many share (a desk's phone, a common name) is narrowed by a second
thing. Levels are worked out as numbers in SQL; there are only some thousand different combinations, each is judged
once in Python by the very function that judges a single pair.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from setia.customers.matching.levels import COMPARISONS, WEIGHED, Comparison, case, sql
from setia.customers.matching.record import FEW, MAILBOX, MANY, Record
from setia.customers.matching.score import as_mapping, decode, judged
from setia.customers.matching.training import Tally
from setia.customers.matching.weights import Weights

COLUMNS = pa.schema(
    {
        "id": pa.int64(),
        "key": pa.string(),
        "line": pa.string(),
        "tokens": pa.list_(pa.string()),
        "initials": pa.list_(pa.string()),
        "solid": pa.int32(),
        "called": pa.string(),
        "phones": pa.list_(pa.string()),
        "phone": pa.string(),
        "emails": pa.list_(pa.string()),
        "locals": pa.list_(pa.string()),
        "handles": pa.list_(pa.string()),
        "birthday": pa.date32(),
        "region": pa.string(),
        "gender": pa.string(),
        "tax_id": pa.string(),
        "address": pa.string(),
    }
)
"""The columns `search` reads: those of `Record`, without the crowds, which it counts itself."""
KEPT = 0.05
"""Pairs less certain than this are not answered."""
SURE = 0.95
"""From here on a pair explains what contradicts it in others."""
CHUNK = 2_000_000
DRAWN = 400_000
"""Pairs taken at random, to see how strangers agree."""
COMMON = 100
"""A name borne by more is common, and how common is told apart no further when weights are learnt."""

Pair = tuple[int, int, float, int, str]


@dataclass(frozen=True)
class Found:
    """`pairs` holds (id, id, certainty, code of the levels, guard), `apart` pairs that contradict each other among
    records that have a pair, `compared` how many pairs were looked at, `tally` what weights can be learnt from."""

    pairs: list[Pair]
    apart: list[tuple[int, int]]
    compared: int
    tally: Tally


def as_table(records: Iterable[Record]) -> pa.Table:
    """Prepared records as columns."""
    names = [one.name for one in fields(Record) if one.name in COLUMNS.names]
    columns: dict[str, list[object]] = {name: [] for name in names}
    for record in records:
        for name in names:
            columns[name].append(getattr(record, name))
    return pa.table(columns, schema=COLUMNS)


def search(
    records: pa.Table,
    weights: Weights,
    *,
    least: float = KEPT,
    tell: Callable[[float], None] = lambda share: None,
    threads: int = 2,
    memory: str = "1GB",
) -> Found:
    """All pairs at least as certain as `least` among records of the schema `COLUMNS`.

    `tell` hears the share done, 0 to 1, and may raise to stop. What is more than `memory` goes to a folder that is gone
    afterwards.
    """
    with opened(threads=threads, memory=memory) as database:
        count = load(database, records)
        tell(0.05)
        compared = block(database)
        tell(0.25)
        compare(database, compared, tell)
        tally = tallied(database, count)
        return _judge(database, weights, count, compared, least, tally)


@contextmanager
def opened(*, threads: int, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory; what does not fit spills into a folder of its own."""
    with TemporaryDirectory(prefix="setia-doubles-") as spill:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": spill,
        }
        database = duckdb.connect(":memory:", config=config)
        try:
            database.execute("SET preserve_insertion_order = false")
            yield database
        finally:
            database.close()


def load(database: duckdb.DuckDBPyConnection, records: pa.Table) -> int:
    """The tables `name` and `record`, the crowds counted, and `named`, the two beside each other; answers how many rows.

    A name is kept once however many bear it, a phone and a mail address as a number: what a pair costs is what its two
    rows weigh.
    """
    database.register("given", records)
    database.execute(
        f"""
        CREATE TABLE phone_crowd AS
        SELECT phone, count(DISTINCT key) AS names, (row_number() OVER ())::INTEGER AS number
        FROM (SELECT unnest(phones) AS phone, key FROM given) GROUP BY 1;
        CREATE TABLE mail_crowd AS
        SELECT email, count(DISTINCT key) AS names, (row_number() OVER ())::INTEGER AS number
        FROM (SELECT unnest(emails) AS email, key FROM given) GROUP BY 1;
        CREATE TABLE by_phone AS SELECT id, list(number) AS whole,
          list(number) FILTER (names <= {FEW}) AS own, list(number) FILTER (names > {FEW} AND names <= {MANY}) AS few,
          list(number) FILTER (names > {MANY}) AS many
        FROM (SELECT id, unnest(phones) AS phone FROM given) JOIN phone_crowd USING (phone) GROUP BY id;
        CREATE TABLE by_mail AS SELECT id, list(number) AS whole,
          list(number) FILTER (names <= {MAILBOX}) AS own, list(number) FILTER (names > {MAILBOX}) AS many
        FROM (SELECT id, unnest(emails) AS email FROM given) JOIN mail_crowd USING (email) GROUP BY id;
        DROP TABLE phone_crowd; DROP TABLE mail_crowd;
        CREATE TABLE name AS
        SELECT (row_number() OVER ())::INTEGER AS name, key, line, first(tokens) AS tokens,
               first(initials) AS initials, first(solid) AS solid, first(called) AS called,
               (sum(count(*)) OVER (PARTITION BY key))::INTEGER AS times
        FROM given GROUP BY key, line;
        CREATE TABLE record AS
        SELECT (row_number() OVER (ORDER BY g.id))::INTEGER AS n, g.id, s.name,
               CASE WHEN s.key <> '' THEN s.times END AS times, (s.called <> '')::UTINYINT AS is_called,
               g.phone, coalesce(p.whole, []) AS phones,
               coalesce(p.own, []) AS phones_own, coalesce(p.few, []) AS phones_few, coalesce(p.many, []) AS phones_many,
               coalesce(m.whole, []) AS emails, coalesce(m.own, []) AS emails_own, coalesce(m.many, []) AS emails_many,
               g.locals, g.handles, g.birthday, g.region, g.gender, g.tax_id, g.address
        FROM given g JOIN name s ON s.key = g.key AND s.line = g.line
        LEFT JOIN by_phone p USING (id) LEFT JOIN by_mail m USING (id);
        DROP TABLE by_phone; DROP TABLE by_mail;
        CREATE VIEW named AS
        SELECT r.*, s.key, s.line, s.tokens, s.initials, s.solid, s.called FROM record r JOIN name s USING (name);
        """
    )
    database.unregister("given")
    found = database.execute("SELECT count(*) FROM record").fetchone()
    return int(found[0]) if found else 0


_WORD = "unnest(CASE WHEN len(tokens) = 0 THEN initials ELSE tokens END)"
# (what, rows of the value and the record, records that may share one value)
_BLOCKS: tuple[tuple[str, str, int], ...] = (
    ("phone", "SELECT unnest(phones) AS v, n FROM named", 60),
    ("phone and word", f"SELECT v || '|' || {_WORD} AS v, n FROM (SELECT unnest(phones_many) AS v, * FROM named)", 60),
    ("mail", "SELECT unnest(emails) AS v, n FROM named", 60),
    ("mail and word", f"SELECT v || '|' || {_WORD} AS v, n FROM (SELECT unnest(emails_many) AS v, * FROM named)", 60),
    ("local part", "SELECT unnest(locals) AS v, n FROM named", 30),
    ("handle", "SELECT unnest(handles) AS v, n FROM named", 30),
    ("tax number", "SELECT tax_id AS v, n FROM named WHERE tax_id <> ''", 30),
    ("name", "SELECT key AS v, n FROM named WHERE key <> ''", 40),
    ("name and town", "SELECT key || '|' || region AS v, n FROM named WHERE key <> '' AND region <> ''", 60),
    ("name unparted", "SELECT line AS v, n FROM named WHERE line <> ''", 40),
    ("birthday and word", f"SELECT birthday::VARCHAR || '|' || {_WORD} AS v, n FROM named WHERE birthday IS NOT NULL", 60),
    (
        "birthday and letter",
        "SELECT birthday::VARCHAR || '|' || w AS v, n FROM (SELECT birthday, n, unnest(list_distinct("
        "list_transform(tokens, lambda w: w[1]))) AS w FROM named WHERE birthday IS NOT NULL)",
        60,
    ),
    ("address", "SELECT address || '|' || left(key, 1) AS v, n FROM named WHERE address <> ''", 60),
    (
        "house, town and word",
        f"SELECT h || '|' || region || '|' || {_WORD} AS v, n FROM (SELECT unnest(list_filter("
        "string_split(address, ' '), lambda w: regexp_matches(w, '[0-9]'))) AS h, * FROM named WHERE address <> '')",
        60,
    ),
    (
        "half a tax number and word",
        f"SELECT half || '|' || {_WORD} AS v, n FROM (SELECT unnest([left(tax_id, length(tax_id) // 2) || '-',"
        " '-' || right(tax_id, length(tax_id) // 2)]) AS half, * FROM named WHERE length(tax_id) > 5)",
        60,
    ),
)  # fmt: skip


def block(database: duckdb.DuckDBPyConnection) -> int:
    """The table `pair` of candidates (l < r, by row); answers how many."""
    database.execute("CREATE TABLE pair_found (l INTEGER, r INTEGER)")
    for _what, rows, most in _BLOCKS:
        database.execute(
            f"""
            CREATE TEMP TABLE block AS SELECT DISTINCT hash(v) AS h, n FROM ({rows});
            CREATE TEMP TABLE wanted AS SELECT h FROM block GROUP BY h HAVING count(*) BETWEEN 2 AND {most};
            CREATE TEMP TABLE kept AS SELECT h, n FROM block SEMI JOIN wanted USING (h);
            INSERT INTO pair_found SELECT a.n, b.n FROM kept a JOIN kept b ON a.h = b.h AND a.n < b.n;
            DROP TABLE block; DROP TABLE wanted; DROP TABLE kept;
            """
        )
    database.execute("CREATE TABLE pair AS SELECT DISTINCT l, r FROM pair_found; DROP TABLE pair_found")
    found = database.execute("SELECT count(*) FROM pair").fetchone()
    return int(found[0]) if found else 0


def compare(database: duckdb.DuckDBPyConnection, pairs: int, tell: Callable[[float], None]) -> None:
    """The table `compared`: each pair with its levels as one number and how many bear the name both have.

    Two names are compared once, however many pairs bear them.
    """
    serial, given, name, *rest = COMPARISONS
    assert (serial.name, given.name, name.name) == ("serial", "given", "name")
    named = len(name.levels) + 1
    both = (len(given.levels) + 1) * named
    database.execute(
        f"""
        CREATE TABLE name_pair AS
        SELECT l.name AS one, r.name AS other, {_place(given)} * {named} + {_place(name)} AS place,
               CASE WHEN l.key <> '' AND l.key = r.key THEN l.times WHEN l.line <> '' AND l.line = r.line THEN 2 END AS times
        FROM (SELECT DISTINCT l.name AS one, r.name AS other FROM pair p JOIN record l ON l.n = p.l
              JOIN record r ON r.n = p.r WHERE l.name <> r.name) p
        JOIN name l ON l.name = p.one JOIN name r ON r.name = p.other
        """
    )
    tell(0.4)
    database.execute("CREATE TABLE compared (l INTEGER, r INTEGER, code INTEGER, times INTEGER)")
    code = (
        f"{_place(serial)} * {both} + CASE WHEN l.name <> r.name THEN w.place"
        f" ELSE l.is_called * {named} + (l.times IS NOT NULL)::INTEGER END"
    )
    for one in rest:
        code = f"({code}) * {len(one.levels) + 1} + {_place(one)}"
    chunks = pairs // CHUNK + 1
    for chunk in range(chunks):
        database.execute(
            f"""
            INSERT INTO compared
            SELECT p.l, p.r, ({code})::INTEGER, CASE WHEN l.name = r.name THEN l.times ELSE w.times END
            FROM pair p JOIN record l ON l.n = p.l JOIN record r ON r.n = p.r
            LEFT JOIN name_pair w ON w.one = l.name AND w.other = r.name
            WHERE p.l % {chunks} = {chunk}
            """
        )
        tell(0.4 + 0.5 * (chunk + 1) / chunks)


def _place(comparison: Comparison) -> str:
    whens = " ".join(f"WHEN {sql(one.sql)} THEN {place}" for place, one in enumerate(comparison.levels[:-1], start=1))
    return f"(CASE WHEN {sql(comparison.null)} THEN 0 {whens} ELSE {len(comparison.levels)} END)"


def tallied(database: duckdb.DuckDBPyConnection, count: int) -> Tally:
    """The pairs compared by their levels, and the levels of pairs taken at random."""
    pairs = database.execute(
        f"SELECT code, least(times, {COMMON}), count(*)::BIGINT FROM compared GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    levels = ", ".join(f"{case(one)} AS {one.name}" for one in WEIGHED)
    database.execute(
        f"""
        CREATE TABLE stranger AS SELECT {levels} FROM (
          SELECT (1 + hash(i) % {max(count, 1)})::INTEGER AS l, (1 + hash(i + 77777777) % {max(count, 1)})::INTEGER AS r
          FROM range({DRAWN}) t(i)) p JOIN named l ON l.n = p.l JOIN named r ON r.n = p.r WHERE p.l <> p.r
        """
    )
    strangers = {
        one.name: dict(
            database.execute(
                f"SELECT {one.name}, count(*) FROM stranger WHERE {one.name} IS NOT NULL GROUP BY 1"
            ).fetchall()
        )
        for one in WEIGHED
    }
    drawn = database.execute("SELECT count(*) FROM stranger").fetchone()
    return Tally(count, tuple(pairs), strangers, int(drawn[0]) if drawn else 0)


# Pairs that contradict each other, but for those whose contradiction is explained: another record has the very number
# (or birthday, or gender) of the one, and is surely the same as both, so that it is one customer's and a typing error.
# Two who share a tax number know too little about each other to contradict.
_APART = f"""
WITH linked AS (SELECT l AS n FROM judged WHERE certainty > 0.5 UNION SELECT r FROM judged WHERE certainty > 0.5),
contrary AS (
  SELECT j.l, j.r, j.guard FROM judged j JOIN judgement v USING (code)
  SEMI JOIN linked x ON x.n = j.l SEMI JOIN linked y ON y.n = j.r
  WHERE j.guard IN ('birthday', 'tax_id', 'gender') OR (j.certainty < 0.02 AND v.tax_id IS DISTINCT FROM 'same')),
sure AS (
  SELECT l, r, code FROM judged WHERE certainty >= {SURE}
  UNION ALL SELECT r, l, code FROM judged WHERE certainty >= {SURE}),
explained AS (
  SELECT DISTINCT c.l, c.r FROM contrary c
  JOIN sure a ON a.l = c.l JOIN judgement x ON x.code = a.code
  JOIN sure b ON b.l = a.r AND b.r = c.r JOIN judgement y ON y.code = b.code
  WHERE CASE c.guard WHEN 'tax_id' THEN [x.tax_id, y.tax_id] WHEN 'birthday' THEN [x.birthday, y.birthday]
        WHEN 'gender' THEN [x.gender, y.gender] END IN (['same', 'different'], ['different', 'same']))
SELECT a.id, b.id FROM (SELECT l, r FROM contrary EXCEPT SELECT l, r FROM explained) c
JOIN record a ON a.n = c.l JOIN record b ON b.n = c.r
"""


def _judge(
    database: duckdb.DuckDBPyConnection, weights: Weights, count: int, compared: int, least: float, tally: Tally
) -> Found:
    codes = [code for (code,) in database.execute("SELECT DISTINCT code FROM compared").fetchall()]
    verdicts = [judged(decode(code), weights, count) for code in codes]
    judgement = pa.table(
        {
            "code": pa.array(codes, pa.int32()),
            "bits": pa.array([bits for bits, _guard, _reasons in verdicts], pa.float64()),
            "guard": pa.array([guard for _bits, guard, _reasons in verdicts], pa.string()),
            **{
                name: pa.array([as_mapping(decode(code)).get(name) for code in codes], pa.string())
                for name in ("tax_id", "birthday", "gender")
            },
        }
    )
    database.register("judgement", judgement)
    average = weights.u("name", "same")
    # The frequency of a name, as `score.name_bits` counts it, and the certainty, as `score.certainty` does.
    database.execute(
        """
        CREATE TABLE judged AS
        SELECT l, r, code, guard,
               CASE WHEN guard <> '' THEN least(sure, 0.5) ELSE sure END AS certainty
        FROM (SELECT l, r, code, guard, 1 / (1 + pow(2, -least(greatest(bits + CASE WHEN times IS NULL THEN 0 ELSE
                log2(? / greatest((greatest(times - 1, 0) + ? * 2000) / (? + 2000), 1e-7)) END, -60), 60))) AS sure
              FROM compared JOIN judgement USING (code))
        """,
        [average, average, count],
    )
    pairs = database.execute(
        "SELECT a.id, b.id, j.certainty, j.code, j.guard"
        " FROM judged j JOIN record a ON a.n = j.l JOIN record b ON b.n = j.r WHERE j.certainty >= ?",
        [least],
    ).fetchall()
    apart = database.execute(_APART).fetchall()
    return Found(pairs, apart, compared, tally)
