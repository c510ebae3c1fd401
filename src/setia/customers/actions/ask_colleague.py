"""Ask whoever looks after a customer to share them, having typed in somebody who is here already and out of sight."""

from datetime import datetime, timedelta

from django.db import transaction

from setia.accounts.actions import count_news
from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.core.permissions import may, require, sees_all
from setia.customers.actions._record import record
from setia.customers.models import Customer, Mention, TimelineEntry
from setia.customers.queries.elsewhere import elsewhere
from setia.customers.queries.twins import Draft

ASKED = "ASKED"
_AGAIN_AFTER = timedelta(days=1)
_MOST = 5


class NobodyToAsk(Exception):
    """The draft is no colleague's customer, or nobody is there who could answer."""


def ask_colleague(*, by: User, at: datetime, draft: Draft) -> None:
    """Tell the colleague who looks after this customer that `by` wants to add them, on its timeline and among the
    colleague's mentions. Where nobody looks after them, those are told who may choose who does.

    The customer is found anew from what was typed, by the rule of `elsewhere`: no key is taken from the asker. A second
    time within a day nothing is written. Raises `NobodyToAsk`.
    """
    require(by, "customers.add")
    found = elsewhere(by, draft)
    if found is None:
        raise NobodyToAsk
    with transaction.atomic():
        customer = Customer.objects.select_for_update(of=("self",)).select_related("owner").get(pk=found.key)
        recent = TimelineEntry.objects.filter(customer=customer, kind=ASKED, by=by, at__gt=at - _AGAIN_AFTER)
        if recent.exists():
            return
        people = _who_answers(customer)
        if not people:
            raise NobodyToAsk
        entry = record("asked", by=by, at=at, customer=customer)
        Mention.objects.bulk_create([Mention(user=one, entry=entry) for one in people])
        count_news(people=[one.pk for one in people])


def _who_answers(customer: Customer) -> list[User]:
    if customer.owner and customer.owner.is_active:
        return [customer.owner]
    able = [one for one in everybody() if one.is_active and sees_all(one) and may(one, "customers.assign")]
    return able[:_MOST]
