"""Compute every portrait and picture anew, and swap them in at once.

1. Alone: another refresh that runs is waited for.
2. Whoever recomputes one customer right now is waited for; from here on they mark what they did as `touched`.
3. Orders and customers are read as columns, on a connection of their own; the models are fitted, everybody described,
   the pictures counted. Nothing is written yet: a refresh killed here leaves all as it was.
4. One transaction: a table of the new portraits takes the place of the old one (`_swap`), the pictures and the note of
   this refresh are written. Readers see all of the old or all of the new. A portrait touched since step 2 knows of an
   order this refresh has not read, and stays.
5. Those few are recomputed with the new models.
"""

import time
from datetime import date, datetime, timedelta

import pyarrow as pa
from django.db import transaction

from setia.accounts.models import User
from setia.catalogue.queries import names_of
from setia.core.models import Event
from setia.core.outbox import emit
from setia.core.permissions import require
from setia.core.queries import firm
from setia.customers.queries.arrow import customer_columns
from setia.orders.queries.arrow import line_columns, order_columns
from setia.portraits.actions._locks import alone, take_swap
from setia.portraits.actions._recorded import recorded_on
from setia.portraits.actions._swap import exchange, fill
from setia.portraits.actions.refresh_one import refresh_one
from setia.portraits.analysis.baskets import LATEST_ORDERS, pair_rows
from setia.portraits.analysis.rules import Rules
from setia.portraits.analysis.shop import latest_day
from setia.portraits.analysis.study import Study, study
from setia.portraits.models import Picture, Portrait, Refresh
from setia.portraits.queries.known import known


def refresh(*, by: User | None, at: datetime, as_of: date | None = None) -> Refresh:
    """Refresh everything as of a day: by default today for a firm whose orders arrive live, else the day of the last
    order. `by` is None for the schedule. Raises `PermissionDenied`.
    """
    if by is not None:
        require(by, "portraits.refresh")
    begun = time.monotonic()
    with alone():
        with transaction.atomic():
            take_swap()
            Portrait.objects.filter(touched=True).update(touched=False)
            event_id = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        found = compute(at=at, as_of=as_of)
        with transaction.atomic():
            fill(_with_stamps(found, at))
            _draw(found, at=at)
            done = Refresh.objects.create(
                as_of_date=found.as_of,
                event_id=event_id,
                customers=found.portraits.num_rows,
                orders=found.orders,
                models_json=found.models,
                started_at=at,
                finished_at=at + timedelta(seconds=time.monotonic() - begun),
                seconds=round(time.monotonic() - begun, 2),
            )
            touched = exchange()
            emit("portraits.refreshed", at=at)
        for customer_id in touched:
            refresh_one(customer_id, at=at)
    return done


def compute(*, at: datetime, as_of: date | None = None) -> Study:
    """All portraits and pictures as they would be as of a day; nothing is written."""
    orders = order_columns()
    own = firm()
    today = own.day_of(at)
    if as_of is None:
        as_of = today if own.feed_live else min(latest_day(orders) or today, today)
    beside, recorded = known(today=today), recorded_on(as_of)
    rules = Rules.of_firm(own.rules)
    found = study(orders, customer_columns(), as_of=as_of, rules=rules, known=beside, recorded=recorded)
    del orders
    found.pictures["together"] = pair_rows(line_columns(latest=LATEST_ORDERS), names_of)
    return found


def _with_stamps(found: Study, at: datetime) -> pa.Table:
    n = found.portraits.num_rows
    return (
        found.portraits.append_column("as_of_date", pa.repeat(pa.scalar(found.as_of), n))
        .append_column("computed_at", pa.repeat(pa.scalar(at.isoformat()), n))
        .append_column("touched", pa.repeat(pa.scalar(False), n))
    )


def _draw(found: Study, *, at: datetime) -> None:
    Picture.objects.filter(name__in=found.pictures).delete()
    Picture.objects.bulk_create(
        Picture(name=name, as_of_date=found.as_of, rows=rows, computed_at=at) for name, rows in found.pictures.items()
    )
