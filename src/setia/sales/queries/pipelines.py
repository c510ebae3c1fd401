"""Pipelines, their stages and the reasons for a loss, as pages and forms offer them: few rows, read whole."""

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may
from setia.sales.models import LostReason, Pipeline, Stage


def pipelines(*, archived: bool = False) -> list[Pipeline]:
    """The pipelines in use (or those put away) with their stages in use, as `shown`. Two queries."""
    stages = Stage.objects.filter(archived_at=None).order_by("position", "id")
    rows = Pipeline.objects.filter(archived_at__isnull=not archived).order_by("position", "id")
    return list(rows.prefetch_related(Prefetch("stages", queryset=stages, to_attr="shown")))


def chosen_pipeline(there: list[Pipeline], key: str) -> Pipeline | None:
    """The pipeline of this key among `pipelines`, or the usual one; None where a firm has none."""
    return next((one for one in there if str(one.pk) == key), there[0] if there else None)


def pipeline_names() -> list[Pipeline]:
    """The pipelines in use, without their stages."""
    return list(Pipeline.objects.filter(archived_at=None).order_by("position", "id"))


def get_pipeline_for(user: Actor, pk: int) -> Pipeline:
    """A pipeline. Raises `Http404`."""
    found = Pipeline.objects.filter(pk=pk).first() if may(user, "sales.view") else None
    if found is None:
        raise Http404
    return found


def get_stage_for(user: Actor, pk: int) -> Stage:
    """A stage with its pipeline. Raises `Http404`."""
    found = Stage.objects.select_related("pipeline").filter(pk=pk).first() if may(user, "sales.view") else None
    if found is None:
        raise Http404
    return found


def stages_for(user: Actor) -> "QuerySet[Stage]":
    """The stages something may enter, pipeline by pipeline."""
    if not may(user, "sales.view"):
        return Stage.objects.none()
    rows = Stage.objects.filter(archived_at=None, pipeline__archived_at=None).select_related("pipeline")
    return rows.order_by("pipeline__position", "pipeline_id", "position", "id")


def stages_away(pipeline: Pipeline) -> list[Stage]:
    """The stages of a pipeline that were put away."""
    return list(pipeline.stages.filter(archived_at__isnull=False).order_by("name"))


def reasons(*, archived: bool = False) -> list[LostReason]:
    """The reasons for a loss in use (or those put away), by name."""
    return list(LostReason.objects.filter(archived_at__isnull=not archived).order_by("name"))


def reasons_for(user: Actor) -> "QuerySet[LostReason]":
    """The reasons somebody may choose among."""
    rows = LostReason.objects.filter(archived_at=None).order_by("name")
    return rows if may(user, "sales.view") else rows.none()


def get_lost_reason_for(user: Actor, pk: int) -> LostReason:
    """A reason for a loss. Raises `Http404`."""
    found = LostReason.objects.filter(pk=pk).first() if may(user, "sales.view") else None
    if found is None:
        raise Http404
    return found
