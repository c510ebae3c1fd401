"""Several people at once, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from setia.accounts.models import User
from setia.customers import actions
from setia.customers.models import Customer, Merge
from setia.customers.tests.people import LATER, NOON
from setia.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dimas() -> User:
    return User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")


@pytest.fixture
def people(dimas: User) -> list[Customer]:
    """Ten records of two people or three; each has bought once."""
    made = [actions.add(by=dimas, at=NOON, name=f"Siti {place}") for place in range(10)]
    for one in made:
        Order.objects.create(
            number=one.name, customer=one, ordered_at=NOON, day=NOON.date(), kind="PURCHASE", total=1, created_at=NOON
        )
    return made


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment; answers what each returned, or the error it ended in."""
    ready = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def check_whole(people: list[Customer]) -> None:
    """Every marker points to somebody who is there, and every order is with somebody who is there."""
    there = set(Customer.objects.filter(merged_into=None).values_list("pk", flat=True))
    markers = Customer.objects.filter(merged_into__isnull=False)
    assert there | set(markers.values_list("pk", flat=True)) == {one.pk for one in people}
    assert set(markers.values_list("merged_into", flat=True)) <= there
    assert set(Order.objects.values_list("customer", flat=True)) <= there
    assert Order.objects.count() == len(people)


def test_two_people_who_merge_overlapping_clusters_take_turns(dimas: User, people: list[Customer]) -> None:
    a, b, c = people[:3]
    for _round in range(5):
        ended = at_once(
            lambda: actions.merge(by=dimas, at=LATER, survivor=a, others=[b]),
            lambda: actions.merge(by=dimas, at=LATER, survivor=c, others=[b]),
        )
        assert sorted(type(one).__name__ for one in ended) == ["AlreadyMerged", "Merge"]
        check_whole(people)
        actions.unmerge(by=dimas, at=LATER, merge=Merge.objects.get(undone_at=None))
    assert Customer.objects.filter(merged_into=None).count() == 10


def test_a_ring_of_merges_ends_in_whole_records(dimas: User, people: list[Customer]) -> None:
    """Each merges their neighbour into themselves, in both directions round."""
    pairs = [(people[place], people[(place + step) % 10]) for place in range(10) for step in (1, -1)]
    ended = at_once(*(lambda s=s, o=o: actions.merge(by=dimas, at=LATER, survivor=s, others=[o]) for s, o in pairs))
    assert {type(one).__name__ for one in ended} <= {"AlreadyMerged", "Merge"}
    check_whole(people)
    done = sum(isinstance(one, Merge) for one in ended)
    assert Customer.objects.filter(merged_into=None).count() == 10 - done
    assert done >= 1


def test_merging_and_undoing_at_once(dimas: User, people: list[Customer]) -> None:
    a, b, c = people[:3]
    first = actions.merge(by=dimas, at=LATER, survivor=a, others=[b])
    ended = at_once(
        lambda: actions.unmerge(by=dimas, at=LATER, merge=first),
        lambda: actions.unmerge(by=dimas, at=LATER, merge=first),
        lambda: actions.merge(by=dimas, at=LATER, survivor=c, others=[a]),
    )
    kinds = {type(one).__name__ for one in ended}
    assert kinds <= {"Merge", "AlreadyUnmerged", "NewerFirst"}
    check_whole(people)
    assert sum(isinstance(one, Merge) for one in ended[:2]) <= 1


def test_a_note_written_while_its_customer_is_merged_away_is_on_the_survivors_timeline(
    dimas: User, people: list[Customer]
) -> None:
    from setia.customers import queries

    a, b = people[:2]
    at_once(
        lambda: actions.note(by=dimas, at=LATER, customer=b, body="Called."),
        lambda: actions.merge(by=dimas, at=LATER, survivor=a, others=[b]),
    )
    kinds = [one.kind for one in queries.entries_of(a, before=None, most=20)]
    assert kinds.count("NOTE") == 1
