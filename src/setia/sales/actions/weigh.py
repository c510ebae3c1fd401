"""Counts what became of an experiment's customers, weighs it, and keeps the answer with the experiment."""

from datetime import datetime
from typing import Any

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import current_firm
from setia.planning.actions import enrol, keep_result
from setia.planning.queries import experiments_due
from setia.sales.queries.trials import happened


def weigh_experiment(*, by: User, at: datetime, experiment: Any) -> dict[str, Any]:
    """Count and weigh one, as somebody asked."""
    require(by, "planning.experiments")
    return _weighed(experiment, at)


def weigh_all(*, at: datetime) -> int:
    """Count and weigh every experiment that runs, or ended within two weeks. Answers how many."""
    due = experiments_due(today=current_firm().day_of(at))
    for one in due:
        _weighed(one, at)
    return len(due)


def _weighed(experiment: Any, at: datetime) -> dict[str, Any]:
    from setia.sales.analysis import weigh  # what counts is loaded with the first experiment, not at the start

    if experiment.ended_at is None:
        enrol(experiment=experiment, at=at)
    data = happened(experiment, zone=current_firm().zone)
    percent = None if experiment.drawn_by == "PERSON" else experiment.percent
    result = weigh(data.outcome, data.treated, data.people, percent=percent)
    keep_result(experiment=experiment, result=result, at=at)
    return result
