"""Recompute one customer from the models of the latest refresh: what a new order does at once.

The groups of RFM come from the edges of that refresh, rank and thrift (which are told by comparing everybody) wait for
the next one. Before the first refresh only what needs no model is said.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from setia.core.queries import firm
from setia.customers.queries.arrow import columns_of
from setia.orders.queries.arrow import columns_of_customer
from setia.portraits.actions._locks import share_swap
from setia.portraits.models import Portrait, Refresh
from setia.portraits.queries.known import known


class SwapRunning(Exception):
    """All portraits are being swapped at this moment: ask again when that is done."""


def refresh_one(customer_id: int, *, at: datetime, wait: bool = True) -> None:
    """Recompute a customer's portrait, in the caller's transaction where there is one; none is kept of one who is gone.

    Raises `SwapRunning` unless `wait`.
    """
    # What counts is heavy to import and a page that shows a portrait does not need it.
    from setia.portraits.actions._recorded import recorded_on
    from setia.portraits.analysis.fitting import load
    from setia.portraits.analysis.rules import Rules
    from setia.portraits.analysis.shop import latest_day
    from setia.portraits.analysis.study import overrule_customer, study_customer

    with transaction.atomic():
        if not share_swap(wait=wait):
            raise SwapRunning
        customer = columns_of(customer_id)
        if customer.num_rows == 0:
            Portrait.objects.filter(pk=customer_id).delete()
            return
        orders = columns_of_customer(customer_id)
        own, latest = firm(), Refresh.objects.order_by("-id").first()
        today = own.day_of(at)
        if own.feed_live or latest is None:
            as_of = today
        else:
            # An old file stays as of its last order, a newer order moves the day along for this customer.
            as_of = min(max(latest.as_of_date, latest_day(orders) or latest.as_of_date), today)
        models = load(latest.models_json if latest else {})
        beside, recorded = known(today=today, customer_id=customer_id), recorded_on(as_of, customer_id=customer_id)
        rules = Rules.of_firm(own.rules)
        row = study_customer(orders, customer, as_of=as_of, models=models, rules=rules, known=beside, recorded=recorded)
        _keep_what_is_told_by_comparing(customer_id, row)
        row |= {"as_of_date": as_of, "computed_at": at, "touched": True}
        overrule_customer(row, beside)
        row["computed"] = json.dumps(row["computed"])
        _write(row)


def keep_up(customer_id: int, *, at: datetime) -> bool:
    """Recompute a customer now; False when all portraits are being swapped, so that it must be done later."""
    try:
        refresh_one(customer_id, at=at, wait=False)
    except SwapRunning:
        return False
    return True


def _keep_what_is_told_by_comparing(customer_id: int, row: dict[str, Any]) -> None:
    old = Portrait.objects.filter(pk=customer_id).first()
    scores, evidence = json.loads(row["trait_scores"]), json.loads(row["evidence"])
    scores.pop("THRIFTY", None)
    evidence.pop("promotion_rate", None)
    if old is not None:
        row["spent_rank"] = old.spent_rank
        row["rfm_cell_before"] = old.rfm_cell_before
        if "THRIFTY" in old.trait_scores:
            scores["THRIFTY"] = old.trait_scores["THRIFTY"]
            evidence["promotion_rate"] = old.evidence.get("promotion_rate")
    row["trait_scores"], row["evidence"] = json.dumps(scores), json.dumps(evidence)
    row["traits"] = [name for name, score in scores.items() if score >= 0.5]


def _write(row: dict[str, Any]) -> None:
    row = {name: value for name, value in row.items() if value is not None}
    row.setdefault("rfm_cell", "")
    row.setdefault("rfm_cell_before", "")
    nothing = {f.attname for f in Portrait._meta.concrete_fields} - set(row)
    row |= dict.fromkeys(nothing)
    names = list(row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO portraits_portrait ({", ".join(names)}) VALUES ({", ".join(["%s"] * len(names))})
            ON CONFLICT (customer_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in names)}
            """,  # noqa: S608 - names of our own columns
            list(row.values()),
        )
