"""Pipelines, their stages, and the reasons for a loss: made, changed, put in order, put away and taken back."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Max

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.core.text import line
from setia.core.words import told_changes
from setia.sales.models import LostReason, Opportunity, Pipeline, Stage
from setia.sales.models.pipelines import first_words

MOST_STAGES = 20
"""In one pipeline: more would fit no screen, and a board asks for each."""


class NameTaken(Exception):
    """Another pipeline, stage of this pipeline, or reason has this name."""


class StillUsed(Exception):
    """Open opportunities stand here. `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class OnlyOne(Exception):
    """The last pipeline or the last stage stays: there would be nowhere to put anything."""


class TooManyStages(Exception):
    """A pipeline has at most `MOST_STAGES` stages."""


class StageFacts(TypedDict, total=False):
    """What a person may say about a stage. `needs` are codes of `Stage.Needs`, `probability` is in percent."""

    name: str
    probability: int
    needs: list[str]
    age_limit_days: int | None


def make_first_pipeline(*, at: datetime) -> None:
    """Give a firm that has no pipeline the usual one, and the usual reasons, in its language. Else nothing."""
    if Pipeline.objects.exists():
        return
    with transaction.atomic():
        words = first_words(firm().language)
        pipeline = _pipeline(words["pipeline"], position=0, at=at)
        _usual_stages(pipeline, words)
        if not LostReason.objects.exists():
            LostReason.objects.bulk_create(LostReason(name=name) for name in words["reasons"])


def add_pipeline(*, by: User, at: datetime, name: str) -> Pipeline:
    """Make a pipeline with the usual stages, to be changed. Raises `NameTaken`."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        latest = Pipeline.objects.aggregate(latest=Max("position"))["latest"] or 0
        made = _pipeline(line(name), position=latest + 1, at=at)
        _usual_stages(made, first_words(firm().language))
        _tell("pipeline.added", by=by, at=at, about_id=made.pk, data={"name": made.name})
    return made


def edit_pipeline(*, by: User, at: datetime, pipeline: Pipeline, name: str) -> None:
    """Call it otherwise. Raises `NameTaken`."""
    require(by, "sales.pipelines")
    said = line(name)
    if said == pipeline.name:
        return
    with transaction.atomic():
        _unless_taken(lambda: Pipeline.objects.filter(pk=pipeline.pk).update(name=said, updated_at=at))
        _tell(
            "pipeline.edited",
            by=by,
            at=at,
            about_id=pipeline.pk,
            data={"changes": told_changes({"name": (pipeline.name, said)})},
        )


def archive_pipeline(*, by: User, at: datetime, pipeline: Pipeline) -> None:
    """Put it away. Raises `StillUsed` while something is open in it, and `OnlyOne` for the last one."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        there = list(Pipeline.objects.select_for_update().filter(archived_at=None).values_list("pk", flat=True))
        if pipeline.pk not in there:
            return
        if len(there) == 1:
            raise OnlyOne
        _refuse_used(stage__pipeline=pipeline)
        Pipeline.objects.filter(pk=pipeline.pk).update(archived_at=at, updated_at=at)
        _tell("pipeline.archived", by=by, at=at, about_id=pipeline.pk, data={"name": pipeline.name})


def restore_pipeline(*, by: User, at: datetime, pipeline: Pipeline) -> None:
    """Use it again."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        away = Pipeline.objects.filter(pk=pipeline.pk, archived_at__isnull=False)
        if away.update(archived_at=None, updated_at=at):
            _tell("pipeline.restored", by=by, at=at, about_id=pipeline.pk, data={"name": pipeline.name})


def add_stage(*, by: User, at: datetime, pipeline: Pipeline, **facts: Unpack[StageFacts]) -> Stage:
    """Put a stage at the end of a pipeline. Raises `NameTaken` and `TooManyStages`."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        Pipeline.objects.select_for_update().get(pk=pipeline.pk)
        there = pipeline.stages.aggregate(latest=Max("position"))["latest"] or 0
        if pipeline.stages.filter(archived_at=None).count() >= MOST_STAGES:
            raise TooManyStages
        made = Stage(pipeline=pipeline, position=there + 1, **_folded(facts))
        _unless_taken(lambda: made.save(force_insert=True))
        _tell("stage.added", by=by, at=at, about_id=made.pk, data={"name": made.name})
    return made


def edit_stage(*, by: User, at: datetime, stage: Stage, **facts: Unpack[StageFacts]) -> None:
    """Save the facts that differ; who stands there stays. Raises `NameTaken`."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        current = Stage.objects.select_for_update().get(pk=stage.pk)
        folded: dict[str, Any] = dict(_folded(facts))
        changes = {
            name: (getattr(current, name), value) for name, value in folded.items() if getattr(current, name) != value
        }
        if changes:
            for name, (_before, value) in changes.items():
                setattr(current, name, value)
            _unless_taken(lambda: current.save(update_fields=list(changes)))
            told = {name: (_plain(before), _plain(after)) for name, (before, after) in changes.items()}
            _tell("stage.edited", by=by, at=at, about_id=stage.pk, data={"changes": told_changes(told)})


def shift_stage(*, by: User, at: datetime, stage: Stage, later: bool) -> None:
    """Change places with the stage before it, or after it with `later`. At the end of the row nothing happens."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        row = list(Stage.objects.select_for_update().filter(pipeline=stage.pipeline_id, archived_at=None))
        row.sort(key=lambda one: (one.position, one.pk))
        place = next((place for place, one in enumerate(row) if one.pk == stage.pk), None)
        other = None if place is None else place + (1 if later else -1)
        if place is None or other is None or not 0 <= other < len(row):
            return
        row[place], row[other] = row[other], row[place]
        for position, one in enumerate(row, start=1):
            one.position = position
        Stage.objects.bulk_update(row, ["position"])
        _tell("stage.shifted", by=by, at=at, about_id=stage.pk, data={"name": stage.name})


def archive_stage(*, by: User, at: datetime, stage: Stage) -> None:
    """Put it away. Raises `StillUsed` while something stands there, and `OnlyOne` for the last of its pipeline."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        row = list(
            Stage.objects.select_for_update()
            .filter(pipeline=stage.pipeline_id, archived_at=None)
            .values_list("pk", flat=True)
        )
        if stage.pk not in row:
            return
        if len(row) == 1:
            raise OnlyOne
        _refuse_used(stage=stage)
        Stage.objects.filter(pk=stage.pk).update(archived_at=at)
        _tell("stage.archived", by=by, at=at, about_id=stage.pk, data={"name": stage.name})


def restore_stage(*, by: User, at: datetime, stage: Stage) -> None:
    """Use it again, at the end of its pipeline."""
    require(by, "sales.pipelines")
    with transaction.atomic():
        latest = Stage.objects.filter(pipeline=stage.pipeline_id).aggregate(latest=Max("position"))["latest"] or 0
        away = Stage.objects.filter(pk=stage.pk, archived_at__isnull=False)
        if away.update(archived_at=None, position=latest + 1):
            _tell("stage.restored", by=by, at=at, about_id=stage.pk, data={"name": stage.name})


def add_lost_reason(*, by: User, at: datetime, name: str) -> LostReason:
    """Add a reason. Raises `NameTaken`."""
    require(by, "sales.pipelines")
    made = LostReason(name=line(name))
    with transaction.atomic():
        _unless_taken(lambda: made.save(force_insert=True))
        _tell("lost_reason.added", by=by, at=at, about_id=made.pk, data={"name": made.name})
    return made


def edit_lost_reason(*, by: User, at: datetime, reason: LostReason, name: str) -> None:
    """Put it otherwise; what was lost for it is counted under the new words. Raises `NameTaken`."""
    require(by, "sales.pipelines")
    said = line(name)
    if said == reason.name:
        return
    with transaction.atomic():
        _unless_taken(lambda: LostReason.objects.filter(pk=reason.pk).update(name=said))
        data = {"changes": told_changes({"name": (reason.name, said)})}
        _tell("lost_reason.edited", by=by, at=at, about_id=reason.pk, data=data)


def archive_lost_reason(*, by: User, at: datetime, reason: LostReason) -> None:
    """Offer it no more; what was lost for it keeps it."""
    _put(by=by, at=at, reason=reason, away=True)


def restore_lost_reason(*, by: User, at: datetime, reason: LostReason) -> None:
    """Offer it again."""
    _put(by=by, at=at, reason=reason, away=False)


def _put(*, by: User, at: datetime, reason: LostReason, away: bool) -> None:
    require(by, "sales.pipelines")
    with transaction.atomic():
        there = LostReason.objects.filter(pk=reason.pk, archived_at__isnull=away)
        if there.update(archived_at=at if away else None):
            verb = "lost_reason.archived" if away else "lost_reason.restored"
            _tell(verb, by=by, at=at, about_id=reason.pk, data={"name": reason.name})


def _pipeline(name: str, *, position: int, at: datetime) -> Pipeline:
    made = Pipeline(name=name, position=position, created_at=at, updated_at=at)
    _unless_taken(lambda: made.save(force_insert=True))
    return made


def _usual_stages(pipeline: Pipeline, words: dict[str, Any]) -> None:
    Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline,
            name=name,
            position=position,
            probability=probability,
            needs=needs,
            age_limit_days=limit,
        )
        for position, (name, probability, needs, limit) in enumerate(words["stages"], start=1)
    )


def _folded(facts: StageFacts) -> StageFacts:
    folded = facts.copy()
    if "name" in folded:
        folded["name"] = line(folded["name"])
    if "needs" in folded:
        asked = {Stage.Needs(one) for one in folded["needs"]}
        folded["needs"] = [one.value for one in Stage.Needs if one in asked]
    return folded


def _plain(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _refuse_used(**where: Any) -> None:
    count = Opportunity.objects.filter(status=Opportunity.Status.OPEN, **where).count()
    if count:
        raise StillUsed(count)


def _unless_taken(save: Any) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as wrong:
        if "name_folded" in str(wrong):
            raise NameTaken from None
        raise


def _tell(verb: str, *, by: User, at: datetime, about_id: int, data: dict[str, Any]) -> None:
    audit(by=by, at=at, verb=verb, about=verb.partition(".")[0], about_id=about_id, data=data)
