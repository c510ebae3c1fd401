"""Imports and merges of customers: what names a record merged away lands on the survivor, and undo keeps its order."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from setia.accounts.models import User
from setia.customers import actions
from setia.customers.models import ContactPoint, Customer, Merge
from setia.intake.actions import CannotUndo, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.tests.helping import ORDERS, take_in
from setia.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = ORDERS + "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,2,85000\nA2,2026-03-01,8,Siti R.,cup,1,5000\n"
SECOND = ORDERS + "A2,2026-03-01,8,Siti R.,cup,2,5000\nA3,2026-03-02,8,Siti R.,gayo-1,1,85000\n"
PEOPLE = "number,name,phone,region\n7,Siti Rahma,0812-2045-7781,\n8,Siti R.,0812-2045-7782,Bandung\n"


@pytest.fixture
def dimas() -> User:
    return User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")


def now() -> datetime:
    return datetime.now(UTC)


def merge(dimas: User, **choices: int) -> Merge:
    siti, other = Customer.objects.get(number="7"), Customer.objects.get(number="8")
    return actions.merge(by=dimas, at=now(), survivor=siti, others=[other], choices=choices)


def whose(number: str) -> str | None:
    customer = Order.objects.get(number=number).customer
    return customer.number if customer else None


def untimed() -> list[str]:
    """The business tables but the timeline, which only grows."""
    return [line for line in business_checksum().splitlines() if "timeline" not in line]


def test_the_same_file_after_a_merge_changes_nothing(dimas: User, tmp_path: Path) -> None:
    take_in(tmp_path, FIRST)
    merge(dimas)
    before = business_checksum()
    again = take_in(tmp_path, FIRST)
    assert business_checksum() == before
    assert again.counts["orders"] == {"created": 0, "updated": 0, "unchanged": 2}
    assert whose("A2") == "7"


def test_a_new_order_of_who_was_merged_away_is_the_survivors(dimas: User, tmp_path: Path) -> None:
    take_in(tmp_path, FIRST)
    merge(dimas)
    take_in(tmp_path, SECOND)
    assert [whose(number) for number in ("A1", "A2", "A3")] == ["7", "7", "7"]
    assert Customer.objects.filter(merged_into=None).count() == 1


def test_a_customer_file_brings_contacts_and_no_facts_of_who_was_merged_away(dimas: User, tmp_path: Path) -> None:
    take_in(tmp_path, PEOPLE, what="CUSTOMERS")
    merge(dimas)
    before = untimed()
    again = take_in(tmp_path, PEOPLE.replace("0812-2045-7782", "0812-2045-9999"), what="CUSTOMERS")
    siti = Customer.objects.get(number="7")
    assert (siti.name, siti.region) == ("Siti Rahma", "Bandung")
    assert again.counts["customers"] == {"created": 0, "updated": 0, "unchanged": 2}
    assert ContactPoint.objects.get(value="+6281220459999").customer == siti
    undo(again, by=None, at=now())
    assert untimed() == before


def test_a_phone_that_went_along_still_finds_its_customer(dimas: User, tmp_path: Path) -> None:
    take_in(tmp_path, PEOPLE, what="CUSTOMERS")
    merge(dimas)
    take_in(tmp_path, "order no,date,phone,amount\nP1,2026-03-01,0812 2045 7782,100\n")
    assert whose("P1") == "7"


def test_a_run_is_undone_after_the_merges_that_touch_it(dimas: User, tmp_path: Path) -> None:
    empty = business_checksum()
    run = take_in(tmp_path, FIRST)
    done = merge(dimas)
    with pytest.raises(CannotUndo) as refused:
        undo(run, by=None, at=now())
    assert (refused.value.code, refused.value.merges) == ("merges_first", [done.pk])
    actions.unmerge(by=dimas, at=now(), merge=done)
    left = undo(run, by=None, at=now())["left"]
    assert left == {"customers_customer": 2}, "their timelines tell of the merge, so they stay"
    assert not Order.objects.exists()
    assert business_checksum() != empty


def test_a_merge_before_a_run_does_not_hold_it_up(dimas: User, tmp_path: Path) -> None:
    take_in(tmp_path, FIRST)
    merge(dimas)
    before = untimed()
    second = take_in(tmp_path, SECOND)
    assert untimed() != before
    undo(second, by=None, at=now())
    assert untimed() == before


def test_undoing_the_merge_and_then_a_run_made_meanwhile_ends_before_both(dimas: User, tmp_path: Path) -> None:
    take_in(tmp_path, FIRST)
    before = untimed()
    done = merge(dimas, name=Customer.objects.get(number="8").pk)
    second = take_in(tmp_path, SECOND + "A2,2026-03-01,8,Siti R.,cup,5,5000\n")
    actions.unmerge(by=dimas, at=now(), merge=done)
    assert whose("A2") == "8"
    assert whose("A3") == "7", "it came while they were one"
    undo(Run.objects.get(pk=second.pk), by=None, at=now())
    assert untimed() == before


def test_a_customer_merged_while_a_file_is_written_takes_what_was_written(dimas: User, tmp_path: Path) -> None:
    """Between finding a row's customer and writing its order, somebody merges that customer away."""
    from setia.intake.commit import merged

    take_in(tmp_path, FIRST)
    real = merged.recognise
    done: list[Merge] = []

    def meanwhile(*args: object) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from django.db import connection

        def elsewhere() -> None:
            try:
                done.append(merge(dimas))
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(elsewhere).result()
        real(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(merged, "recognise", meanwhile)
        take_in(tmp_path, SECOND)
    assert len(done) == 1
    assert [whose(number) for number in ("A1", "A2", "A3")] == ["7", "7", "7"]
