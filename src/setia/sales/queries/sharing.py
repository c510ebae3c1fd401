"""The rules by which prospects are given out, and when people work."""

from django.db.models import QuerySet
from django.http import Http404

from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.core.permissions import Actor, may
from setia.sales.models import SalesDesk, ShareRule, WorkTime
from setia.sales.queries.clock import desk, hours_of


def rules_for(user: Actor) -> QuerySet[ShareRule]:
    """The rules in their order, for those who may arrange them."""
    if not may(user, "sales.share"):
        return ShareRule.objects.none()
    return ShareRule.objects.prefetch_related("members__user")


def get_rule_for(user: Actor, pk: int) -> ShareRule:
    """One rule with its people. Raises `Http404`."""
    found = rules_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def people_of() -> list[User]:
    """Who can get prospects: everybody active who may work with them."""
    return [one for one in everybody() if one.is_active and may(one, "sales.prospects")]


def work_times() -> list[tuple[User, WorkTime | SalesDesk]]:
    """When each of them works."""
    people = people_of()
    hours = hours_of([one.pk for one in people], terms=desk())
    return [(one, hours[one.pk]) for one in people]
