"""Experiments: begin one and draw its customers, end it, keep what was counted."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import connection, transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.planning.actions._record import record
from setia.planning.models import Experiment, Trier


class TwoGroups(Exception):
    """By person, somebody must try it and somebody must not."""


class ExperimentFacts(TypedDict, total=False):
    """What a person states when an experiment begins; nothing of it is changed afterwards."""

    name: str
    method: str
    drawn_by: str
    success: str
    percent: int
    from_date: date
    until_date: date


# The customers of those who take part, each drawn once and for all: by a number made of the experiment's and the
# customer's keys, which nobody chose, or by who looks after them. For a first order, only who never bought.
_ENROL = """
INSERT INTO planning_enrolment (experiment_id, customer_id, person_id, treated, at)
SELECT e.id, c.id, c.owner_id,
       CASE e.drawn_by WHEN 'PERSON' THEN t.tries
                 ELSE ('x' || substr(md5(e.id || ':' || c.id), 1, 7))::bit(28)::int %% 100 < e.percent END,
       %(at)s
FROM planning_experiment e JOIN planning_trier t ON t.experiment_id = e.id
JOIN customers_customer c ON c.owner_id = t.person_id
WHERE e.id = %(experiment)s AND c.merged_into_id IS NULL AND c.archived_at IS NULL AND c.erased_at IS NULL
  AND NOT (e.success = 'FIRST_ORDER' AND EXISTS (
    SELECT FROM orders_order o WHERE o.customer_id = c.id AND o.kind = 'PURCHASE' AND o.day < e.from_date))
ON CONFLICT DO NOTHING
"""


def begin_experiment(
    *, by: User, at: datetime, people: Collection[User], tries: Collection[User] = (), **facts: Unpack[ExperimentFacts]
) -> Experiment:
    """Begin an experiment with the customers of `people`; `tries` are those who sell the new way, where it goes by
    person. Raises `TwoGroups`.
    """
    require(by, "planning.experiments")
    trying = {one.pk for one in tries}
    everybody = {one.pk for one in people} | trying
    if facts.get("drawn_by") == Experiment.By.PERSON and (not trying or trying == everybody):
        raise TwoGroups
    folded: dict[str, Any] = dict(facts)
    folded |= {"name": line(folded["name"]), "method": paragraph(folded["method"])}
    with transaction.atomic():
        made = Experiment.objects.create(made_by=by, created_at=at, **folded)
        Trier.objects.bulk_create(
            [Trier(experiment=made, person_id=pk, tries=pk in trying) for pk in sorted(everybody)]
        )
        enrol(experiment=made, at=at)
        record("experiment.begun", by=by, at=at, about_id=made.pk)
    return made


def enrol(*, experiment: Experiment, at: datetime) -> int:
    """Draw the customers who have come since; who is drawn stays as drawn. Answers how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_ENROL, {"experiment": experiment.pk, "at": at})
        return int(cursor.rowcount)


def end_experiment(*, by: User, at: datetime, experiment: Experiment, learnt: str = "") -> None:
    """End it before its time, or say afterwards what the firm takes from it."""
    require(by, "planning.experiments")
    with transaction.atomic():
        current = Experiment.objects.select_for_update().get(pk=experiment.pk)
        current.learnt = paragraph(learnt)
        current.ended_at = current.ended_at or at
        current.save(update_fields=["learnt", "ended_at"])
        record("experiment.ended", by=by, at=at, about_id=current.pk)


def keep_result(*, experiment: Experiment, result: dict[str, Any], at: datetime) -> None:
    """Keep what the counting found. The room that counts calls it; it is no act of a person."""
    Experiment.objects.filter(pk=experiment.pk).update(result=result, counted_at=at)
