"""The likely twins of many drafts at once: the rows of a file, before it is taken in.

What `twins` asks for one draft is asked here for thousands by one statement: every phone, address, tax number and
folded name of all drafts looked up in the indexes, a few holders each. Then each draft is compared with its own
candidates by the same engine. Two queries and the engine's time, whatever the number of customers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from setia.core.permissions import Actor
from setia.customers.matching import Record, score_all
from setia.customers.models import ContactPoint, Customer
from setia.customers.queries.gate import customers_for
from setia.customers.queries.twins import CERTAIN, Draft, Twin, prepared, record_of, tell, with_contacts
from setia.customers.queries.weights import latest_weights

MOST_CANDIDATES = 6_000
"""Pairs of a draft and a customer looked at: about two seconds of comparing."""
_HOLDERS = 12
"""So many holders of one thing are looked at: what more have says little about who it is."""

_LOOK_UP = """
WITH wanted AS (SELECT * FROM unnest(%(drafts)s::int[], %(kinds)s::text[], %(values)s::text[]) w(draft, kind, value))
SELECT DISTINCT draft, found.id FROM (SELECT kind, value, array_agg(draft) AS drafts FROM wanted GROUP BY 1, 2) w
CROSS JOIN LATERAL (
  (SELECT customer_id AS id FROM customers_contactpoint p
   WHERE w.kind = 'phone' AND p.kind IN ('PHONE', 'WHATSAPP') AND p.value = w.value LIMIT %(holders)s)
  UNION ALL
  (SELECT customer_id FROM customers_contactpoint p
   WHERE w.kind = 'email' AND p.kind = 'EMAIL' AND p.value = w.value LIMIT %(holders)s)
  UNION ALL
  (SELECT id FROM customers_customer c
   WHERE w.kind = 'tax' AND c.tax_number = w.value AND c.tax_number > '' LIMIT %(holders)s)
  UNION ALL
  (SELECT customer_id FROM customers_namekey n
   WHERE w.kind = 'name' AND n.key = w.value AND n.key <> '' LIMIT %(holders)s)) found
CROSS JOIN LATERAL unnest(w.drafts) d(draft)
LIMIT %(most)s
"""


class Found(NamedTuple):
    """`twins` by the place of their draft; `looked_at` drafts were compared, all of them unless there were too many."""

    twins: dict[int, Twin]
    looked_at: int


def twins_of_many(user: Actor, drafts: Sequence[Draft], *, least: float = CERTAIN) -> Found:
    """The most likely twin of each draft among the customers this person may see, where it is at least so certain.

    More pairs than `MOST_CANDIDATES` are not looked at: the drafts that come first are.
    """
    records = [prepared(draft) for draft in drafts]
    drafts_, kinds, values = [], [], []
    for place, record in enumerate(records):
        for kind, value in _things(record):
            drafts_.append(place)
            kinds.append(kind)
            values.append(value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples::bigint, 0) FROM pg_class WHERE oid = 'customers_customer'::regclass")
        (count,) = cursor.fetchone()
        names: dict[str, Any] = {"drafts": drafts_, "kinds": kinds, "values": values}
        names |= {"holders": _HOLDERS, "most": 20 * MOST_CANDIDATES}
        cursor.execute(_LOOK_UP, names)
        pairs = sorted(cursor.fetchall())
    looked_at = len(records)
    if len(pairs) > MOST_CANDIDATES:
        looked_at = pairs[MOST_CANDIDATES][0]
        pairs = [pair for pair in pairs if pair[0] < looked_at]
    candidates: dict[int, list[int]] = defaultdict(list)
    for place, key in pairs:
        candidates[place].append(key)
    seen = customers_for(user).filter(pk__in={key for _place, key in pairs})
    customers = {one.pk: one for one in with_contacts(seen)}
    others = {pk: record_of(one) for pk, one in customers.items()}
    weights = latest_weights()
    twins = {}
    for place, keys in candidates.items():
        beside = [others[key] for key in keys if key in others]
        scored = score_all(records[place], beside, records=max(count, len(others), 1), weights=weights)
        if scored and scored[0].certainty >= least:
            best = scored[0]
            twins[place] = Twin(customers[best.id], best.certainty, tell(best))
    return Found(twins, looked_at)


def _things(record: Record) -> list[tuple[str, str]]:
    tax = [("tax", record.tax_id.rjust(16, "0"))] if record.tax_id else []
    name = [("name", record.key)] if record.key else []
    return [*(("phone", one) for one in record.phones), *(("email", one) for one in record.emails), *tax, *name]


def recognised(source: str, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these keys (`NUMBER`, `PHONE`, `EMAIL`, `TAX`, `NAME` and a value) that some customer has."""
    asked: dict[str, set[str]] = defaultdict(set)
    for kind, value in keys:
        asked[kind].add(value)
    points = ContactPoint.objects
    numbers = Customer.objects.filter(source=source, number__in=asked["NUMBER"])
    taxed = Customer.objects.filter(tax_number__in=asked["TAX"])
    named = Customer.objects.filter(source=source, number=None, sort_name__in=asked["NAME"])
    phoned = points.filter(kind__in=["PHONE", "WHATSAPP"], value__in=asked["PHONE"])
    mailed = points.filter(kind="EMAIL", value__in=asked["EMAIL"])
    found = {
        "NUMBER": numbers.values_list("number", flat=True),
        "TAX": taxed.values_list("tax_number", flat=True),
        "NAME": named.values_list("sort_name", flat=True),
        "PHONE": phoned.values_list("value", flat=True),
        "EMAIL": mailed.values_list("value", flat=True),
    }
    return {(kind, value) for kind in asked for value in found[kind]}
