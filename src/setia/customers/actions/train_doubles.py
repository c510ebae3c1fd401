"""Weights learnt from the firm's own records: kept after a search, put aside and taken up again by a person.

Weights learnt are used by themselves only when people have decided about enough pairs and the new weights judge those
no worse than the ones in use. Whoever puts them aside goes back to the built-in ones, and stays there until somebody
takes learnt ones up again.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require, sees_all
from setia.customers.matching.training import Tally, misjudged, train
from setia.customers.models import DoubleSearch, DoubleTraining
from setia.customers.queries.weights import ENOUGH_DECIDED, decided_pairs, latest_weights, weights_from

State = DoubleTraining.State


class NotBetter(Exception):
    """These weights are not shown to be as good as those in use."""


def keep_training(*, search: DoubleSearch, tally: Tally, at: datetime) -> DoubleTraining | None:
    """Learn from what a search saw, in its transaction, and use it if people's decisions do not speak against it.

    None when there are too few doubles to learn from.
    """
    trained = train(tally)
    if trained is None:
        return None
    decided = decided_pairs()
    before = misjudged(latest_weights(), decided, records=tally.records)
    after = misjudged(trained.weights, decided, records=tally.records)
    no_worse = len(decided) >= ENOUGH_DECIDED and after.is_no_worse_than(before)
    chosen = DoubleTraining.objects.exclude(state=State.HELD).order_by("-id").first()
    used = no_worse and (chosen is None or chosen.state != State.ASIDE)
    if used:
        DoubleTraining.objects.filter(state=State.USED).update(state=State.REPLACED, changed_at=at)
    return DoubleTraining.objects.create(
        search=search,
        state=State.USED if used else State.HELD,
        at=at,
        records=tally.records,
        pairs=trained.pairs,
        doubles=trained.doubles,
        weights=trained.weights.as_json(),
        decided=len(decided),
        wrong_before=before.wrong,
        wrong_after=after.wrong,
        missed_before=before.missed,
        missed_after=after.missed,
        is_no_worse=no_worse,
    )


def set_training_aside(*, by: User, at: datetime) -> None:
    """Go back to the built-in weights. Nothing happens where they are in use."""
    _require(by)
    with transaction.atomic():
        used = DoubleTraining.objects.select_for_update().filter(state=State.USED).first()
        if used is None:
            return
        used.state, used.changed_by, used.changed_at = State.ASIDE, by, at
        used.save(update_fields=["state", "changed_by", "changed_at"])
        audit(by=by, at=at, verb="double.training_aside", about="double_training", about_id=used.pk)


def use_training(*, by: User, at: datetime, training: DoubleTraining) -> None:
    """Take up weights learnt. Raises `NotBetter` unless people's decisions, as they are today, speak for them."""
    _require(by)
    with transaction.atomic():
        wanted = DoubleTraining.objects.select_for_update().get(pk=training.pk)
        if wanted.state == State.USED:
            return
        decided = decided_pairs()
        before = misjudged(latest_weights(), decided, records=wanted.records)
        after = misjudged(weights_from(wanted.weights), decided, records=wanted.records)
        if len(decided) < ENOUGH_DECIDED or not after.is_no_worse_than(before):
            raise NotBetter
        DoubleTraining.objects.filter(state=State.USED).update(state=State.REPLACED, changed_by=by, changed_at=at)
        wanted.state, wanted.changed_by, wanted.changed_at = State.USED, by, at
        wanted.save(update_fields=["state", "changed_by", "changed_at"])
        audit(by=by, at=at, verb="double.training_used", about="double_training", about_id=wanted.pk)


def _require(by: User) -> None:
    """What is learnt comes from the whole firm's customers: who sees only some decides nothing about it."""
    require(by, "customers.merge")
    if not sees_all(by):
        raise PermissionDenied
