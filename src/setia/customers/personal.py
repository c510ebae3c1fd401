"""What this room holds about a customer, and what becomes of it at an erasure.

The customer's own row stays under a pseudonym, so that orders and figures still add up; the timeline keeps that
something happened and when; consent keeps that it was given. What could tell who it was goes.
"""
# ruff: noqa: S608 — tables and columns are this module's own words; the customer is a parameter.

import json

from django.db import connection
from django.utils.translation import gettext_lazy as _

from setia.core import kept
from setia.core.personal import AtErasure, Holding, Person, forget_by, hold
from setia.customers.queries.words import title_of

_PSEUDONYM = "(SELECT e.pseudonym FROM customers_erasure e WHERE e.customer_key = t.id)"

hold(
    Holding(
        "customers_customer",
        _("Identity"),
        {
            "name": _("Name"),
            "title": _("Titles"),
            "call_name": _("Called"),
            "number": _("Customer number"),
            "kind": _("Kind"),
            "role": _("Role"),
            "relation": _("Relation"),
            "industry": _("Industry"),
            "acquisition": _("Came by"),
            "tax_number": _("Tax number"),
            "gender": _("Gender"),
            "birthday": _("Birthday"),
            "region": _("Region"),
            "notes": _("Notes"),
            "extra": _("Own fields"),
            "created_at": _("Record made"),
        },
        at_erasure=AtErasure.BLANK,
        where="t.id = %(customer)s",
        blank={
            "number": _PSEUDONYM,
            "name": "''",
            "title": "''",
            "call_name": "''",
            "gender": "''",
            "tax_number": "''",
            "birthday": "NULL",
            "region": "''",
            "region_code": "''",
            "notes": "''",
            "extra": "'{}'",
            "industry_id": "NULL",
            "archived_at": "COALESCE(t.archived_at, now())",
            "erased_at": "(SELECT e.at FROM customers_erasure e WHERE e.customer_key = t.id)",
            "updated_at": "now()",
        },
        secret=("sort_name",),
        order=10,
    ),
    Holding(
        "customers_contactpoint",
        _("Contacts"),
        {"kind": _("Kind"), "shown": _("As given"), "value": _("As kept"), "preferred": _("preferred")},
        order=11,
    ),
    Holding(
        "customers_namekey",
        _("Key the name is found by"),
        {"name": _("Name"), "key": _("As kept")},
        order=12,
    ),
    Holding(
        "customers_customertag",
        _("Tags"),
        {"tag": _("Tag")},
        order=12,
    ),
    Holding(
        "customers_customerlink",
        _("Links to others"),
        {"kind": _("Link"), "customer": _("Customer"), "other": _("To"), "words": _("As what")},
        where="(t.customer_id = %(customer)s OR t.other_id = %(customer)s)",
        order=12,
    ),
    Holding(
        "customers_bulkrow",
        _("Changed together with others"),
        {"run": _("Change"), "before": _("Before")},
        order=12,
    ),
    Holding(
        "customers_lifeevent",
        _("Life events"),
        {"kind": _("Kind"), "day": _("Day"), "words": _("What")},
        order=12,
    ),
    Holding(
        "customers_customerfile",
        _("Files"),
        {"name": _("Name"), "kind": _("Kind"), "at": _("When"), "by": _("By")},
        order=12,
        file=lambda row: kept.path_of(row["sha256"]),
    ),
    Holding(
        "customers_consent",
        _("Consent"),
        {
            "purpose": _("What for"),
            "channel": _("Channel"),
            "state": _("Answer"),
            "at": _("When"),
            "how": _("How"),
            "guardian": _("Parent or guardian"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"guardian": "''", "state": "'WITHDRAWN'"},
        order=13,
    ),
    Holding(
        "customers_consententry",
        _("Answers on consent"),
        {
            "at": _("When"),
            "purpose": _("What for"),
            "channel": _("Channel"),
            "state": _("Answer"),
            "how": _("How"),
            "text": _("Wording"),
            "evidence": _("Proof"),
            "by": _("Written down by"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"guardian": "''", "evidence": "''"},
        order=14,
    ),
    Holding(
        "customers_privacyrequest",
        _("Requests about personal data"),
        {
            "kind": _("Request"),
            "received_at": _("Received"),
            "due_at": _("Due"),
            "state": _("State"),
            "note": _("In their words"),
            "closed_at": _("Answered"),
            "answer": _("Answer"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"note": "''", "answer": "''"},
        order=15,
    ),
    Holding(
        "customers_timelineentry",
        _("What happened"),
        {"at": _("When"), "kind": _("What"), "by": _("By"), "data": _("Details")},
        at_erasure=AtErasure.BLANK,
        blank={"data": """CASE WHEN t.data = '{}' THEN t.data ELSE '{"erased": true}' END"""},
        words={"kind": title_of},
        order=20,
    ),
    Holding(
        "customers_merge",
        _("Records made one"),
        {"at": _("When"), "by": _("By"), "before": _("Before"), "undone_at": _("Undone")},
        where="t.survivor_id = %(customer)s",
        order=23,
    ),
    Holding(
        "customers_mergedcustomer",
        _("Records that went into another"),
        {"before": _("Before")},
        where="t.customer_id = %(customer)s",
        order=24,
    ),
    Holding(
        "customers_mergemove",
        _("Rows that went along"),
        {"table": _("What")},
        where="t.merge_id IN (SELECT m.id FROM customers_merge m WHERE m.survivor_id = %(customer)s)",
        order=25,
    ),
    Holding(
        "customers_erasure",
        _("Erasures"),
        {"at": _("When")},
        at_erasure=AtErasure.KEEP,
        where="t.customer_key = %(customer)s",
        order=90,
    ),
)


@forget_by
def forget_merges(person: Person) -> None:
    """A merge keeps both records as they were. Without it nothing can be taken apart, and nobody may be any more."""
    merges = """SELECT id FROM customers_merge WHERE survivor_id = %(customer)s UNION
                SELECT merge_id FROM customers_mergedcustomer WHERE customer_id = %(customer)s"""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array_agg(id) FROM ({merges}) found", {"customer": person.customer_id})
        keys = cursor.fetchone()[0] or []
        for table, column in (
            ("customers_mergemove", "merge_id"),
            ("customers_mergedcustomer", "merge_id"),
            ("customers_merge", "id"),
        ):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [keys])


# What entries of others may say of this person, by name: whom they recommended, whom they are linked to, with whom they
# were taken for one. Few entries among millions, and an index of their own finds them.
_MENTIONS = """
kind IN ('EDITED', 'LINKED', 'UNLINKED', 'MERGED', 'UNMERGED')
AND (kind <> 'EDITED' OR (data -> 'changes') ? 'recommended_by')
"""


@forget_by
def forget_name_elsewhere(person: Person) -> None:
    """Other people's timelines name this person here and there: what such an entry says goes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE customers_timelineentry SET data = '{{"erased": true}}'
            WHERE {_MENTIONS} AND (
              data -> 'changes' -> 'recommended_by' ? %(name)s OR data @> %(linked)s
              OR data -> 'others' @> %(other)s OR data -> 'from' @> %(from)s)
            """,
            {
                "name": person.name or person.number,
                "linked": json.dumps({"other": person.customer_id}),
                "other": json.dumps([{"id": person.customer_id}]),
                "from": json.dumps({"id": person.customer_id}),
            },
        )
