"""Search all customers for doubles, in the background, and keep the groups for people to decide.

Loaded by the job that needs it: it brings DuckDB and Arrow along, which a web process can do without.

The search reads committed rows as columns, compares them in DuckDB outside of any transaction, and writes the groups in
one, together with the weights it learnt. Groups that wait from earlier searches are replaced; decided ones stay, and
pairs that somebody said are two customers are never offered again, even where one of them has been merged into a third
since.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import pyarrow as pa
from django.db import connection, transaction
from django.utils import timezone

from setia.core import arrow
from setia.customers.actions.name_keys import keep_name_keys
from setia.customers.actions.train_doubles import keep_training
from setia.customers.matching import Record, batch, prepare
from setia.customers.matching.clusters import clusters
from setia.customers.models import DoubleGroup, DoubleSearch
from setia.customers.queries.weights import latest_weights

LEAST = 0.35
"""The least certainty of a pair that is worth a person's time."""
MOST = 20_000
"""Groups kept of one search, the most certain ones."""
_BATCH = 20_000
_READ = """
SELECT c.id, c.name, c.birthday, c.region, c.gender, c.tax_number,
       COALESCE((SELECT array_agg(p.kind || ':' || p.value) FROM customers_contactpoint p WHERE p.customer_id = c.id),
                '{}'::text[]) AS reached
FROM customers_customer c WHERE c.merged_into_id IS NULL AND c.archived_at IS NULL
"""


def search_doubles(search_id: int) -> None:
    """Run a queued search to its end. One that a killed worker left starts again: nothing was written."""
    search = DoubleSearch.objects.filter(pk=search_id, state__in=["QUEUED", "RUNNING"]).first()
    if search is None:
        return
    _tell(search, 0.0)
    try:
        keep_name_keys()
        weights = latest_weights()
        table = _prepared(search)
        found = batch.search(table, weights, least=LEAST, tell=lambda share: _tell(search, 0.3 + 0.6 * share))
        said = _said_apart()
        pairs = [(a, b, sure) for a, b, sure, _code, _guard in found.pairs if (min(a, b), max(a, b)) not in said]
        groups = clusters(pairs, apart=[*found.apart, *said])
        codes = {(a, b): (code, guard) for a, b, _sure, code, guard in found.pairs}
        with transaction.atomic():
            DoubleGroup.objects.filter(state=DoubleGroup.State.OPEN).delete()
            DoubleGroup.objects.bulk_create(
                (
                    DoubleGroup(
                        search=search,
                        certainty=group.certainty,
                        members=list(group.members),
                        pairs=[[a, b, round(sure, 4), *codes[a, b]] for a, b, sure in group.pairs],
                    )
                    for group in groups[:MOST]
                ),
                batch_size=2_000,
            )
            keep_training(search=search, tally=found.tally, at=timezone.now())
            DoubleSearch.objects.filter(pk=search.pk).update(
                state=DoubleSearch.State.DONE,
                share=1,
                records=table.num_rows,
                compared=found.compared,
                groups=len(groups),
                finished_at=timezone.now(),
            )
    except Exception as trouble:
        DoubleSearch.objects.filter(pk=search.pk).update(
            state=DoubleSearch.State.FAILED, problem=str(trouble)[:300], finished_at=timezone.now()
        )
        raise


def _prepared(search: DoubleSearch) -> pa.Table:
    """All customers made ready, as columns."""
    read = arrow.read(_READ)
    tables = []
    for number, rows in enumerate(read.to_batches(max_chunksize=_BATCH)):
        tables.append(batch.as_table(_records(rows)))
        _tell(search, min(0.3, 0.3 * (number + 1) * _BATCH / max(read.num_rows, 1)))
    return pa.concat_tables(tables) if tables else batch.COLUMNS.empty_table()


def _records(rows: pa.RecordBatch) -> Iterable[Record]:
    columns = [
        rows.column(name).to_pylist()
        for name in ("id", "name", "birthday", "region", "gender", "tax_number", "reached")
    ]
    for key, name, birthday, region, gender, tax_number, reached in zip(*columns, strict=True):
        contacts = [point.partition(":")[::2] for point in reached]
        yield prepare(
            key,
            name=name,
            phones=[value for kind, value in contacts if kind in ("PHONE", "WHATSAPP")],
            emails=[value for kind, value in contacts if kind == "EMAIL"],
            handles=[
                f"{kind}:{value}" for kind, value in contacts if kind not in ("PHONE", "WHATSAPP", "EMAIL", "ADDRESS")
            ],
            birthday=birthday,
            region=region,
            gender=gender,
            tax_id=tax_number,
            address=next((value for kind, value in contacts if kind == "ADDRESS"), ""),
        )


def _said_apart() -> set[tuple[int, int]]:
    """The pairs that somebody said are two customers; where one was merged since, the survivor stands for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT COALESCE(a.merged_into_id, a.id), COALESCE(b.merged_into_id, b.id) FROM customers_notdouble n
            JOIN customers_customer a ON a.id = n.low JOIN customers_customer b ON b.id = n.high
            """
        )
        return {(min(pair), max(pair)) for pair in cursor.fetchall()}


def _tell(search: DoubleSearch, share: float) -> None:
    DoubleSearch.objects.filter(pk=search.pk).update(
        state=DoubleSearch.State.RUNNING, share=min(max(share, 0.0), 1.0), beat_at=datetime.now(UTC)
    )
