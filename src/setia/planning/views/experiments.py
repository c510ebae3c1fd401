"""Experiments: the list, one with its result, begun and ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.text import paragraph
from setia.planning import actions, queries
from setia.planning.forms import ExperimentForm
from setia.planning.views._shared import sent


@require_GET
@needs("planning.view")
def experiments(request: HttpRequest) -> HttpResponse:
    """The experiments one may see."""
    today = current_firm().day_of(timezone.now())
    context = {"experiments": queries.listed_experiments(me(request)), "today": today}
    return render(request, "planning/experiments.html", context)


@require_GET
@needs("planning.view")
def experiment(request: HttpRequest, pk: int) -> HttpResponse:
    """One experiment: who takes part, and what it shows so far."""
    one = queries.get_experiment_for(me(request), pk)
    context = {
        "one": one,
        "triers": list(one.triers.select_related("person").order_by("person__name", "id")),
        "sizes": queries.sizes(one),
        "today": current_firm().day_of(timezone.now()),
    }
    return render(request, "planning/experiment.html", context)


@require_http_methods(["GET", "POST"])
@needs("planning.experiments")
def add_experiment(request: HttpRequest) -> HttpResponse:
    """Begin an experiment."""
    form = ExperimentForm(sent(request), initial={"percent": 50, "drawn_by": "LOT", "success": "FIRST_ORDER"})
    if request.method == "POST" and form.is_valid():
        facts: dict[str, Any] = form.facts()
        made = actions.begin_experiment(by=me(request), at=timezone.now(), **facts)
        return redirect("experiment", made.pk)
    return render(request, "planning/add_experiment.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs("planning.experiments")
def end_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    """End it, and say what was learnt."""
    one = queries.get_experiment_for(me(request), pk)
    learnt = paragraph(request.POST.get("learnt", ""))[:10_000]
    actions.end_experiment(by=me(request), at=timezone.now(), experiment=one, learnt=learnt)
    return redirect("experiment", pk)
