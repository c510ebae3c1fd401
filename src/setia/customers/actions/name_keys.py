"""Keep the folded names by which twins are found."""

from django.db import connection, transaction

from setia.customers.matching import folds
from setia.customers.models import NameKey

_STALE = """
SELECT c.id, c.name FROM customers_customer c LEFT JOIN customers_namekey k ON k.customer_id = c.id
WHERE k.customer_id IS NULL OR k.name <> c.name OR k.version <> %s
"""
_PUT = """
INSERT INTO customers_namekey (customer_id, name, key, version)
SELECT f.id, f.name, f.key, %s FROM folded_name f JOIN customers_customer c ON c.id = f.id AND c.name = f.name
ON CONFLICT (customer_id) DO UPDATE SET name = EXCLUDED.name, key = EXCLUDED.key, version = EXCLUDED.version
"""


def keep_name_key(customer_id: int, name: str) -> None:
    """Fold one customer's name anew, in the caller's transaction."""
    NameKey.objects.update_or_create(
        customer_id=customer_id,
        defaults={"name": name, "key": folds.name_key(name), "version": folds.VERSION},
    )


def keep_name_keys() -> int:
    """Fold the names that are new or changed, however they came in, and answer how many.

    Whole columns out and in again: a million names take seconds, and an import need not wait for them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_namekey'))")
        cursor.execute(_STALE, [folds.VERSION])
        stale = cursor.fetchall()
        if not stale:
            return 0
        cursor.execute("CREATE TEMP TABLE folded_name (id bigint, name text, key text) ON COMMIT DROP")
        with cursor.copy("COPY folded_name FROM STDIN") as copy:
            for key, name in stale:
                copy.write_row((key, name, folds.name_key(name)))
        cursor.execute(_PUT, [folds.VERSION])
    return len(stale)
