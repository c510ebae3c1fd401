"""Who may be this customer already: the likely twins of a record that is about to be made, or of one that is there.

Candidates share a contact, a tax number, a birthday or the folded name; each is an index look-up with a limit, so the
answer takes as long among a million customers as among a thousand. Three queries. What makes a candidate a twin, and
how certainly, `matching` says.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from setia.core.permissions import Actor
from setia.customers import names, normalise
from setia.customers.matching import Record, Scored, prepare, score_all
from setia.customers.matching.folds import is_generic
from setia.customers.models import ContactPoint, Customer
from setia.customers.queries.gate import customers_for
from setia.customers.queries.twin_words import guard_words, reason_words
from setia.customers.queries.weights import weights_from

LIKELY = 0.2
"""The least certainty of a twin that is shown."""
CERTAIN = 0.8
"""From here on saving asks first, and the API refuses."""
SHOWN = 5
_COMPARED = ("name", "birthday", "region", "gender", "tax_number")
_NUMBERS = ("PHONE", "WHATSAPP")
_NO_HANDLE = (*_NUMBERS, "EMAIL", "ADDRESS")

_LOOK_UP = """
WITH found AS (
  (SELECT customer_id AS id FROM customers_contactpoint
   WHERE kind IN ('PHONE', 'WHATSAPP') AND value = ANY(%(phones)s) LIMIT 60)
  UNION ALL
  (SELECT customer_id FROM customers_contactpoint WHERE kind = 'EMAIL' AND value = ANY(%(emails)s) LIMIT 60)
  UNION ALL
  (SELECT customer_id FROM customers_contactpoint WHERE kind = 'EMAIL'
   AND replace(split_part(split_part(value, '@', 1), '+', 1), '.', '') = ANY(%(locals)s) LIMIT 60)
  UNION ALL
  (SELECT customer_id FROM customers_contactpoint WHERE kind = ANY(%(kinds)s) AND value = ANY(%(handles)s) LIMIT 60)
  UNION ALL
  (SELECT id FROM customers_customer WHERE tax_number = %(tax)s AND tax_number > '' LIMIT 60)
  UNION ALL
  (SELECT id FROM customers_customer WHERE birthday = %(birthday)s LIMIT 100)
  UNION ALL
  (SELECT customer_id FROM customers_namekey WHERE key = %(name)s AND key <> '' LIMIT 100)
)
SELECT (SELECT array_agg(DISTINCT id) FROM found),
       greatest((SELECT reltuples::bigint FROM pg_class WHERE oid = 'customers_customer'::regclass), 0),
       (SELECT count(*) FROM (SELECT 1 FROM customers_namekey WHERE key = %(name)s AND key <> '' LIMIT 2000) alike),
       (SELECT weights FROM customers_doubletraining WHERE state = 'USED')
"""


@dataclass(frozen=True)
class Draft:
    """What is known of somebody before they are saved. `contacts` are pairs of kind and text as given."""

    name: str = ""
    contacts: Sequence[tuple[str, str]] = ()
    birthday: date | None = None
    region: str = ""
    gender: str = ""
    tax_number: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Twin:
    """A customer who may be the same, how certainly (0 to 1), and why, a short sentence each."""

    customer: Customer
    certainty: float
    reasons: list[str]

    @property
    def is_certain(self) -> bool:
        """Whether saving should ask first."""
        return self.certainty >= CERTAIN


def twins_of(user: Actor, draft: Draft, *, least: float = LIKELY, most: int = SHOWN) -> list[Twin]:
    """The likely twins of a draft among the customers this person may see, the most certain first.

    An archived customer can be a twin; one merged away cannot. With `draft.pk` that customer itself is left out.
    """
    seen = customers_for(user)
    likely = [one for one in scored_among(seen, draft) if one.certainty >= least][:most]
    customers = seen.in_bulk([one.id for one in likely]) if likely else {}
    return [Twin(customers[one.id], one.certainty, tell(one)) for one in likely if one.id in customers]


def scored_among(customers: QuerySet[Customer], draft: Draft) -> list[Scored]:
    """Every candidate among these customers beside the draft, the most certain first. Two queries."""
    record = prepared(draft)
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, _look_ups(record))
        keys, records, alike, kept = cursor.fetchone()
    keys = [key for key in keys or [] if key != draft.pk]
    if not keys:
        return []
    # Hundreds may be compared and a handful is shown: only those become objects.
    rows = with_contacts(customers.filter(pk__in=keys).values_list("pk", *_COMPARED))
    others = [_prepared(key, name, _parted(reached), *facts) for key, name, *facts, reached in rows]
    weights = weights_from(kept and json.loads(kept))
    return score_all(record, others, records=max(records, len(keys)), weights=weights, named_alike=alike)


def tell(one: Scored) -> list[str]:
    """The reasons for a pair in the reader's language: what speaks for it, then against, then what holds it back."""
    ordered = sorted(one.reasons, key=lambda reason: -reason.bits)
    told = [words for reason in ordered if (words := reason_words(reason.comparison, reason.level))]
    return [*told, *([guard_words(one.guard)] if one.guard else [])]


def record_of(customer: Any) -> Record:
    """A customer as `matching` compares them; `reached` holds the contact points as `KIND:value`."""
    return _prepared(
        customer.pk,
        customer.name,
        _parted(customer.reached),
        customer.birthday,
        customer.region,
        customer.gender,
        customer.tax_number,
    )


def _parted(reached: Iterable[str] | None) -> list[Sequence[str]]:
    """Contact points as `KIND:value`, parted."""
    return [point.partition(":")[::2] for point in reached or ()]


def with_contacts(customers: Any) -> Any:
    """The same customers with `reached`, their contact points as `KIND:value`, as `record_of` wants them."""
    return customers.annotate(
        reached=ArrayAgg(
            Concat(F("contact_points__kind"), Value(":"), F("contact_points__value")),
            filter=Q(contact_points__isnull=False),
            default=Value([]),
        )
    )


def prepared(draft: Draft) -> Record:
    """A draft as `matching` compares it."""
    contacts = [
        (kind, value) for kind, text in draft.contacts if text and (value := normalise.contact(kind, text)) is not None
    ]
    tax = (draft.tax_number and normalise.tax_number(draft.tax_number)) or ""
    name = names.split(draft.name).name if draft.name else ""
    return _prepared(0, name, contacts, draft.birthday, draft.region, draft.gender, tax)


def _prepared(
    pk: int, name: str, contacts: Iterable[Sequence[str]], birthday: date | None, region: str, gender: str, tax: str
) -> Record:
    contacts = list(contacts)
    addresses = [value for kind, value in contacts if kind == ContactPoint.Kind.ADDRESS]
    return prepare(
        pk,
        name=name,
        phones=[value for kind, value in contacts if kind in _NUMBERS],
        emails=[value for kind, value in contacts if kind == ContactPoint.Kind.EMAIL],
        handles=[f"{kind}:{value}" for kind, value in contacts if kind not in _NO_HANDLE],
        birthday=birthday,
        region=region,
        gender=gender,
        tax_id=tax,
        address=addresses[0] if addresses else "",
    )


def _look_ups(record: Record) -> dict[str, Any]:
    locals_ = {mail.partition("@")[0].replace(".", "") for mail in record.emails}
    return {
        "phones": list(record.phones),
        "emails": list(record.emails),
        "locals": [one for one in locals_ if not is_generic(one)],
        "kinds": [one.partition(":")[0] for one in record.handles],
        "handles": [one.partition(":")[2] for one in record.handles],
        "birthday": record.birthday,
        "tax": record.tax_id and record.tax_id.rjust(16, "0"),
        "name": record.key,
    }
