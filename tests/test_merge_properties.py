"""Whatever people and files do to customers, no order and no timeline entry is lost or doubled, and a merge turns back.

Hypothesis makes up sequences of creating, editing, importing, merging, unmerging and erasing. After every step each
order and each entry is reached from exactly one customer who is there, through the questions the pages ask; undoing the
newest merge at once leaves all business tables as before it; erasing leaves every order where it was, and nothing that
is done later, by a person or a file, says again who somebody erased was.

`SETIA_SHOP_DAYS` and `SETIA_SHOP_STEPS` ask for more, and for days nobody lived through yet.
"""

import os
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from setia.accounts.models import User
from setia.customers import actions, queries
from setia.customers.models import ContactPoint, Customer, Erasure, Merge, MergedCustomer, TimelineEntry
from setia.intake.actions import CannotUndo, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.tests.helping import ORDERS, take_in
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.orders.models import Order
from setia.orders.queries import orders_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NAMES = st.sampled_from(["Siti", "Siti N.", "Budi", "PT Maju", ""])
PHONES = st.sampled_from(["0812-2045-7781", "0812-2045-7782", "0813-1111-2222"])
NUMBERS = st.sampled_from(["1", "2", "3", "4"])
FIELDS = st.sampled_from(["name", "number", "region", "notes", "role", "birthday"])
DAYS = int(os.environ.get("SETIA_SHOP_DAYS", "14"))
STEPS = int(os.environ.get("SETIA_SHOP_STEPS", "18"))
PICKS = st.integers(min_value=0, max_value=30)
_START = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)


def tables() -> list[str]:
    """The checksums of the business tables, the timeline apart: it only ever grows."""
    return [line for line in business_checksum().splitlines() if not line.startswith("customers_timelineentry")]


class Shop(RuleBasedStateMachine):
    """A shop on an ordinary day. `happened` counts, over all days, what was really done."""

    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        Erasure.objects.all().delete()
        Merge.objects.all().delete()
        Run.objects.all().delete()
        Order.objects.all().delete()
        Customer.objects.filter(merged_into__isnull=False).update(merged_into=None)
        Customer.objects.all().delete()
        self.dimas = User.objects.filter(email="dimas@kopi.id").first() or User.objects.create_user(
            "dimas@kopi.id", None, name="Dimas Prasetyo", role="OWNER"
        )
        self.now = datetime.now(UTC)
        self.folder = Path(tempfile.mkdtemp())
        self.entries: set[tuple[int, int, str, Any]] = set()

        for name, number in (("Siti", "1"), ("Siti N.", "2"), ("Budi", "3")):
            actions.add(by=self.dimas, at=self.at(), name=name, number=number, contacts=[("PHONE", "0812-2045-7781")])

    def at(self) -> datetime:
        # Real moments, so that runs and merges stand in the order in which they happened.
        self.now = max(datetime.now(UTC), self.now + timedelta(microseconds=1))
        return self.now

    def may(self, *whose: Customer) -> AbstractContextManager[object]:
        """What is done to a customer who was erased is refused; to everybody else it is done."""
        closed = Customer.objects.filter(pk__in=[one.pk for one in whose], erased_at__isnull=False).exists()
        self.happened["refused"] += closed
        return pytest.raises(actions.RecordErased) if closed else nullcontext()

    def people(self) -> list[Customer]:
        return list(queries.customers_for(self.dimas).order_by("pk"))

    def one(self, pick: int) -> Customer:
        people = self.people()
        return people[pick % len(people)]

    @rule(name=NAMES, number=NUMBERS, phone=PHONES, recommended=st.none() | PICKS)
    def create(self, name: str, number: str, phone: str, recommended: int | None) -> None:
        by = self.one(recommended) if recommended is not None and self.people() else None
        try:
            actions.add(
                by=self.dimas,
                at=self.at(),
                name=name,
                number=number,
                contacts=[("WHATSAPP", phone)],
                recommended_by=by,
                region="Bandung" if name == "Budi" else "",
                notes=f"Known as {name}" if name else "",
            )
        except actions.NumberTaken:
            return

    @precondition(lambda self: self.people())
    @rule(pick=PICKS, name=NAMES, number=NUMBERS)
    def edit(self, pick: int, name: str, number: str) -> None:
        one = self.one(pick)
        if one.erased_at and (name, number) == (one.name, one.number):
            return
        try:
            with self.may(one):
                actions.edit(by=self.dimas, at=self.at(), customer=one, name=name, number=number)
        except actions.NumberTaken:
            return

    @precondition(lambda self: self.people())
    @rule(pick=PICKS, phone=PHONES, prefer=st.booleans())
    def add_contact(self, pick: int, phone: str, prefer: bool) -> None:
        point, one = None, self.one(pick)
        try:
            with self.may(one):
                point = actions.add_contact(by=self.dimas, at=self.at(), customer=one, kind="PHONE", text=phone)
        except actions.ContactTaken:
            return
        if prefer and point:
            actions.prefer_contact(by=self.dimas, at=self.at(), contact=point)

    @precondition(lambda self: self.people())
    @rule(pick=PICKS)
    def note(self, pick: int) -> None:
        one = self.one(pick)
        with self.may(one):
            actions.note(by=self.dimas, at=self.at(), customer=one, body="Called.")

    @precondition(lambda self: self.people())
    @rule(pick=PICKS)
    def buy(self, pick: int) -> None:
        from decimal import Decimal

        line = Line(product=None, quantity=Decimal(1), unit_price=Decimal(100), discount=Decimal(0), description="Cup")
        one = self.one(pick)
        with self.may(one):
            orders.add(by=self.dimas, at=self.at(), lines=[line], customer=one)

    @precondition(lambda self: Erasure.objects.exists())
    @rule(pick=PICKS, name=NAMES)
    def take_in_the_erased(self, pick: int, name: str) -> None:
        """A file made from an export: it names the erased by their pseudonyms."""
        numbers = list(Erasure.objects.order_by("pk").values_list("pseudonym", flat=True))
        text = f"E,2026-03-02 09:00,{numbers[pick % len(numbers)]},{name},gayo,1,85000\n"
        assert take_in(self.folder, ORDERS + text).state == Run.State.DONE

    @rule(
        rows=st.lists(
            st.tuples(st.sampled_from("ABCD"), NUMBERS, NAMES, st.integers(1, 3)),
            min_size=1,
            max_size=4,
            unique_by=lambda row: row[0],
        )
    )
    def take_in(self, rows: list[tuple[str, str, str, int]]) -> None:
        text = "".join(f"{order},2026-03-01 09:00,{who},{name},gayo,{n},85000\n" for order, who, name, n in rows)
        run = take_in(self.folder, ORDERS + text)
        assert run.state == Run.State.DONE
        self.happened["taken in"] += 1
        before = tables()
        again = take_in(self.folder, ORDERS + text)
        assert tables() == before, "the same file again changes nothing"
        assert again.counts["orders"]["created"] == again.counts["orders"]["updated"] == 0

    @precondition(lambda self: Run.objects.filter(state=Run.State.DONE).exists())
    @rule()
    def take_back(self) -> None:
        run = Run.objects.filter(state=Run.State.DONE).latest("pk")
        refused: CannotUndo | None = None
        try:
            undo(run, by=self.dimas, at=self.at())
        except CannotUndo as why:
            refused = why
        if refused:
            assert refused.code == "merges_first"
            assert Merge.objects.filter(pk__in=refused.merges, undone_at=None).count() == len(refused.merges)

    @precondition(lambda self: len(self.people()) > 1)
    @rule(picks=st.lists(PICKS, min_size=2, max_size=3), chosen=st.dictionaries(FIELDS, st.integers(0, 2), max_size=4))
    def merge(self, picks: list[int], chosen: dict[str, int]) -> None:
        records = list({one.pk: one for one in map(self.one, picks)}.values())
        if len(records) < 2:
            return
        if any(one.erased_at for one in records):
            with self.may(*records):
                actions.merge(by=self.dimas, at=self.at(), survivor=records[0], others=records[1:])
            return
        before, entries = tables(), TimelineEntry.objects.count()
        choices = {name: records[place % len(records)].pk for name, place in chosen.items()}
        done = actions.merge(by=self.dimas, at=self.at(), survivor=records[0], others=records[1:], choices=choices)
        assert tables() != before
        with transaction.atomic():  # what would be, if it were undone at once
            actions.unmerge(by=self.dimas, at=self.at(), merge=done)
            assert tables() == before
            assert TimelineEntry.objects.count() == entries + 1 + len(records)
            transaction.set_rollback(True)
        self.happened["merged"] += 1

    @precondition(lambda self: Merge.objects.filter(undone_at=None).exists())
    @rule(pick=PICKS)
    def unmerge(self, pick: int) -> None:
        live = list(Merge.objects.filter(undone_at=None).order_by("pk"))
        wanted = live[pick % len(live)]
        try:
            actions.unmerge(by=self.dimas, at=self.at(), merge=wanted)
        except actions.NewerFirst as newer:
            for one in newer.merges:
                actions.unmerge(by=self.dimas, at=self.at(), merge=one)
            actions.unmerge(by=self.dimas, at=self.at(), merge=wanted)
        self.happened["unmerged"] += 1

    @precondition(lambda self: Merge.objects.filter(undone_at=None).exists())
    @rule()
    def unmerge_the_newest(self) -> None:
        actions.unmerge(by=self.dimas, at=self.at(), merge=Merge.objects.filter(undone_at=None).latest("pk"))
        self.happened["unmerged"] += 1

    # Once in a while: what is erased ends its merges for good, and little else would be left to happen.
    @precondition(lambda self: self.people() and Erasure.objects.count() < 2)
    @rule(pick=PICKS)
    def erase(self, pick: int) -> None:
        one = self.one(pick)
        orders_before = Order.objects.values_list("pk", "customer", "total").order_by("pk")
        before, entries = list(orders_before), TimelineEntry.objects.count()
        known = Erasure.objects.filter(customer_key=one.pk).exists()
        actions.erase(by=self.dimas, at=self.at(), customer=one)
        assert list(orders_before.all()) == before
        assert TimelineEntry.objects.count() >= entries + (not known)
        gone = Customer.objects.filter(pk=one.pk) | Customer.objects.filter(merged_into=one.pk)
        assert set(gone.values_list("name", "notes", "region")) == {("", "", "")} or known
        assert known or not ContactPoint.objects.filter(customer__in=gone.values("pk")).exists()

    @invariant()
    def everything_is_reached_once(self) -> None:
        reached: Counter[int] = Counter()
        told: Counter[int] = Counter()
        for one in self.people():
            reached.update(order.pk for order in orders_of(one.pk, most=1000))
            told.update(entry.pk for entry in queries.entries_of(one, before=None, most=1000))
        assert set(reached.values()) <= {1}
        assert set(told.values()) <= {1}
        assert set(reached) == set(Order.objects.values_list("pk", flat=True))
        assert set(told) == set(TimelineEntry.objects.values_list("pk", flat=True))

    @invariant()
    def the_erased_stay_empty(self) -> None:
        erased = Customer.objects.filter(pk__in=Erasure.objects.values("customer_key"))
        assert set(erased.values_list("name", "notes", "region")) <= {("", "", "")}
        assert not erased.filter(archived_at=None).exists()
        assert not ContactPoint.objects.filter(customer__in=erased).exists()
        assert not erased.filter(erased_at=None).exists()

    @invariant()
    def no_entry_is_rewritten(self) -> None:
        now = {(one.pk, one.customer_id, one.kind, one.at) for one in TimelineEntry.objects.all()}
        kept = {entry for entry in self.entries if Customer.objects.filter(pk=entry[1]).exists()}
        assert kept <= now
        self.entries = now

    @invariant()
    def markers_lead_to_somebody_who_is_there(self) -> None:
        for marker in Customer.objects.filter(merged_into__isnull=False).select_related("merged_into"):
            assert marker.merged_into is not None
            assert marker.merged_into.merged_into_id is None
            assert queries.get_customer_for(self.dimas, marker.pk) == marker.merged_into
        # Of the erased no merge is kept that could be undone.
        erased = Erasure.objects.values("customer_key")
        live = MergedCustomer.objects.filter(merge__undone_at=None).exclude(customer__in=erased)
        markers = Customer.objects.filter(merged_into__isnull=False).exclude(pk__in=erased)
        assert markers.count() == live.count()

    @invariant()
    def contacts_are_kept_once(self) -> None:
        for one in self.people():
            points = list(ContactPoint.objects.filter(customer=one).values_list("kind", "value", "preferred"))
            assert len({point[:2] for point in points}) == len(points)
            assert sum(preferred for _kind, _value, preferred in points) <= 1


def test_no_order_or_entry_is_lost_or_doubled_and_merges_turn_back() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=DAYS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=DAYS < 50,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {what for what, times in Shop.happened.items() if times > 1} == {"merged", "unmerged", "taken in", "refused"}
