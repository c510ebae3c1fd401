"""Make people responsible for many customers at once, each for theirs, by a rule of the firm and not by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from setia.accounts.actions import count_news
from setia.accounts.models import User
from setia.core import outbox
from setia.customers.models import Mention

TOLD_EACH = 20
"""Up to so many, each is told to whoever gets it and as an event of its own; of more, the list says enough."""

_GIVE = """
WITH given AS (SELECT unnest(%(customers)s::bigint[]) AS id, unnest(%(owners)s::bigint[]) AS owner_id),
was AS (SELECT c.id, c.owner_id AS before, given.owner_id AS after FROM customers_customer c JOIN given USING (id)
        WHERE c.owner_id IS DISTINCT FROM given.owner_id AND c.erased_at IS NULL AND c.merged_into_id IS NULL
        ORDER BY c.id FOR UPDATE OF c),
changed AS (UPDATE customers_customer c SET owner_id = was.after, updated_at = %(at)s FROM was WHERE c.id = was.id)
INSERT INTO customers_timelineentry (customer_id, kind, at, by_id, data)
SELECT was.id, 'EDITED', %(at)s, %(by)s, jsonb_build_object('changes', jsonb_build_object('owner', jsonb_build_array(
         coalesce(nullif(b.name, ''), b.email, ''), coalesce(nullif(a.name, ''), a.email, ''))))
FROM was LEFT JOIN accounts_user b ON b.id = was.before LEFT JOIN accounts_user a ON a.id = was.after ORDER BY was.id
RETURNING id, customer_id
"""


def share_out(*, by: User | None, at: datetime, owners: Mapping[int, int]) -> list[int]:
    """Give each customer to the person `owners` names, by keys; answers who changed hands, by key. One statement.

    The caller decides who may, and writes the audit trail. Somebody erased or merged away stays as they are.
    """
    if not owners:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        names: dict[str, Any] = {
            "customers": list(owners),
            "owners": list(owners.values()),
            "at": at,
            "by": by and by.pk,
        }
        cursor.execute(_GIVE, names)
        entries = cursor.fetchall()
        if len(entries) <= TOLD_EACH:
            told = [(entry, owners[customer]) for entry, customer in entries if not by or owners[customer] != by.pk]
            Mention.objects.bulk_create([Mention(user_id=owner, entry_id=entry) for entry, owner in told])
            count_news(people=sorted({owner for _entry, owner in told}))
            for _entry, customer in entries:
                outbox.emit("customer.restated", at=at, customer_id=customer)
        else:  # what follows from whose they are is told of all at once
            first, *others = (customer for _entry, customer in entries)
            outbox.emit("customer.shared_out", at=at, customer_id=first, other_ids=others)
    return [customer for _entry, customer in entries]
