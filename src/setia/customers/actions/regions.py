"""The tree of regions is loaded, free texts are read, and customers are counted by region. No person does this."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.permissions import require
from setia.customers import regions as names
from setia.customers.models import Customer, Region, RegionEdition, RegionSpelling, RegionTally
from setia.customers.queries.regions import meaning, rolled_up

_COLUMNS = ("code", "level", "name", "path", "postal_code", "bare", "folded")
_AT_ONCE = 2000


class NoSuchRegion(Exception):
    """The tree has no region of this code."""


def load_regions(*, at: datetime, places: Iterable[names.Place] | None = None, source: str = "") -> int:
    """Bring the table in line with the installed edition of the tree; answers how many regions it holds.

    A region that a newer edition no longer has stays, for a customer may live in it. `places` and `source` take the
    place of the package's own. Nothing happens when this edition is in already (answer 0).
    """
    source = source or names.edition()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x5E71A_7])
        if RegionEdition.objects.filter(pk=1, source=source).exists():
            return 0
        columns = ", ".join(_COLUMNS)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.place")
        cursor.execute("CREATE TEMP TABLE place (LIKE customers_region) ON COMMIT DROP")
        with cursor.copy(f"COPY place ({columns}) FROM STDIN") as copy:
            for place in names.tree() if places is None else places:
                copy.write_row(place)
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
        cursor.execute(
            f"INSERT INTO customers_region ({columns}) SELECT {columns} FROM place"  # noqa: S608 — own names
            f" ON CONFLICT (code) DO UPDATE SET {changes}"
        )
        number = int(cursor.rowcount)
        cursor.execute("ANALYZE customers_region")
        RegionEdition.objects.update_or_create(pk=1, defaults={"source": source, "loaded_at": at})
        # What no edition knew before, this one may; what a person said stays said.
        RegionSpelling.objects.filter(by_hand=False).delete()
    return number


def read_regions(*, at: datetime) -> int:
    """Find out what the free texts in use mean that nobody has looked at yet; answers how many were read."""
    if not RegionEdition.objects.exists():
        return 0
    with connection.cursor() as cursor:
        # From text to text along the index: customers are many, their regions few.
        cursor.execute(
            """
            WITH RECURSIVE text AS (
                (SELECT region FROM customers_customer WHERE archived_at IS NULL AND region > ''
                 ORDER BY region LIMIT 1)
                UNION ALL
                SELECT (SELECT c.region FROM customers_customer c WHERE c.archived_at IS NULL AND c.region > t.region
                        ORDER BY c.region LIMIT 1)
                FROM text t WHERE t.region IS NOT NULL
            )
            SELECT region FROM text WHERE region IS NOT NULL
              AND NOT EXISTS (SELECT FROM customers_regionspelling s WHERE s.spelling = text.region)
            """
        )
        texts = [text for (text,) in cursor.fetchall()]
    for start in range(0, len(texts), _AT_ONCE):
        _read(texts[start : start + _AT_ONCE], at=at)
    return len(texts)


def read_region(text: str, *, at: datetime) -> None:
    """The same for one text, as soon as a person has typed it."""
    if text and RegionEdition.objects.exists() and not RegionSpelling.objects.filter(pk=text).exists():
        _read([text], at=at)


def _read(texts: list[str], *, at: datetime) -> None:
    some = [RegionSpelling(spelling=text, code=meaning(text)) for text in texts]
    with transaction.atomic():
        RegionSpelling.objects.bulk_create(some, ignore_conflicts=True)
        outbox.emit("region.read", at=at, texts=texts)


def count_regions(*, at: datetime) -> int:
    """Count all customers by region, at every level, for a large firm's page; answers how many regions have any."""
    counts = rolled_up(Customer.objects.filter(archived_at=None, merged_into=None))
    with transaction.atomic():
        RegionTally.objects.all().delete()
        RegionTally.objects.bulk_create(
            [RegionTally(code=code, customers=number, counted_at=at) for code, number in counts.items()],
            batch_size=_AT_ONCE,
        )
    return len(counts)


def explain_region(*, by: User, at: datetime, text: str, code: str) -> None:
    """Say what a free text means, for all customers that have it. Raises `NoSuchRegion`."""
    require(by, "customers.edit")
    region = Region.objects.filter(pk=code).first()
    if region is None:
        raise NoSuchRegion
    with transaction.atomic():
        RegionSpelling.objects.update_or_create(pk=text[:200], defaults={"code": code, "by_hand": True})
        outbox.emit("region.read", at=at, texts=[text[:200]])
        data = {"text": text[:200], "code": code, "region": str(region)}
        audit(by=by, at=at, verb="region.explained", about="region", data=data)
