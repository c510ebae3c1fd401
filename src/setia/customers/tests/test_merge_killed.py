"""A process that merges is killed with SIGKILL, early, late and between: what it had begun is not there at all.

The test forks, so that each death costs a moment and not a start: the child opens a connection of its own and kills
itself before its n-th statement.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections

from setia.accounts.models import AuditEntry, User
from setia.core.models import Event
from setia.customers import actions
from setia.customers.actions.decide_doubles import merge_doubles
from setia.customers.models import Customer, DoubleGroup, DoubleSearch, Merge, TimelineEntry
from setia.customers.tests.people import LATER, NOON
from setia.intake.checksum import business_checksum
from setia.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dimas() -> User:
    return User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")


@pytest.fixture
def people(dimas: User) -> list[Customer]:
    """Six records of three people; each has bought once."""
    made = [
        actions.add(by=dimas, at=NOON, name=f"Siti {place // 2}", contacts=[("PHONE", f"0812-2045-778{place // 2}")])
        for place in range(6)
    ]
    for one in made:
        Order.objects.create(
            number=str(one.pk),
            customer=one,
            ordered_at=NOON,
            day=NOON.date(),
            kind="PURCHASE",
            total=1,
            created_at=NOON,
        )
    return made


def killed(work: Callable[[], Any], *, before: int) -> bool:
    """Do the work in a process of its own that dies before its n-th statement; False when it was done before that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (begun_at,) = cursor.fetchone()
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = before

        def die(execute: Any, *given: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*given)

        ended = 1
        try:
            with connection.execute_wrapper(die):
                work()
            ended = 0
        finally:
            os._exit(ended)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        _wait_for_its_end(begun_at)
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _wait_for_its_end(begun_at: datetime) -> None:
    """The server notices that a client is gone when it next listens to it; until then its locks are held.

    Connections that were there before are not the child's.
    """
    for _look in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_start > %s",
                [begun_at],
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("the killed process still holds its connection")


def state() -> tuple[Any, ...]:
    """All that a merge writes to."""
    rows = [model.objects.count() for model in (TimelineEntry, AuditEntry, Event, Merge)]
    return business_checksum(), *rows


def test_a_merge_killed_on_its_way_has_not_happened_and_can_be_done_again(dimas: User, people: list[Customer]) -> None:
    before, deaths = state(), 0
    moment = 1

    def merge() -> None:
        actions.merge(by=dimas, at=LATER, survivor=people[0], others=people[1:3])

    while killed(merge, before=moment):
        assert state() == before, f"killed before statement {moment}"
        deaths, moment = deaths + 1, moment + 3
    assert deaths > 5
    assert Customer.objects.filter(merged_into=people[0]).count() == 2
    assert Order.objects.filter(customer=people[0]).count() == 3
    actions.unmerge(by=dimas, at=LATER, merge=Merge.objects.get())
    assert business_checksum().count("\n") == before[0].count("\n")
    assert Customer.objects.filter(merged_into=None).count() == 6


def test_an_undo_killed_on_its_way_leaves_the_merge(dimas: User, people: list[Customer]) -> None:
    done = actions.merge(by=dimas, at=LATER, survivor=people[0], others=people[1:3])
    before, moment = state(), 1

    def unmerge() -> None:
        actions.unmerge(by=dimas, at=LATER, merge=Merge.objects.get(pk=done.pk))

    while killed(unmerge, before=moment):
        assert state() == before, f"killed before statement {moment}"
        moment += 4
    assert moment > 10
    assert Customer.objects.filter(merged_into=None).count() == 6


def test_merging_all_that_is_certain_goes_on_where_it_was_killed(dimas: User, people: list[Customer]) -> None:
    search = DoubleSearch.objects.create(kind="SEARCH", by=dimas, state="DONE", asked_at=NOON, beat_at=NOON)
    groups = [
        DoubleGroup.objects.create(search=search, members=[people[place].pk, people[place + 1].pk], certainty=0.99)
        for place in (0, 2, 4)
    ]
    job = DoubleSearch.objects.create(kind="MERGE", by=dimas, threshold=0.95, asked_at=NOON, beat_at=NOON)
    moment = 1
    while killed(lambda: merge_doubles(job.pk), before=moment):
        merged = Customer.objects.filter(merged_into__isnull=False).count()
        accepted = DoubleGroup.objects.filter(state=DoubleGroup.State.ACCEPTED)
        assert accepted.count() == merged == Merge.objects.count()
        assert not accepted.filter(merge=None).exists()
        moment += 7
    assert moment > 20
    job.refresh_from_db()
    assert (job.state, job.share, job.groups) == ("DONE", 1, len(groups))
    assert Merge.objects.count() == len(groups)
    assert set(Order.objects.values_list("customer", flat=True)) == {people[place].pk for place in (0, 2, 4)}
