"""How a subscription moves from one state to the next. What happens by itself happens here, on the day it is due.

`advance` takes a subscription from where it stands to a day, step by step in the order of days; on one day

1. the end comes first, whether cancelled before or agreed from the beginning;
2. then a change that was planned for the day, so that the period that begins now has the new price;
3. then a trial is over or a pause, and the first period begins or the old one goes on, as many days longer;
4. then the next period begins.

Called twice it does nothing the second time, and after a week's standstill it does a week's work, each step on its day.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from setia.accounts.models import User
from setia.core.words import told_changes
from setia.subscriptions.models import Plan, Subscription, SubscriptionPeriod, SubscriptionStep
from setia.subscriptions.terms import amount, begins, monthly

Status, Kind = Subscription.Status, SubscriptionStep.Kind
TERMS = ("quantity", "price", "discount")


class Progress:
    """A subscription on its way, with what has to be written: its steps and its periods."""

    def __init__(self, subscription: Subscription, *, by: User | None, at: datetime) -> None:
        self.one, self.by, self.at = subscription, by, at
        self.steps: list[SubscriptionStep] = []
        self.periods: list[SubscriptionPeriod] = []

    def step(self, kind: str, day: date, *, changes: Mapping[str, Any] | None = None, reason: str = "") -> None:
        """Note a step; what the subscription brings in a month follows from its state and terms."""
        one = self.one
        paying = one.status == Status.ACTIVE
        one.monthly = monthly(one.price, one.quantity, one.discount, one.period, one.days) if paying else Decimal(0)
        told = told_changes(dict(changes or {}))
        self.steps.append(
            SubscriptionStep(
                subscription=one,
                day=day,
                kind=kind,
                status=one.status,
                monthly=one.monthly,
                changes=told,
                reason=reason,
                by=self.by,
                at=self.at,
            )
        )

    def begin(self, anchor: date, count: int = 0) -> None:
        """Let the period begin that is `count` periods after the anchor's."""
        one = self.one
        one.anchor_date, one.anchor_count = anchor, count
        one.from_date = begins(anchor, one.period, one.days, count)
        one.until_date = begins(anchor, one.period, one.days, count + 1)
        self.periods.append(
            SubscriptionPeriod(
                subscription=one,
                from_date=one.from_date,
                until_date=one.until_date,
                amount=amount(one.price, one.quantity, one.discount),
            )
        )

    def advance(self, day: date) -> bool:
        """Do all that is due up to and with a day. Answers whether anything was."""
        moved = False
        while (due := due_date(self.one)) is not None and due <= day:
            self._happen(due)
            moved = True
        self.one.due_date = due_date(self.one)
        return moved

    def _happen(self, day: date) -> None:
        one = self.one
        if one.ends_date == day:
            end(self, day)
        elif one.planned_date == day:
            terms = {name: Decimal(text) for name, text in one.planned.items() if name != "plan"}
            plan = Plan.objects.filter(pk=one.planned.get("plan") or 0).first()
            one.planned_date, one.planned = None, {}
            if plan is None:
                change(self, day, terms)
            else:
                switch(self, day, plan, terms)
        elif one.status == Status.TRIAL and one.trial_until_date == day:
            one.status = Status.ACTIVE
            self.step(Kind.TRIAL_ENDED, day)
            self.begin(day)
        elif one.status == Status.PAUSED and one.resumes_date == day:
            resume(self, day)
        else:
            self.begin(one.anchor_date, one.anchor_count + 1)

    def write(self) -> None:
        """Write down the subscription as it is now, its new steps and periods. New ones are inserted."""
        one = self.one
        one.due_date = due_date(one)
        one.updated_at = self.at
        one.save()
        SubscriptionStep.objects.bulk_create(self.steps)
        SubscriptionPeriod.objects.bulk_create(self.periods)
        self.steps, self.periods = [], []


def due_date(one: Subscription) -> date | None:
    """The next day on which something happens to a subscription by itself."""
    if one.is_over:
        return None
    days = [one.ends_date, one.planned_date]
    if one.status == Status.TRIAL:
        days.append(one.trial_until_date)
    elif one.status == Status.PAUSED:
        days.append(one.resumes_date)
    else:
        days.append(one.until_date)
    return min((day for day in days if day is not None), default=None)


def end(progress: Progress, day: date) -> None:
    """Let it be over from a day on: cancelled where somebody said so, expired where it was agreed from the start."""
    one = progress.one
    refused = {"planned_price": (one.price, Decimal(one.planned["price"]))} if _only_dearer(one) else {}
    one.status = Status.CANCELLED if one.reason else Status.EXPIRED
    one.ended_date = one.ends_date = day
    one.planned_date, one.planned, one.resumes_date = None, {}, None
    progress.step(Kind.CANCELLED if one.reason else Kind.EXPIRED, day, changes=refused, reason=one.reason)


def _only_dearer(one: Subscription) -> bool:
    """Whether a higher price of the same plan was planned: who leaves before it comes did not take it."""
    return "price" in one.planned and "plan" not in one.planned and Decimal(one.planned["price"]) > one.price


def change(progress: Progress, day: date, terms: Mapping[str, Decimal]) -> None:
    """Let other terms count from a day on. The period that runs keeps its price; the next one has the new."""
    one = progress.one
    changes = {name: (getattr(one, name), value) for name, value in terms.items() if getattr(one, name) != value}
    for name, (_before, value) in changes.items():
        setattr(one, name, value)
    if changes:
        progress.step(Kind.CHANGED, day, changes=changes)


def switch(progress: Progress, day: date, plan: Plan, terms: Mapping[str, Decimal]) -> None:
    """Let it go to another plan from a day on, with these terms. Where that plan has another period, the one that runs
    is lived through first, and the next one is of the new length."""
    one = progress.one
    changes: dict[str, tuple[Any, Any]] = {"plan": (str(one.plan), str(plan))}
    changes |= {name: (getattr(one, name), value) for name, value in terms.items() if getattr(one, name) != value}
    for name in changes:
        setattr(one, name, plan if name == "plan" else changes[name][1])
    if (one.period, one.days) != (plan.period, plan.days):
        one.period, one.days = plan.period, plan.days
        if one.until_date is not None:
            one.anchor_date, one.anchor_count = one.until_date, -1
    progress.step(Kind.SWITCHED, day, changes=changes)


def resume(progress: Progress, day: date) -> None:
    """Go on after a pause: what was left of the period when it began is still there, from this day on."""
    one = progress.one
    assert one.paused_date is not None  # a paused one has it
    one.status = Status.ACTIVE
    if one.until_date is not None:
        one.until_date += day - one.paused_date
        # The coming periods are counted from the new end, of which the one that runs now is the one before.
        one.anchor_date, one.anchor_count = one.until_date, -1
    one.paused_date = one.resumes_date = None
    progress.step(Kind.RESUMED, day)
