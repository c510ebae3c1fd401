"""The forecast, counted in two ways."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.sales import queries
from setia.sales.views._shared import params_of


@require_GET
@needs("sales.forecast")
def forecast(request: HttpRequest) -> HttpResponse:
    """What open opportunities bring by month: by the stages' probability, and by the firm's own history."""
    there = queries.pipeline_names()
    pipeline = queries.chosen_pipeline(there, params_of(request)["pipeline"])
    context = {
        "pipeline": pipeline,
        "choices": [(str(one.pk), one.name) for one in there],
        "page": queries.forecast_page(pipeline, today=current_firm().day_of(timezone.now())) if pipeline else None,
    }
    return render(request, "sales/forecast.html", context)


@require_POST
@needs("sales.forecast")
def work_out_forecast(request: HttpRequest) -> HttpResponse:
    """Let the worker estimate anew; a second wish while one waits changes nothing."""
    try:
        with transaction.atomic():
            app.configure_task("sales.work_out_forecast", queueing_lock="sales.work_out_forecast").defer()
    except AlreadyEnqueued:
        pass
    messages.info(request, _("The forecast is being worked out. It stands here in a moment."))
    return redirect("forecast")
