"""Notes call colleagues by name: `@Dimas Prasetyo`, or `@Dimas` where only one is called so."""

import re
from collections import Counter
from datetime import datetime

from django.db import transaction

from setia.accounts.actions import count_news, no_news
from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.customers.models import Customer, Mention, TimelineEntry
from setia.customers.queries.gate import customers_for

MOST = 20
_AT = re.compile(r"(?<![\w@.])@(?=\w)")


def mention(*, by: User, entry: TimelineEntry, customer: Customer, text: str) -> list[User]:
    """Tell the people a note names, inside the note's transaction. Answers whom.

    Somebody who may not see the customer is not told, and nobody is told of their own note.
    """
    called = [person for person in named_in(text, [one for one in everybody() if one.is_active]) if person.pk != by.pk]
    told = [one for one in called[:MOST] if customers_for(one).filter(pk=customer.pk).exists()]
    Mention.objects.bulk_create([Mention(user=person, entry=entry) for person in told])
    count_news(people=[person.pk for person in told])
    return told


def read_mentions(*, by: User, at: datetime) -> None:
    """All mentions of this person are read."""
    with transaction.atomic():
        Mention.objects.filter(user=by, read_at=None).update(read_at=at)
        no_news(person=by.pk)


def named_in(text: str, people: list[User]) -> list[User]:
    """The people whose name follows an @ in a text, each once, in the order they stand there.

    The longest name that fits counts, so that `@Siti Aminah` is not Siti; a first name only if it is one person's.
    """
    firsts = Counter(str(person).split()[0].lower() for person in people)
    names = {str(person).lower(): person for person in people} | {person.email.lower(): person for person in people}
    for person in people:
        first = str(person).split()[0].lower()
        if firsts[first] == 1:
            names.setdefault(first, person)
    longest_first = sorted(names, key=len, reverse=True)
    low = text.lower()
    found: dict[int, User] = {}
    for at in _AT.finditer(low):
        for name in longest_first:
            end = at.end() + len(name)
            if low.startswith(name, at.end()) and not low[end : end + 1].isalnum():
                found.setdefault(names[name].pk, names[name])
                break
    return list(found.values())
