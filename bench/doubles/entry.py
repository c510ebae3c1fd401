"""What the word of warning at entry costs among a million customers: the product's own question, asked of PostgreSQL.

The database holds the simulated file. Typed in are people it has, written down again (the file's own doubles, which are
kept out of the database for it), and strangers of another file; each draft is asked once, so nothing is warm by having
been asked before. Run as a module with the path of the drafts, it asks them all and prints JSON.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from bench.doubles import scoring
from bench.doubles.simulated import Record, simulate
from bench.http import percentile
from bench.report import Row
from bench.workshop import Workshop

DATABASE = "bench_doubles"
SEED, STRANGERS = 41, 42
_CUSTOMER = (
    "id, kind, source, name, role, relation, acquisition, gender, birthday, region, tax_number, call_name, title,"
    " notes, created_at, updated_at"
)
_ALIKE = {"source": "main", "role": "EXTERNAL", "created_at": "2026-11-01", "updated_at": "2026-11-01"}
_CONTACT = "customer_id, kind, value, preferred, shown"


def measure(shop: Workshop, *, customers: int, drafts: int) -> list[Row]:
    """Rows about the check at entry."""
    rows = simulate(customers, seed=SEED)
    again = random.Random(SEED).sample([one for one in rows if one.happened], drafts // 2)
    kept = {one.id for one in again}
    with shop.database(DATABASE):
        loaded = _load(shop, (one for one in rows if one.id not in kept))
        shop.settle()
        typed = [_typed(one) for one in again + simulate(drafts - len(again), seed=STRANGERS)]
        random.Random(1).shuffle(typed)
        file = shop.folder / "drafts.json"
        file.write_text(json.dumps(typed))
        settings = "DJANGO_SETTINGS_MODULE=setia.config.settings"
        found = shop.run(["env", settings, sys.executable, "-m", "bench.doubles.entry", str(file)], DATABASE).json
    took, asked = found["milliseconds"], found["queries"]
    note = (
        f"median {percentile(took, 0.5):.0f} ms, slowest {max(took):.0f} ms; of the people who are there"
        f" {100 * found['named']:.0f} % are named; others' load {found['load']:.1f}"
    )
    return [
        Row(f"check at entry: p95 of {len(took)}, {loaded:,} customers", percentile(took, 0.95), "ms", 50, note=note),
        Row("check at entry: p95 of its processor time in Setia", percentile(found["processor"], 0.95), "ms"),
        Row("check at entry: SQL queries", asked, "", 3),
    ]


def _load(shop: Workshop, rows: Iterator[Record]) -> int:
    """The rows as customers with their contacts, by COPY, and the names folded; answers how many."""
    done, columns = 0, _CUSTOMER.split(", ")
    with psycopg.connect(shop.url(DATABASE)) as connection, connection.cursor() as cursor:
        while some := list(itertools.islice(rows, 50_000)):
            kinds = {one.id: one.kind for one in some}
            stored = list(scoring.stored(some))
            with cursor.copy(f"COPY customers_customer ({_CUSTOMER}) FROM STDIN") as copy:
                for one in stored:
                    one |= {"kind": kinds[one["id"]], "tax_number": one["tax_id"]}
                    copy.write_row([one.get(column, _ALIKE.get(column, "")) for column in columns])
            with cursor.copy(f"COPY customers_contactpoint ({_CONTACT}) FROM STDIN") as copy:
                for one in stored:
                    for kind, value in _contacts(one):
                        copy.write_row((one["id"], kind, value, False, ""))
            done += len(some)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
    return done


def _contacts(one: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        *(("PHONE", value) for value in one["phones"]),
        *(("EMAIL", value) for value in one["emails"]),
        *(("INSTAGRAM", value.partition(":")[2]) for value in one["handles"]),
    ]


def _typed(row: Record) -> dict[str, Any]:
    (one,) = scoring.stored([row])
    return {
        "name": row.name,
        "contacts": _contacts(one),
        "birthday": row.birthday if one["birthday"] else None,
        "region": one["region"],
        "gender": one["gender"],
        "tax_number": one["tax_id"],
        "is_there": bool(row.happened),
    }


def main(path: str) -> dict[str, Any]:
    """Ask about every draft: milliseconds of wall and of processor time, the most queries, how many were warned of."""
    import os
    from datetime import date
    from pathlib import Path

    import django

    django.setup()

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from setia.accounts.models import User
    from setia.customers import actions, queries

    owner = User.objects.create_user("owner@bench.id", None, name="Owner", role=User.Role.OWNER)
    actions.keep_name_keys()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_namekey")
    queries.customers_for(owner).first()  # a signed-in person's role is there already
    drafts = json.loads(Path(path).read_text())
    load = os.getloadavg()[0]
    wall, processor, asked, there, warned = [], [], 0, 0, 0
    for number, typed in enumerate(drafts):
        is_there = typed.pop("is_there")
        day = typed["birthday"] and date.fromisoformat(typed["birthday"])
        draft = queries.Draft(**typed | {"birthday": day})
        if number % 20 == 0:
            with CaptureQueriesContext(connection) as captured:
                queries.twins_of(owner, draft)
            asked = max(asked, len(captured))
            continue
        begun, busy = time.perf_counter(), time.process_time()
        twins = queries.twins_of(owner, draft)
        wall.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - busy) * 1000)
        there += is_there
        warned += is_there and bool(twins)
    return {
        "milliseconds": wall, "processor": processor, "queries": asked, "named": warned / max(there, 1), "load": load,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
