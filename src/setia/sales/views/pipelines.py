"""Settings of selling: pipelines with their stages, and the reasons for a loss."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.sales import actions, queries
from setia.sales.pipeline_forms import NameForm, StageForm
from setia.sales.views._shared import sent


@require_GET
@needs("sales.pipelines")
def pipelines(request: HttpRequest) -> HttpResponse:
    """All pipelines with their stages, and the reasons for a loss."""
    context = {
        "pipelines": queries.pipelines(),
        "away": queries.pipelines(archived=True),
        "reasons": queries.reasons(),
        "reasons_away": queries.reasons(archived=True),
    }
    return render(request, "sales/pipelines.html", context)


@require_http_methods(["GET", "POST"])
@needs("sales.pipelines")
def add_pipeline(request: HttpRequest) -> HttpResponse:
    """Make a pipeline."""
    form = NameForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_pipeline(by=me(request), at=timezone.now(), name=form.cleaned_data["name"])
        except actions.NameTaken:
            form.taken()
        else:
            return redirect("edit_pipeline", made.pk)
    return _page(request, "sales/add_pipeline.html", form)


@require_http_methods(["GET", "POST"])
@needs("sales.pipelines")
def edit_pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name and its stages, in their order."""
    pipeline = queries.get_pipeline_for(me(request), pk)
    form = NameForm(sent(request), initial={"name": pipeline.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_pipeline(by=me(request), at=timezone.now(), pipeline=pipeline, name=form.cleaned_data["name"])
        except actions.NameTaken:
            form.taken()
        else:
            return redirect("edit_pipeline", pk)
    stages = list(pipeline.stages.filter(archived_at=None).order_by("position", "id"))
    context = {"pipeline": pipeline, "stages": stages, "away": queries.stages_away(pipeline)}
    return _page(request, "sales/edit_pipeline.html", form, **context)


@require_POST
@needs("sales.pipelines")
def archive_pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away."""
    pipeline = queries.get_pipeline_for(me(request), pk)
    try:
        actions.archive_pipeline(by=me(request), at=timezone.now(), pipeline=pipeline)
    except actions.StillUsed as used:
        messages.warning(request, _used(used.count))
    except actions.OnlyOne:
        messages.warning(request, _("The only pipeline stays. Make another one first."))
    return redirect("pipelines")


@require_POST
@needs("sales.pipelines")
def restore_pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Use it again."""
    actions.restore_pipeline(by=me(request), at=timezone.now(), pipeline=queries.get_pipeline_for(me(request), pk))
    return redirect("pipelines")


@require_http_methods(["GET", "POST"])
@needs("sales.pipelines")
def add_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a stage at the end of a pipeline."""
    pipeline = queries.get_pipeline_for(me(request), pk)
    form = StageForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_stage(by=me(request), at=timezone.now(), pipeline=pipeline, **form.facts())
        except actions.NameTaken:
            form.taken()
        except actions.TooManyStages:
            form.add_error(None, _("A pipeline has at most {n} stages.").format(n=actions.MOST_STAGES))
        else:
            return redirect("edit_pipeline", pk)
    return _page(request, "sales/add_stage.html", form, pipeline=pipeline)


@require_http_methods(["GET", "POST"])
@needs("sales.pipelines")
def edit_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a stage."""
    stage = queries.get_stage_for(me(request), pk)
    initial = {name: getattr(stage, name) for name in StageForm.base_fields}
    form = StageForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_stage(by=me(request), at=timezone.now(), stage=stage, **form.facts())
        except actions.NameTaken:
            form.taken()
        else:
            return redirect("edit_pipeline", stage.pipeline_id)
    return _page(request, "sales/edit_stage.html", form, stage=stage)


@require_POST
@needs("sales.pipelines")
def shift_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it one place earlier, or later."""
    stage = queries.get_stage_for(me(request), pk)
    later = request.POST.get("way") == "later"
    actions.shift_stage(by=me(request), at=timezone.now(), stage=stage, later=later)
    return redirect("edit_pipeline", stage.pipeline_id)


@require_POST
@needs("sales.pipelines")
def archive_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away."""
    stage = queries.get_stage_for(me(request), pk)
    try:
        actions.archive_stage(by=me(request), at=timezone.now(), stage=stage)
    except actions.StillUsed as used:
        messages.warning(request, _used(used.count))
    except actions.OnlyOne:
        messages.warning(request, _("The only stage stays. Make another one first."))
    return redirect("edit_pipeline", stage.pipeline_id)


@require_POST
@needs("sales.pipelines")
def restore_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Use it again."""
    stage = queries.get_stage_for(me(request), pk)
    actions.restore_stage(by=me(request), at=timezone.now(), stage=stage)
    return redirect("edit_pipeline", stage.pipeline_id)


@require_http_methods(["GET", "POST"])
@needs("sales.pipelines")
def add_lost_reason(request: HttpRequest) -> HttpResponse:
    """Add a reason for a loss."""
    form = NameForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_lost_reason(by=me(request), at=timezone.now(), name=form.cleaned_data["name"])
        except actions.NameTaken:
            form.taken()
        else:
            return redirect("pipelines")
    return _page(request, "sales/add_lost_reason.html", form)


@require_http_methods(["GET", "POST"])
@needs("sales.pipelines")
def edit_lost_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a reason otherwise."""
    reason = queries.get_lost_reason_for(me(request), pk)
    form = NameForm(sent(request), initial={"name": reason.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_lost_reason(by=me(request), at=timezone.now(), reason=reason, name=form.cleaned_data["name"])
        except actions.NameTaken:
            form.taken()
        else:
            return redirect("pipelines")
    return _page(request, "sales/edit_lost_reason.html", form, reason=reason)


@require_POST
@needs("sales.pipelines")
def archive_lost_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    reason = queries.get_lost_reason_for(me(request), pk)
    actions.archive_lost_reason(by=me(request), at=timezone.now(), reason=reason)
    return redirect("pipelines")


@require_POST
@needs("sales.pipelines")
def restore_lost_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it again."""
    reason = queries.get_lost_reason_for(me(request), pk)
    actions.restore_lost_reason(by=me(request), at=timezone.now(), reason=reason)
    return redirect("pipelines")


def _used(count: int) -> str:
    return ngettext(
        "One opportunity is open here. Move or close it first.",
        "%(count)s opportunities are open here. Move or close them first.",
        count,
    ) % {"count": count}


def _page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
