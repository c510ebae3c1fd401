"""Records of this room for a walk along every address: all have the same key, and a mark that nobody else may read."""

from datetime import datetime

from setia.customers.models import Customer
from setia.sales.models import FitTrait, Prospect, ProspectStep, ShareRule, Submission, WebForm


def asked(customer: Customer, *, key: int, mark: str, at: datetime) -> None:
    """A customer who stands as a prospect, and a form they sent."""
    prospect = Prospect.objects.create(
        pk=key, customer=customer, note=f"{mark} wants a demo", captured_at=at, moved_at=at, updated_at=at
    )
    ProspectStep.objects.create(prospect=prospect, after="NEW", at=at)
    form = WebForm.objects.create(
        pk=key, slug="walk", title="Demo", fields={"email": "MUST"}, made_at=at, updated_at=at
    )
    Submission.objects.create(pk=key, form=form, state="HELD", answers={"name": mark}, customer=customer, at=at)
    ShareRule.objects.create(pk=key, name="North", position=1, changed_at=at)
    FitTrait.objects.create(pk=key, what="REGION", value="Medan", weight=5, changed_at=at)
