"""The days in a customer's life: write one down, take it away."""

from datetime import date, datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.models import Customer, LifeEvent


def add_life_event(
    *, by: User, at: datetime, customer: Customer, kind: str, day: date, words: str = "", yearly: bool = True
) -> LifeEvent:
    """Write a day down. `kind` is one of `LifeEvent.Kind`."""
    require(by, "customers.edit")
    with transaction.atomic():
        made = LifeEvent.objects.create(
            customer=customer,
            kind=LifeEvent.Kind(kind),
            day=day,
            words=normalise.text(words)[:100],
            yearly=yearly,
            at=at,
            by=by,
        )
        _tell("event_added", by=by, at=at, event=made)
    return made


def remove_life_event(*, by: User, at: datetime, event: LifeEvent) -> None:
    """Take a day away. One that is gone already changes nothing."""
    require(by, "customers.edit")
    with transaction.atomic():
        if LifeEvent.objects.filter(pk=event.pk).delete()[0]:
            _tell("event_removed", by=by, at=at, event=event)


def _tell(verb: str, *, by: User, at: datetime, event: LifeEvent) -> None:
    data = {"kind": event.kind, "day": event.day.isoformat(), "words": event.words}
    record(verb, by=by, at=at, customer=event.customer, data=data, audited={"kind": event.kind})
