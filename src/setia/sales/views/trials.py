"""Counts what became of an experiment's customers, as somebody asked; the experiment's own page shows it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.planning.queries import get_experiment_for
from setia.sales import actions


@require_POST
@needs("planning.experiments")
def weigh_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    """Count and weigh an experiment now."""
    one = get_experiment_for(me(request), pk)
    actions.weigh_experiment(by=me(request), at=timezone.now(), experiment=one)
    return redirect("experiment", pk)
