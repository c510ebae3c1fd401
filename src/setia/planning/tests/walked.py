"""Records of this room for a walk along every address, all with the same key; the experiment's customer is Budi's."""

from datetime import date, datetime
from typing import Any

from setia.planning.models import Answer, Claim, Enrolment, Experiment, Rival


def knowing(customer: Any, product: Any, *, key: int, mark: str, at: datetime) -> None:
    """An answer, another brand with a claim, and an experiment a customer was drawn for."""
    said: dict[str, Any] = {"created_at": at, "updated_at": at}
    Answer.objects.create(
        pk=key, question="How is it roasted?", answer="Light.", product=product, checked_at=at, **said
    )
    rival = Rival.objects.create(pk=key, name="Kopi Kapal", **said)
    Claim.objects.create(pk=key, rival=rival, claim="Cheaper", answer="Not by the cup.", **said)
    experiment = Experiment.objects.create(
        pk=key,
        name=f"{mark} tastes",
        method="Bring a sample",
        success="AMOUNT",
        from_date=date(2026, 11, 1),
        until_date=date(2026, 11, 30),
        created_at=at,
    )
    Enrolment.objects.create(experiment=experiment, customer=customer, treated=True, at=at)
