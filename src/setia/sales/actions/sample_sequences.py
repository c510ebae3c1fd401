"""A sequence of follow-ups of a simulated shop, which runs for the opportunities whose offer was sent."""

from collections.abc import Sequence as Row
from datetime import date, datetime, timedelta

from setia.accounts.models import User
from setia.sales.models import (
    ANSWERS,
    Activity,
    FollowStep,
    FollowUp,
    Opportunity,
    Sequence,
    SequenceStep,
    Stage,
)

_NAME = "Setelah penawaran"
_STEPS = (
    ("CALL", "Tanya apakah penawarannya sudah dibaca", 2, "Pastikan mereka menerima berkasnya."),
    ("EMAIL", "Kirim cerita pelanggan serupa", 3, ""),
    ("VISIT", "Mampir dan bawa contoh", 4, ""),
    ("CALL", "Minta keputusan", 5, "Tawarkan pembayaran dua kali bila harga jadi masalah."),
)
_PLACE = 2
"""The stage it is for, from 0: the one in which an offer has been sent."""


def put_sample_sequence(opportunities: Row[int], *, owner: User, at: datetime, today: date) -> dict[str, list[int]]:
    """Make it, and let it run for those of these opportunities that stand in its stage. Answers the keys made."""
    there = Opportunity.objects.filter(pk__in=opportunities, status=Opportunity.Status.OPEN)
    usual = Stage.objects.filter(archived_at=None, pipeline__archived_at=None).order_by(
        "pipeline__position", "pipeline_id", "position"
    )
    stage = usual[_PLACE : _PLACE + 1].first()
    if stage is None or Sequence.objects.filter(name__iexact=_NAME).exists():
        return {"sequences": []}
    made = Sequence.objects.create(
        name=_NAME,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        starts_itself=True,
        ends_on=list(ANSWERS),
        created_at=at,
        updated_at=at,
    )
    SequenceStep.objects.bulk_create(
        SequenceStep(sequence=made, position=place, kind=kind, title=title, days=days, note=note)
        for place, (kind, title, days, note) in enumerate(_STEPS, start=1)
    )
    kind, title, days, note = _STEPS[0]
    for one in there.filter(stage=stage).order_by("pk"):
        run = FollowUp.objects.create(
            sequence=made, customer_id=one.customer_id, opportunity=one, position=1, started_at=at, updated_at=at
        )
        activity = Activity.objects.create(
            kind=kind,
            title=title,
            note=note,
            customer_id=one.customer_id,
            opportunity=one,
            owner=owner,
            due_date=today + timedelta(days=days),
            created_at=at,
            updated_at=at,
        )
        FollowStep.objects.create(follow_up=run, position=1, activity=activity)
    return {"sequences": [made.pk]}


def take_sequence_out(keys: Row[int], *, at: datetime) -> None:
    """Remove the sequence with what runs of it, unless somebody has changed it or started it themselves since."""
    theirs = FollowUp.objects.filter(sequence__in=keys, started_at=at)
    untouched = Activity.objects.filter(by=None, done_at=None, cancelled_at=None, revision=0, created_at=at)
    steps = FollowStep.objects.filter(follow_up__in=theirs.filter(updated_at=at))
    untouched.filter(pk__in=steps.values("activity"), visit=None).delete()
    theirs.filter(updated_at=at).delete()
    kept = FollowUp.objects.filter(sequence__in=keys).values("sequence")
    Sequence.objects.filter(pk__in=keys, updated_at=at).exclude(pk__in=kept).delete()
