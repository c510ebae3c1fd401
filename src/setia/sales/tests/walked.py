"""Opportunities for a walk along every address: all have the same key, and a mark that nobody else may read."""

from datetime import datetime
from decimal import Decimal

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.sales.models import (
    FollowUp,
    LostReason,
    Opportunity,
    OpportunityLine,
    Pipeline,
    Sequence,
    SequenceStep,
    Stage,
    StageChange,
)


def hoped(customer: Customer, *, owner: User, key: int, mark: str, at: datetime) -> None:
    """A pipeline with a stage, a reason for losses, and a customer's opportunity with a line and its first step."""
    pipeline = Pipeline.objects.create(pk=key, name="Walked", created_at=at, updated_at=at)
    stage = Stage.objects.create(pk=key, pipeline=pipeline, name="Walked", position=1, probability=10)
    LostReason.objects.create(pk=key, name="Walked")
    one = Opportunity.objects.create(
        pk=key,
        customer=customer,
        owner=owner,
        pipeline=pipeline,
        stage=stage,
        title=f"{mark} machines",
        amount=Decimal(5),
        note=mark,
        entered_at=at,
        created_at=at,
        updated_at=at,
    )
    OpportunityLine.objects.create(
        pk=key, opportunity=one, position=1, description=mark, quantity=1, unit_price=5, amount=5
    )
    StageChange.objects.create(pk=key, opportunity=one, after=stage, status="OPEN", amount=5, at=at, by=owner)
    sequence = Sequence.objects.create(pk=key, name="Walked", pipeline=pipeline, created_at=at, updated_at=at)
    SequenceStep.objects.create(pk=key, sequence=sequence, position=1, kind="CALL", title="Call them")
    FollowUp.objects.create(
        pk=key, sequence=sequence, customer=customer, opportunity=one, started_at=at, started_by=owner, updated_at=at
    )
