"""Who reacts to which event: the one table to read. NOW is in the event's transaction, LATER is a job for the worker.

A reaction now must be quick and may fail the action it belongs to; everything else is later. A job is deferred in the
event's transaction, so it exists exactly if the event does; one that already waits is not queued twice.
"""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.api.actions import announce
from setia.core.models import Event
from setia.customers import queries as customers
from setia.customers.actions import give_back, settle_consent, take_over
from setia.orders import queries as orders
from setia.planning import queries as planning
from setia.portraits import queries as portraits
from setia.reports import actions as reports
from setia.sales import queries as sales
from setia.sales.actions import (
    follow_owners,
    make_first_pipeline,
    mark_customers,
    mark_order,
    mark_stale,
)
from setia.sales.actions import settle as settle_prospects
from setia.service import queries as service
from setia.service.actions import keep_reach
from setia.subscriptions import queries as subscriptions
from setia.subscriptions.actions import follow as follow_revenue

CUSTOMER_KEYS = (
    *customers.CUSTOMER_KEYS,
    *orders.CUSTOMER_KEYS,
    *subscriptions.CUSTOMER_KEYS,
    *planning.CUSTOMER_KEYS,
    *sales.CUSTOMER_KEYS,
    *portraits.CUSTOMER_KEYS,
    *service.CUSTOMER_KEYS,
)
"""Every column of the house that holds a customer's key: what a merge gives to the survivor, and what stays."""


def _give_to_survivor(event: Event) -> None:
    take_over(event.payload["merge_id"])


def _give_back(event: Event) -> None:
    give_back(event.payload["merge_id"])


def _follow_unmerge(event: Event) -> None:
    from setia.intake.actions import follow_unmerge

    follow_unmerge(event.payload["merge_id"])


def _make_first_pipeline(event: Event) -> None:
    make_first_pipeline(at=event.at)


def _count_standing(event: Event) -> None:
    if "zone" in event.payload["fields"]:  # other moments are the day's
        _defer_once("sales.count_standing")


def _settle_consent(event: Event) -> None:
    settle_consent([event.payload["customer_id"], *event.payload["other_ids"]])


def _follow_revenue(event: Event) -> None:
    follow_revenue([event.payload["customer_id"], *event.payload["other_ids"]])


def _keep_reach(event: Event) -> None:
    keep_reach([event.payload["customer_id"], *event.payload.get("other_ids", ())], at=event.at)


def _settle_prospects(event: Event) -> None:
    known = [event.payload["customer_id"], *event.payload.get("other_ids", ())]
    settle_prospects(customer_ids=[pk for pk in known if pk is not None], at=event.at)


def _follow_owners(event: Event) -> None:
    if event.payload.get("what", "CUSTOMERS") not in ("CUSTOMERS", "PROSPECTS"):
        return  # a file of something else hands no customer over
    known = [event.payload.get("customer_id"), *event.payload.get("other_ids", ())]
    follow_owners([pk for pk in known if pk is not None] or None)


def _mark_order(event: Event) -> None:
    mark_order(event.payload["order_id"])
    mark_stale([date.fromisoformat(day) for day in event.payload.get("days", ())])


def _mark_customers(event: Event) -> None:
    mark_customers([event.payload["customer_id"], *event.payload.get("other_ids", ())])


def _keep_portrait_up(event: Event) -> None:
    # What counts is heavy: loaded by the first order, not at the start.
    from setia.portraits import actions

    for customer_id in (event.payload["customer_id"], *event.payload.get("other_ids", ())):
        if customer_id is None:  # a walk-in's order, in the firm's figures alone
            continue
        if not actions.keep_up(customer_id, at=event.at):
            app.configure_task("portraits.refresh_one").defer(customer_id=customer_id)
    if portraits.follows_at_once():
        _defer_once("portraits.refresh_all")


def _mark_sold(event: Event) -> None:
    told = event.payload
    reports.mark_order(told["order_id"], told.get("days", ()), customer=told["customer_id"])


def _mark_buyers(event: Event) -> None:
    reports.mark_customers([event.payload["customer_id"], *event.payload.get("other_ids", ())])


def _mark_regions(event: Event) -> None:
    reports.mark_regions(event.payload["texts"])


def _count_sold_anew(event: Event) -> None:
    # A file of orders is told by the sums of their days; orders it changed may come to the same sum by another product
    # or customer, and are told by their own. A file of customers may have moved any order elsewhere.
    if event.payload.get("what") == "ORDERS":
        from setia.intake.queries import orders_changed

        days, whose = orders_changed(event.payload["run_id"])
        reports.mark_days(days)
        reports.mark_customers(whose)
    _defer_once("reports.check_sold" if event.payload.get("what") == "ORDERS" else "reports.count_all_sold")


NOW: dict[str, tuple[Callable[[Event], None], ...]] = {
    "firm.changed": (_make_first_pipeline, _count_standing),
    "order.changed": (_keep_portrait_up, _settle_prospects, _mark_order, _mark_sold),
    "base.changed": (_keep_portrait_up,),
    "customer.added": (_keep_portrait_up,),
    "customer.edited": (_mark_buyers,),
    "customer.erased": (_mark_buyers,),
    "customer.prospect_captured": (_mark_buyers,),
    "customer.restated": (_follow_owners, _keep_portrait_up, _mark_customers, _mark_buyers),
    "customer.shared_out": (_follow_owners, _mark_customers, _mark_buyers),
    "region.read": (_mark_regions,),
    "import.done": (_follow_owners, _count_sold_anew),
    "import.undone": (_follow_owners, _count_sold_anew),
    # Who won an opportunity is who sold the order it became.
    **dict.fromkeys(("opportunity.won", "opportunity.edited", "opportunity.step_undone"), (_mark_buyers,)),
    "customer.linked": (_keep_portrait_up, _keep_reach),
    "customer.unlinked": (_keep_portrait_up, _keep_reach),
    "customer.overruled": (_keep_portrait_up,),
    "customer.overruling_ended": (_keep_portrait_up,),
    "customer.merged": (
        _give_to_survivor,
        _follow_owners,
        _settle_consent,
        _follow_revenue,
        _keep_portrait_up,
        _keep_reach,
        _settle_prospects,
        _mark_customers,
        _mark_buyers,
    ),
    "customer.unmerged": (
        _give_back,
        _follow_unmerge,
        _follow_owners,
        _settle_consent,
        _follow_revenue,
        _keep_portrait_up,
        _keep_reach,
        _settle_prospects,
        _mark_customers,
        _mark_buyers,
    ),
}
"""Event → functions, called in order."""

LATER: dict[str, tuple[str, ...]] = {
    "import.done": (
        "portraits.refresh_all",
        "customers.keep_regions",
        "customers.keep_name_keys",
        "sales.settle_prospects",
        "sales.count_running",
        "sales.follow_owners",
    ),
    "import.undone": (
        "portraits.refresh_all",
        "customers.keep_regions",
        "sales.settle_prospects",
        "sales.count_running",
        "sales.follow_owners",
    ),
    "target.changed": ("sales.count_stale",),
    "firm.changed": ("portraits.refresh_all",),
    "portraits.refreshed": ("service.work_out_reach",),
}
"""Event → names of tasks without arguments."""


def hear(event: Event) -> None:
    """Let everybody react who listens for this event."""
    for react in NOW.get(event.name, ()):
        react(event)
    for task in LATER.get(event.name, ()):
        _defer_once(task)
    if announce(event):
        _defer_once("api.deliver")


def _defer_once(task: str) -> None:
    try:
        with transaction.atomic():  # the queue's refusal of a second one must not undo the action
            app.configure_task(task, queueing_lock=task).defer()
    except AlreadyEnqueued:
        return
