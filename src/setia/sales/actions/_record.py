"""Writes down what a verb did to an opportunity: the audit trail, the outbox and the customer's timeline."""

from datetime import datetime
from typing import Any

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.customers.actions import enter
from setia.sales.models import Opportunity


def record_opportunity(
    verb: str,
    *,
    by: User,
    at: datetime,
    opportunity: Opportunity,
    data: dict[str, Any] | None = None,
    stage: str = "",
    on_timeline: bool = True,
) -> None:
    """Write a verb (`moved`) three times over. `data` is for the audit trail: names and sums, no free text.

    `stage` is named on the timeline, which the customer's own colleagues read.
    """
    audit(by=by, at=at, verb=f"opportunity.{verb}", about="opportunity", about_id=opportunity.pk, data=data)
    outbox.emit(f"opportunity.{verb}", at=at, opportunity_id=opportunity.pk, customer_id=opportunity.customer_id)
    if on_timeline:
        words = {"opportunity": opportunity.pk, "title": opportunity.title, "stage": stage}
        enter(f"opportunity_{verb}", by=by, at=at, customer_id=opportunity.customer_id, data=words)
