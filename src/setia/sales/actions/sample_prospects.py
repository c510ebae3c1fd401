"""Prospects of a simulated shop: who has not bought yet, how they stand, and some who have bought since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from setia.sales.actions.fit import work_out_fit
from setia.sales.actions.follow_owners import follow_owners
from setia.sales.models import FitTrait, Prospect, ProspectStep
from setia.sales.queries.clock import desk, due_of

_OPEN = (Prospect.Status.NEW, Prospect.Status.WORKING, Prospect.Status.QUALIFIED)


@dataclass(frozen=True)
class SampleProspect:
    """A customer taken down as a prospect at a moment, and how they stand now (`status`, `reason`).

    `answered` is how many minutes later somebody was in touch, None where nobody was yet. `bought_at` is the first
    purchase of one who is won.
    """

    customer_id: int
    captured_at: datetime
    status: str
    how: str = "HAND"
    source: str = ""
    campaign: str = ""
    note: str = ""
    reason: str = ""
    answered: int | None = None
    bought_at: datetime | None = None


def put_sample_prospects(
    samples: Sequence[SampleProspect], traits: Sequence[tuple[str, str, int]], *, at: datetime
) -> dict[str, list[int]]:
    """Write them down with each step, and the ideal customer (`traits`: what, value, weight) where the firm has none.

    Answers the keys made.
    """
    terms, made = desk(), []
    for one in samples:
        came = one.captured_at
        touched = None if one.answered is None else min(came + timedelta(minutes=one.answered), one.bought_at or at, at)
        closed = None if one.status in _OPEN else one.bought_at or min((touched or came) + timedelta(days=2), at)
        made.append(
            Prospect(
                customer_id=one.customer_id,
                status=one.status,
                reason=one.reason,
                note=one.note,
                how=one.how,
                source=one.source,
                campaign=one.campaign,
                captured_at=came,
                due_at=due_of(came, terms),
                first_touch_at=touched,
                moved_at=closed or touched or came,
                closed_at=closed,
                updated_at=at,
            )
        )
    Prospect.objects.bulk_create(made)
    follow_owners([one.customer_id for one in made])
    ProspectStep.objects.bulk_create(step for one in made for step in _steps(one))
    fresh = []
    if not FitTrait.objects.exists():
        fresh = FitTrait.objects.bulk_create(
            FitTrait(what=what, value=value, weight=weight, changed_at=at) for what, value, weight in traits
        )
    work_out_fit(customer_ids=[one.customer_id for one in made])
    return {"prospects": [one.pk for one in made], "fit_traits": [one.pk for one in fresh]}


def take_prospects_out(keys: dict[str, list[int]], *, at: datetime) -> None:
    """Remove those written at this moment that nobody has changed since, and the traits."""
    Prospect.objects.filter(pk__in=keys.get("prospects", []), updated_at=at).delete()
    FitTrait.objects.filter(pk__in=keys.get("fit_traits", []), changed_at=at).delete()


def _steps(one: Prospect) -> list[ProspectStep]:
    """The way to how they stand now."""
    new, talks, ends = Prospect.Status.NEW, Prospect.Status.WORKING, one.closed_at or one.moved_at
    ways: list[tuple[str, str, datetime]] = [("", new, one.captured_at)]
    if one.status != new:
        spoke = one.first_touch_at or one.captured_at
        ways.append((new, talks, spoke))
        if one.status != talks:
            ways.append((talks, one.status, max(ends, spoke)))
    return [
        ProspectStep(
            prospect=one, before=before, after=after, reason=one.reason if after == one.status else "", at=moment
        )
        for before, after, moment in ways
    ]
