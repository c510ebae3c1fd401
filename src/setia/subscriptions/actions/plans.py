"""Plans: make one, change it, take it off the list and put it back. Those who subscribed keep the terms they have."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.words import told_changes
from setia.subscriptions.actions._record import record
from setia.subscriptions.codes import code
from setia.subscriptions.models import Plan

if TYPE_CHECKING:
    from setia.catalogue.models import Product


class PlanFacts(TypedDict, total=False):
    """What a person may say about a plan."""

    code: str
    name: str
    product: "Product | None"
    price: Decimal
    period: str
    days: int | None
    trial_days: int


class PlanCodeTaken(Exception):
    """Another plan has this code. `plan` is that one."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.code)
        self.plan = plan


def add_plan(*, by: User, at: datetime, **facts: Unpack[PlanFacts]) -> Plan:
    """Make a plan. Raises `PlanCodeTaken`."""
    require(by, "subscriptions.plans")
    plan = Plan(created_at=at, updated_at=at, **facts)
    plan.code = code(plan.code)
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
            record("plan.added", by=by, at=at, about="plan", about_id=plan.pk, customers=set())
    except IntegrityError:
        _refuse_taken(plan)
        raise
    return plan


def edit_plan(*, by: User, at: datetime, plan: Plan, version: str = "", **facts: Unpack[PlanFacts]) -> Plan:
    """Save the facts that differ. Raises `ChangedMeanwhile` (of `core.versions`) and `PlanCodeTaken`."""
    require(by, "subscriptions.plans")
    if "code" in facts:
        facts["code"] = code(facts["code"])
    try:
        with transaction.atomic():
            current = Plan.objects.select_for_update().get(pk=plan.pk)
            versions.check(version, versions.version_of(current.updated_at))
            changes = {
                name: (getattr(current, name), value)
                for name, value in facts.items()
                if getattr(current, name) != value
            }
            if changes:
                for name, value in facts.items():
                    setattr(current, name, value)
                current.updated_at = at
                current.save(update_fields=[*changes, "updated_at"])
                data = {"changes": told_changes(changes)}
                record("plan.edited", by=by, at=at, about="plan", about_id=plan.pk, customers=set(), data=data)
    except IntegrityError:
        _refuse_taken(current)
        raise
    return current


def archive_plan(*, by: User, at: datetime, plan: Plan) -> None:
    """Offer it no more; who has it keeps it."""
    _put(by=by, at=at, plan=plan, away=True)


def restore_plan(*, by: User, at: datetime, plan: Plan) -> None:
    """Offer it again."""
    _put(by=by, at=at, plan=plan, away=False)


def _put(*, by: User, at: datetime, plan: Plan, away: bool) -> None:
    require(by, "subscriptions.plans")
    with transaction.atomic():
        there = Plan.objects.filter(pk=plan.pk, archived_at__isnull=away)
        if there.update(archived_at=at if away else None, updated_at=at):
            verb = "plan.archived" if away else "plan.restored"
            record(verb, by=by, at=at, about="plan", about_id=plan.pk, customers=set())


def _refuse_taken(plan: Plan) -> None:
    if other := Plan.objects.filter(code=plan.code).exclude(pk=plan.pk).first():
        raise PlanCodeTaken(other)
