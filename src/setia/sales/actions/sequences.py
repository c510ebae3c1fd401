"""Sequences of follow-ups as templates: made, changed, put away and taken back. What runs stands in `follow_ups`."""

from collections.abc import Sequence as Row
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.core.words import told_changes
from setia.sales.actions.pipelines import NameTaken
from setia.sales.models import Activity, Pipeline, Prospect, Sequence, SequenceStep, Stage

MOST_STEPS = 20
"""In one sequence."""


class NoSteps(Exception):
    """A sequence needs at least one step, and has at most `MOST_STEPS`."""


class NotOfPipeline(Exception):
    """The stage is another pipeline's, or a sequence that starts by itself has no stage to start in."""


@dataclass(frozen=True)
class Step:
    """A step as a person enters it. `counted` is one of `SequenceStep.Counted`, `kind` one of `Activity.Kind`."""

    kind: str
    title: str
    days: int = 0
    counted: str = SequenceStep.Counted.BEFORE.value
    note: str = ""


class SequenceFacts(TypedDict, total=False):
    """What a person may say about a sequence. Without a pipeline it is for prospects, of `status` or of any state."""

    name: str
    pipeline: Pipeline | None
    stage: Stage | None
    status: str
    starts_itself: bool
    working_days: bool
    ends_on: list[str]


def add_sequence(*, by: User, at: datetime, steps: Row[Step], **facts: Unpack[SequenceFacts]) -> Sequence:
    """Make one. Raises `NameTaken`, `NoSteps` and `NotOfPipeline`."""
    require(by, "sales.sequences")
    made = Sequence(created_at=at, updated_at=at)
    _write(made, facts)
    with transaction.atomic():
        _unless_taken(made, force_insert=True)
        _put_steps(made, steps)
        _tell("added", by=by, at=at, sequence=made, data={"name": made.name, "steps": len(steps)})
    return made


def edit_sequence(
    *,
    by: User,
    at: datetime,
    sequence: Sequence,
    steps: Row[Step] | None = None,
    version: str = "",
    **facts: Unpack[SequenceFacts],
) -> Sequence:
    """Save what differs; steps are replaced as a whole where given, and what runs goes on by the new ones from the next
    step on. Raises as `add_sequence`, and `ChangedMeanwhile` of `core.versions`.
    """
    require(by, "sales.sequences")
    with transaction.atomic():
        current = Sequence.objects.select_for_update().get(pk=sequence.pk)
        versions.check(version, versions.version_of(current.updated_at))
        before = {name: getattr(current, name) for name in facts}
        _write(current, facts)
        changes = {name: (was, now) for name, was in before.items() if (now := getattr(current, name)) != was}
        others = steps is not None and _steps_of(current) != [_folded(one) for one in steps]
        if not changes and not others:
            return current
        current.updated_at = at
        _unless_taken(current, update_fields=[*changes, "updated_at"])
        if others and steps is not None:
            current.steps.all().delete()
            _put_steps(current, steps)
        plain = {name: (_plain(was), _plain(now)) for name, (was, now) in changes.items()}
        data = {"changes": told_changes(plain), "fields": ["steps"] if others else []}
        _tell("edited", by=by, at=at, sequence=current, data=data)
    return current


def archive_sequence(*, by: User, at: datetime, sequence: Sequence) -> None:
    """Put it away: it starts no more. What runs goes on to its end."""
    _put(by=by, at=at, sequence=sequence, away=True)


def restore_sequence(*, by: User, at: datetime, sequence: Sequence) -> None:
    """Use it again."""
    _put(by=by, at=at, sequence=sequence, away=False)


def _put(*, by: User, at: datetime, sequence: Sequence, away: bool) -> None:
    require(by, "sales.sequences")
    with transaction.atomic():
        there = Sequence.objects.filter(pk=sequence.pk, archived_at__isnull=away)
        if there.update(archived_at=at if away else None, updated_at=at):
            _tell("archived" if away else "restored", by=by, at=at, sequence=sequence, data={"name": sequence.name})


def _write(sequence: Sequence, facts: SequenceFacts) -> None:
    for name, value in facts.items():
        setattr(sequence, name, value)
    sequence.name = line(sequence.name)[:100]
    sequence.ends_on = [one.value for one in Activity.Outcome if one.value in set(sequence.ends_on)]
    if sequence.pipeline is not None:
        sequence.status = ""
    else:
        sequence.stage, sequence.starts_itself = None, False
        sequence.status = Prospect.Status(sequence.status).value if sequence.status else ""
    if sequence.stage is not None and sequence.stage.pipeline_id != sequence.pipeline_id:
        raise NotOfPipeline
    if sequence.starts_itself and sequence.stage is None:
        raise NotOfPipeline


def _folded(step: Step) -> Step:
    kind = Activity.Kind(step.kind)
    title = line(step.title)[:200] or str(kind.label)
    counted = SequenceStep.Counted(step.counted).value
    return Step(kind.value, title, step.days, counted, paragraph(step.note))


def _steps_of(sequence: Sequence) -> list[Step]:
    rows = sequence.steps.order_by("position")
    return [Step(one.kind, one.title, one.days, one.counted, one.note) for one in rows]


def _put_steps(sequence: Sequence, steps: Row[Step]) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        raise NoSteps
    SequenceStep.objects.bulk_create(
        SequenceStep(sequence=sequence, position=position, **asdict(_folded(one)))
        for position, one in enumerate(steps, start=1)
    )


def _unless_taken(sequence: Sequence, **how: Any) -> None:
    try:
        with transaction.atomic():
            sequence.save(**how)
    except IntegrityError as wrong:
        if "name_folded" in str(wrong):
            raise NameTaken from None
        raise


def _plain(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else str(value) if hasattr(value, "pk") else value


def _tell(verb: str, *, by: User, at: datetime, sequence: Sequence, data: dict[str, Any]) -> None:
    audit(by=by, at=at, verb=f"sequence.{verb}", about="sequence", about_id=sequence.pk, data=data)
