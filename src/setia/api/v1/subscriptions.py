"""Subscriptions: who pays by the period, and what may be done to what they pay for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid, wrong
from setia.api.v1.fields import (
    PROBLEMS,
    Amount,
    Day,
    Given,
    Key,
    Line64,
    Line100,
    Line200,
    Money,
    Paged,
    ProblemShown,
    Quantity,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.api.v1.plans import Period
from setia.core.versions import version_of
from setia.customers.queries import customers_for
from setia.subscriptions import actions, queries

if TYPE_CHECKING:
    from setia.customers.models import Customer
    from setia.subscriptions.models import Plan, Subscription

router = Router(tags=["Subscriptions"])

State = Literal["TRIAL", "ACTIVE", "PAUSED", "CANCELLED", "EXPIRED"]
Why = Literal["PRICE", "UNUSED", "COMPETITOR", "QUALITY", "UNPAID", "MOVED", "OTHER"]
_MOST = Decimal(10) ** 13


class SubscriptionShown(Shown):
    id: int
    number: str
    source: str
    customer_id: int
    plan_id: int
    plan_code: str
    status: State
    quantity: Money
    price: Money = Field(description=gettext_noop("For one, each period, before discount."))
    discount: Money = Field(description=gettext_noop("In percent."))
    period: Period
    days: int | None = Field(description=gettext_noop("How long a period of DAYS lasts."))
    monthly: Money = Field(description=gettext_noop("What it brings in a month now."))
    started_date: Day
    trial_until_date: Day | None
    from_date: Day | None = Field(description=gettext_noop("The first day of the period that runs."))
    until_date: Day | None = Field(description=gettext_noop("The first day of the next period: it renews then."))
    paused_date: Day | None
    resumes_date: Day | None
    planned_date: Day | None = Field(description=gettext_noop("The day of a planned change."))
    planned: dict[str, str] = Field(description=gettext_noop("What changes then; a plan by its key."))
    ends_date: Day | None = Field(description=gettext_noop("The first day without it."))
    renewed_from_date: Day | None = Field(
        description=gettext_noop("The agreed end there was before the latest renewal took its place.")
    )
    ended_date: Day | None
    reason: Why | Literal[""]
    note: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class SubscriptionPage(Shown):
    items: list[SubscriptionShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class SubscriptionFilters(Paged):
    sort: Literal["newest", "monthly"] = "newest"
    status: Literal["TRIAL", "ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "RUNNING", "LEAVING"] | None = Field(
        None, description=gettext_noop("RUNNING: all that are not over. LEAVING: those whose end is set.")
    )
    plan_id: Key | None = None
    customer_id: Key | None = None
    number: Line200 = Field("", description=gettext_noop("The beginning of a number."))


class SubscriptionGiven(Given):
    """A new subscription. Its customer is named by key, or by number and source; its plan by key or code."""

    customer_id: Key | None = None
    customer_number: Line100 = ""
    customer_source: Line64 = "main"
    plan_id: Key | None = None
    plan_code: Line100 = ""
    started_date: Day
    quantity: Quantity = Field(Decimal(1), gt=0)
    price: Amount | None = Field(None, description=gettext_noop("For one, each period; left out: the plan's."))
    discount: Decimal = Field(
        Decimal(0), ge=0, le=100, max_digits=7, decimal_places=4, description=gettext_noop("In percent.")
    )
    trial_days: int | None = Field(None, ge=0, le=730, description=gettext_noop("Left out: the plan's."))
    ends_date: Day | None = Field(None, description=gettext_noop("The first day without it; left out: no end."))
    number: Line200 = Field("", description=gettext_noop("Empty: Setia gives one."))
    note: Text = ""


class TermsGiven(Given):
    """Other terms from a day on. Fields left out stay as they are; a day to come is planned."""

    day: Day | None = Field(None, description=gettext_noop("Left out: today."))
    quantity: Quantity | None = Field(None, gt=0)
    price: Amount | None = None
    discount: Decimal | None = Field(None, ge=0, le=100, max_digits=7, decimal_places=4)


class SwitchGiven(Given):
    """Another plan from a day on, named by key or code."""

    plan_id: Key | None = None
    plan_code: Line100 = ""
    day: Day | None = Field(None, description=gettext_noop("Left out: today."))
    quantity: Quantity | None = Field(None, gt=0)
    price: Amount | None = Field(None, description=gettext_noop("For one, each period; left out: the plan's."))


class PauseGiven(Given):
    resumes_date: Day | None = Field(None, description=gettext_noop("The first day it runs again."))


class CancelGiven(Given):
    reason: Why
    text: Text = Field("", description=gettext_noop("In their words."))
    at_period_end: bool = Field(True, description=gettext_noop("False: it is over today."))


class RenewGiven(Given):
    ends_date: Day | None = Field(None, description=gettext_noop("The first day without it; left out: no end."))


def shown(one: "Subscription") -> SubscriptionShown:
    """A subscription as it goes out."""
    fields: dict[str, Any] = {
        name: getattr(one, name) for name in SubscriptionShown.model_fields if name != "plan_code"
    }
    return SubscriptionShown(**fields, plan_code=one.plan.code)


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    return answer(
        shown(one),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_subscription", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/subscriptions",
    "subscriptions.view",
    answers={200: SubscriptionPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List subscriptions"),
)
def list_subscriptions(request: Asked, wanted: Query[SubscriptionFilters]) -> HttpResponse:
    params = {
        "status": wanted.status or "",
        "plan": str(wanted.plan_id or ""),
        "customer": str(wanted.customer_id or ""),
        "q": wanted.number,
        "sort": wanted.sort,
    }
    found, _chips = queries.narrow_subscriptions(request.user, queries.subscriptions_for(request.user), params)
    legs = queries.subscription_legs(found, queries.subscription_sort(params))
    page, after = page_of(legs, wanted, name="subscriptions")
    return answer(SubscriptionPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/subscriptions",
    "subscriptions.add",
    answers={201: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Enter a subscription"),
    once=True,
)
def add_subscription(request: Asked, given: SubscriptionGiven) -> HttpResponse:
    facts = given.said(leaving_out=("customer_id", "customer_number", "customer_source", "plan_id", "plan_code"))
    customer, plan = _customer(request, given), _plan(request, given)
    _affordable(given.price if given.price is not None else plan.price, given.quantity)
    try:
        one = actions.start(by=request.user, at=timezone.now(), customer=customer, plan=plan, **facts)
    except actions.WrongDay as error:
        raise _wrong_day(error) from error
    except actions.SubscriptionNumberTaken as error:
        raise _number_taken(request, error.subscription) from error
    return _answer(request, one.pk, status=201)


@offer(
    router,
    "GET",
    "/subscriptions/{int:pk}",
    "subscriptions.view",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a subscription"),
)
def get_subscription(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/subscriptions/{int:pk}",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change the terms of a subscription, from today or a day to come"),
    conditional=True,
    once=True,
)
def change_subscription(request: Asked, pk: int, given: TermsGiven) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    _affordable(one.price if given.price is None else given.price, given.quantity or one.quantity)
    facts = given.said() | {"version": expected(request)}
    return _do(request, pk, lambda: actions.change(by=request.user, at=timezone.now(), subscription=one, **facts))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/switch",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Move a subscription to another plan, from today or a day to come"),
    conditional=True,
    once=True,
)
def switch_subscription(request: Asked, pk: int, given: SwitchGiven) -> HttpResponse:
    one, plan = queries.get_subscription_for(request.user, pk), _plan(request, given)
    _affordable(plan.price if given.price is None else given.price, given.quantity or one.quantity)
    facts = given.said(leaving_out=("plan_id", "plan_code")) | {"plan": plan, "version": expected(request)}
    return _do(request, pk, lambda: actions.switch(by=request.user, at=timezone.now(), subscription=one, **facts))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/drop-planned-change",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Let a planned change of a subscription not come"),
)
def drop_planned_change(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    verb = actions.drop_planned_change
    return _do(request, pk, lambda: verb(by=request.user, at=timezone.now(), subscription=one))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/pause",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Let a subscription rest from today"),
    once=True,
)
def pause_subscription(request: Asked, pk: int, given: PauseGiven) -> HttpResponse:
    one, until = queries.get_subscription_for(request.user, pk), given.resumes_date
    verb = actions.pause
    return _do(request, pk, lambda: verb(by=request.user, at=timezone.now(), subscription=one, resumes_date=until))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/resume",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Let a subscription go on today"),
)
def resume_subscription(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    return _do(request, pk, lambda: actions.resume(by=request.user, at=timezone.now(), subscription=one))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/cancel",
    "subscriptions.cancel",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("End a subscription, when its period is over or today"),
    once=True,
)
def cancel_subscription(request: Asked, pk: int, given: CancelGiven) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    facts: dict[str, Any] = given.model_dump()
    return _do(request, pk, lambda: actions.cancel(by=request.user, at=timezone.now(), subscription=one, **facts))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/keep",
    "subscriptions.cancel",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take back a cancellation whose day has not come"),
)
def keep_subscription(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    return _do(request, pk, lambda: actions.keep(by=request.user, at=timezone.now(), subscription=one))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/renew",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Let a subscription of a fixed time go on after its end"),
    once=True,
)
def renew_subscription(request: Asked, pk: int, given: RenewGiven) -> HttpResponse:
    one, until = queries.get_subscription_for(request.user, pk), given.ends_date
    verb = actions.renew
    return _do(request, pk, lambda: verb(by=request.user, at=timezone.now(), subscription=one, ends_date=until))


@offer(
    router,
    "POST",
    "/subscriptions/{int:pk}/take-renewal-back",
    "subscriptions.edit",
    answers={200: SubscriptionShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Let the end count again that was agreed before the latest renewal"),
)
def take_renewal_back(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_subscription_for(request.user, pk)
    return _do(request, pk, lambda: actions.take_renewal_back(by=request.user, at=timezone.now(), subscription=one))


def _do(request: Asked, pk: int, verb: Callable[[], object]) -> HttpResponse:
    try:
        verb()
    except actions.NotNow as error:
        words = _("A subscription that is over, rests or has no such plan does not allow this. Read it again.")
        raise Problem("in-the-way", words) from error
    except actions.SamePlan as error:
        raise invalid("/plan_id", _("The subscription has this plan already."), "same") from error
    except actions.WrongDay as error:
        raise _wrong_day(error) from error
    return _answer(request, pk)


def _customer(request: Asked, given: SubscriptionGiven) -> "Customer":
    people = customers_for(request.user)
    where = "customer_id" if given.customer_id is not None else "customer_number"
    if given.customer_id is not None:
        people = people.filter(pk=given.customer_id)
    elif given.customer_number:
        people = people.filter(source=given.customer_source or "main", number=given.customer_number)
    else:
        raise invalid("/customer_id", _("Say whose it is, by key or by number."), "missing")
    if (found := people.first()) is None:
        raise invalid(f"/{where}", _("There is no such customer. Add the customer first."), "unknown")
    return found


def _plan(request: Asked, given: SubscriptionGiven | SwitchGiven) -> "Plan":
    plans = queries.plans_for(request.user).filter(archived_at=None)
    where = "plan_id" if given.plan_id is not None else "plan_code"
    if given.plan_id is not None:
        plans = plans.filter(pk=given.plan_id)
    elif given.plan_code:
        plans = plans.filter(code=queries.code(given.plan_code))
    else:
        raise invalid("/plan_id", _("Say which plan, by key or by code."), "missing")
    if (found := plans.first()) is None:
        raise invalid(f"/{where}", _("No such plan is on offer. Make the plan first."), "unknown")
    return found


def _affordable(price: Decimal, quantity: Decimal) -> None:
    if price * quantity >= _MOST:
        raise invalid("/quantity", _("This comes to more than can be kept."), "too_large")


def _wrong_day(error: actions.WrongDay) -> Problem:
    limit: date | None = error.after
    words = _("This day lies too far away, or does not fit the other days.")
    return invalid(f"/{error.field}", f"{words} {limit.isoformat()}" if limit else words, "day")


def _number_taken(request: Asked, other: "Subscription") -> Problem:
    words = _("Another subscription has this number.")
    seen = queries.subscriptions_for(request.user).filter(pk=other.pk).exists()
    candidates = [{"id": other.pk, "name": other.number, "url": reverse("api:get_subscription", args=[other.pk])}]
    return Problem("taken", words, errors=[wrong("/number", words, "taken")], candidates=candidates if seen else [])
