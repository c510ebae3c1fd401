"""How many things wait for a person to look at, counted as they come: the bell asks no table."""

from collections.abc import Iterable

from django.db.models import F

from setia.accounts.models import User


def count_news(*, people: Iterable[int]) -> None:
    """One more for each of these people, in the caller's transaction."""
    User.objects.filter(pk__in=sorted(people)).update(unread=F("unread") + 1)


def no_news(*, person: int) -> None:
    """This person has looked at everything."""
    User.objects.filter(pk=person).update(unread=0)
