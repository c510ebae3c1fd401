"""Experiments, who takes part in them, and what a customer was drawn for."""

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may, owners_seen
from setia.planning.models import Enrolment, Experiment


class Drawn(NamedTuple):
    """An experiment a customer takes part in, and whether they were drawn for the new way."""

    experiment: Experiment
    treated: bool


def experiments_for(user: Actor) -> QuerySet[Experiment]:
    """The experiments this person may see: all, for whoever sees all customers; else those they take part in."""
    if not may(user, "planning.view"):
        return Experiment.objects.none()
    if owners_seen(user) is None:
        return Experiment.objects.all()
    return Experiment.objects.filter(triers__person=getattr(user, "pk", None)).distinct()


def get_experiment_for(user: Actor, pk: int) -> Experiment:
    """One experiment. Raises `Http404`."""
    found = experiments_for(user).select_related("made_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def listed_experiments(user: Actor, *, most: int = 200) -> list[Experiment]:
    """The experiments, the one that runs longest first."""
    return list(experiments_for(user).order_by("-until_date", "-id")[:most])


def experiments_due(*, today: date) -> list[Experiment]:
    """Those to be counted anew: they run, or ended within two weeks, as returns may still come."""
    since = date.fromordinal(today.toordinal() - 14)
    return list(Experiment.objects.filter(from_date__lte=today, until_date__gte=since).order_by("id"))


def sizes(experiment: Experiment) -> tuple[int, int]:
    """How many customers were drawn for the new way, and how many for the present one."""
    found = Enrolment.objects.filter(experiment=experiment).aggregate(
        new=Count("id", filter=Q(treated=True)), all=Count("id")
    )
    return found["new"], found["all"] - found["new"]


def drawn_for(customer_id: int, *, today: date) -> list[Drawn]:
    """What a customer was drawn for in experiments that run today. One query."""
    running = Enrolment.objects.filter(
        customer=customer_id,
        experiment__from_date__lte=today,
        experiment__until_date__gte=today,
        experiment__ended_at=None,
    )
    return [Drawn(one.experiment, one.treated) for one in running.select_related("experiment").order_by("id")]
