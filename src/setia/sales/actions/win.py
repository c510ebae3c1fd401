"""Win an opportunity: what was offered becomes an order or a subscription in the same transaction; and take steps back.

1. `win_opportunity` closes it and enters what it becomes, through the verbs of `orders` and `subscriptions`; or it says
   by which order, entered before, it was bought.
2. `undo_step` takes the latest step back. A win taken back takes its order back by a return, and ends its subscription,
   so that no money is counted that nobody owes. An order that was there before stays.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions import refuse_erased
from setia.orders.actions import CannotGiveBack, Line, give_back
from setia.orders.actions import add as add_order
from setia.sales.actions._record import record_opportunity
from setia.sales.actions.follow_ups import opportunity_back
from setia.sales.actions.opportunities import NothingToUndo, close, locked, refuse_elsewhere
from setia.sales.models import Opportunity, OpportunityLine, StageChange
from setia.subscriptions.actions import NotNow, WrongDay, cancel, start

if TYPE_CHECKING:
    from setia.orders.models import Order
    from setia.subscriptions.models import Plan, Subscription

Status = Opportunity.Status


class NothingToOrder(Exception):
    """An order needs lines, or at least an amount."""


class NotTheirOrder(Exception):
    """The order is no purchase of this customer, was taken back, or another opportunity was won with it."""


class CannotSubscribe(Exception):
    """No subscription can begin on that day."""


@dataclass(frozen=True)
class Subscribed:
    """The subscription a won opportunity becomes. Money for one, each period."""

    plan: "Plan"
    started_date: date
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None


def win_opportunity(
    *,
    by: User,
    at: datetime,
    opportunity: Opportunity,
    order: bool = True,
    subscribed: Subscribed | None = None,
    ordered: "Order | None" = None,
    seen: int | None = None,
) -> Opportunity:
    """Say that it was bought. With `order` its lines become an order of today; without lines, one line of its amount.

    With `subscribed` the customer subscribes: the lines with the plan's product are meant by it, the others are ordered
    if `order` says so. `ordered` is the order by which it was bought, entered before: none is made then, no money is
    counted twice, and what it brought is its total. With none of them, what was sold is entered elsewhere. Raises
    `StandsElsewhere`, `NothingToOrder`, `NotTheirOrder` and `CannotSubscribe`.
    """
    require(by, "sales.opportunities")
    with transaction.atomic():
        current = locked(opportunity)
        refuse_elsewhere(current, seen)
        refuse_erased([current.customer_id])
        lines = list(current.lines.select_related("product").order_by("position"))
        if subscribed is not None:
            lines = _beside(lines, subscribed)
        if ordered is not None:
            current.order = _theirs(current, ordered)
        elif order and (lines or subscribed is None):
            current.order = add_order(
                by=by, at=at, customer=current.customer, ordered_at=at, lines=_ordered(current, lines)
            )
        if subscribed is not None:
            current.subscription = _started(current, subscribed, by=by, at=at)
        close(current, Status.WON, by=by, at=at, also=("order", "subscription"))
        if ordered is not None:  # its step keeps what was hoped for; what it brought is what was ordered
            current.amount = ordered.total
            current.save(update_fields=["amount"])
        data = {"order": current.order_id, "subscription": current.subscription_id}
        record_opportunity("won", by=by, at=at, opportunity=current, data=data)
    return current


def undo_step(*, by: User, at: datetime, opportunity: Opportunity, step: int) -> Opportunity:
    """Take the latest step back: a move, a win, a loss. `step` is the key of that step, so that no other is taken.

    A step somebody took after it, or an opening again, is not taken back: raises `NothingToUndo`.
    """
    require(by, "sales.opportunities")
    with transaction.atomic():
        current = locked(opportunity)
        refuse_erased([current.customer_id])
        steps = list(
            current.changes.select_for_update(of=("self",))
            .filter(undone_at=None)
            .select_related("before")
            .order_by("-at", "-id")[:2]
        )
        if len(steps) < 2 or steps[0].pk != step or steps[1].status != Status.OPEN:
            raise NothingToUndo
        taken, back_to = steps[0], steps[0].before
        if back_to is None:
            raise NothingToUndo
        StageChange.objects.filter(pk=taken.pk).update(undone_at=at)
        if taken.status == Status.WON:
            _take_back(current, by=by, at=at, won_at=taken.at)
            current.amount = taken.amount
        current.stage, current.pipeline_id = back_to, back_to.pipeline_id
        current.status, current.closed_at, current.updated_at = Status.OPEN, None, at
        current.entered_at = taken.since or at
        current.lost_reason, current.lost_note, current.lost_to = None, "", None
        current.order = current.subscription = None
        current.save()
        record_opportunity("step_undone", by=by, at=at, opportunity=current, stage=current.stage.name)
        opportunity_back(current, by=by, at=at, since=taken.at)
    return current


def _started(current: Opportunity, subscribed: Subscribed, *, by: User, at: datetime) -> "Subscription":
    try:
        return start(
            by=by,
            at=at,
            customer=current.customer,
            plan=subscribed.plan,
            started_date=subscribed.started_date,
            quantity=subscribed.quantity,
            price=subscribed.price,
        )
    except WrongDay:
        raise CannotSubscribe from None


def _theirs(current: Opportunity, ordered: "Order") -> "Order":
    # Two who name one order in the same moment take turns.
    ordered = type(ordered).objects.select_for_update(of=("self",)).get(pk=ordered.pk)
    bought = ordered.kind == ordered.Kind.PURCHASE and not ordered.reversed
    others = Opportunity.objects.filter(order=ordered).exclude(pk=current.pk)
    if ordered.customer_id != current.customer_id or not bought or others.exists():
        raise NotTheirOrder
    return ordered


def _take_back(current: Opportunity, *, by: User, at: datetime, won_at: datetime) -> None:
    """Undo what it became, unless somebody has done so already (or it was free, which takes nothing back).

    An order the win made is as old as the win; one that was there before is nobody's mistake.
    """
    if current.order is not None and current.order.created_at == won_at:
        with suppress(CannotGiveBack):
            give_back(by=by, at=at, order=current.order, reason=_("It was marked as won by mistake."))
    if current.subscription is not None:
        with suppress(NotNow):
            cancel(by=by, at=at, subscription=current.subscription, reason="OTHER")


def _beside(lines: list[OpportunityLine], subscribed: Subscribed) -> list[OpportunityLine]:
    """The lines a subscription does not stand for: a lone line is what it stands for, whatever its product."""
    if len(lines) == 1:
        return []
    return [one for one in lines if one.product_id is None or one.product_id != subscribed.plan.product_id]


def _ordered(current: Opportunity, lines: list[OpportunityLine]) -> list[Line]:
    if lines:
        return [Line(one.product, one.quantity, one.unit_price, Decimal(0), one.description) for one in lines]
    if current.amount is None:
        raise NothingToOrder
    return [Line(None, Decimal(1), current.amount, Decimal(0), current.title)]
