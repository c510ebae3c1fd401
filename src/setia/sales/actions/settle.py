"""Who has bought is won; whose only purchase is gone is a prospect again, as they stood before.

Called for the few customers of an order or a merge, and for all after an import or its undo.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import connection, transaction

from setia.accounts.actions import audit
from setia.core import outbox
from setia.orders.queries import first_bought
from setia.sales.actions.follow_ups import customers_bought
from setia.sales.models import Prospect

_CHUNK = 20_000
_WON, _BACK = "prospect_won", "prospect_back"

# `first` pairs a customer with their first purchase. Steps and the timeline are written by the same statement.
_WIN = """
WITH first AS (SELECT unnest(%(customers)s::bigint[]) AS customer_id, unnest(%(moments)s::timestamptz[]) AS at),
was AS (SELECT p.id, p.customer_id, p.status, greatest(first.at, p.captured_at) AS at
        FROM sales_prospect p JOIN first USING (customer_id) WHERE p.status <> 'WON' ORDER BY p.id FOR UPDATE OF p),
won AS (UPDATE sales_prospect p SET status = 'WON', reason = '', closed_at = was.at, warned_at = NULL,
          moved_at = greatest(p.moved_at, was.at), updated_at = %(at)s FROM was WHERE p.id = was.id),
steps AS (INSERT INTO sales_prospectstep (prospect_id, before, after, reason, note, at)
          SELECT id, status, 'WON', '', '', at FROM was)
SELECT customer_id FROM was
"""
_REOPEN = """
WITH lost AS (SELECT unnest(%(customers)s::bigint[]) AS customer_id),
was AS (SELECT p.id, p.customer_id,
          coalesce((SELECT nullif(s.before, '') FROM sales_prospectstep s WHERE s.prospect_id = p.id AND s.after = 'WON'
                    ORDER BY s.at DESC, s.id DESC LIMIT 1), 'NEW') AS before
        FROM sales_prospect p JOIN lost USING (customer_id) WHERE p.status = 'WON' ORDER BY p.id FOR UPDATE OF p),
back AS (UPDATE sales_prospect p SET status = was.before, updated_at = %(at)s, moved_at = %(at)s,
           reason = CASE WHEN was.before = 'UNQUALIFIED' THEN 'OTHER' ELSE '' END,
           closed_at = CASE WHEN was.before = 'UNQUALIFIED' THEN %(at)s END FROM was WHERE p.id = was.id),
steps AS (INSERT INTO sales_prospectstep (prospect_id, before, after, reason, note, at)
          SELECT id, 'WON', before, CASE WHEN before = 'UNQUALIFIED' THEN 'OTHER' ELSE '' END, '', %(at)s FROM was)
SELECT customer_id FROM was
"""


def settle(*, customer_ids: Collection[int], at: datetime) -> None:
    """Let these customers' prospects stand as their purchases say. One query where none of them is a prospect."""
    stand = dict(Prospect.objects.filter(customer__in=customer_ids).values_list("customer", "status"))
    if stand:
        _settle(stand, at=at, told=True)


def settle_all(*, at: datetime) -> int:
    """The same for every prospect, a chunk at a time; answers how many changed. Safe to run again at any time."""
    changed = 0
    for stand in _chunks():
        with transaction.atomic():
            changed += _settle(stand, at=at, told=False)
    if changed:
        audit(by=None, at=at, verb="prospect.settled", about="prospect", data={"count": changed})
    return changed


def _chunks() -> Iterator[dict[int, str]]:
    after = 0
    while rows := list(
        Prospect.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "customer", "status")[:_CHUNK]
    ):
        yield {customer: status for _pk, customer, status in rows}
        after = rows[-1][0]


def _settle(stand: dict[int, str], *, at: datetime, told: bool) -> int:
    """`stand` has the status by customer. `told`: each is written down for itself, not all in one line."""
    first = first_bought(stand)
    won = {pk: moment for pk, moment in first.items() if stand[pk] != Prospect.Status.WON}
    lost = [pk for pk, status in stand.items() if status == Prospect.Status.WON and pk not in first]
    changed = []
    with connection.cursor() as cursor:
        if won:
            cursor.execute(_WIN, {"customers": list(won), "moments": list(won.values()), "at": at})
            bought = [pk for (pk,) in cursor.fetchall()]
            customers_bought(bought, at=at)
            changed += [(pk, _WON) for pk in bought]
        if lost:
            cursor.execute(_REOPEN, {"customers": lost, "at": at})
            changed += [(pk, _BACK) for (pk,) in cursor.fetchall()]
    for customer_id, verb in changed if told else ():
        audit(by=None, at=at, verb=f"customer.{verb}", about="customer", about_id=customer_id)
        outbox.emit(f"customer.{verb}", at=at, customer_id=customer_id)
    return len(changed)
