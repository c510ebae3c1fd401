from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from setia.accounts.models import AuditEntry
from setia.core.models import Event
from setia.customers import actions, queries
from setia.customers.models import ContactPoint, Customer, Merge, TimelineEntry
from setia.customers.settling import CHOOSABLE, FOLLOWING
from setia.customers.tests.people import LATER, NOON, People
from setia.orders.models import Order


class Twins(People):
    """Siti came in twice: once by hand, once from the till as “Siti N.”; and Maria, whom the second one recommended."""

    twin: Customer
    maria: Customer
    order: Order

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.twin = actions.add(
            by=cls.dimas,
            at=NOON - timedelta(days=9),
            name="Siti N.",
            number="K-77",
            region="Bandung",
            notes="Likes it strong.",
            contacts=[("WHATSAPP", "0812 2045 7781"), ("EMAIL", "siti@example.id")],
        )
        cls.maria = actions.add(by=cls.dimas, at=NOON, name="Maria", recommended_by=cls.twin)
        cls.order = cls.bought(cls.twin, "T-1")

    @staticmethod
    def bought(customer: Customer, number: str) -> Order:
        return Order.objects.create(
            number=number,
            customer=customer,
            ordered_at=NOON,
            day=NOON.date(),
            kind="PURCHASE",
            total=Decimal(50_000),
            created_at=NOON,
        )

    def merged(self, **choices: int) -> Merge:
        done = actions.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.twin], choices=choices)
        for one in (self.siti, self.twin, self.maria, self.order):
            one.refresh_from_db()
        return done


class MergeTest(Twins):
    def test_the_survivor_keeps_its_facts_and_takes_those_it_lacks(self) -> None:
        self.merged()
        assert (self.siti.name, self.siti.number, self.siti.region) == ("Siti Nurhaliza", "C-1", "Bandung")
        assert self.siti.created_at == NOON - timedelta(days=9), "known since the earlier of the two"
        assert self.siti.notes == "Likes it strong."

    def test_the_other_becomes_a_marker_that_nobody_sees(self) -> None:
        self.merged()
        assert self.twin.merged_into == self.siti
        assert set(queries.customers_for(self.dimas)) == {self.siti, self.maria}
        assert queries.search(queries.customers_for(self.dimas), "siti n.") == []

    def test_an_old_link_leads_to_the_survivor(self) -> None:
        self.merged()
        assert queries.get_customer_for(self.dimas, self.twin.pk) == self.siti
        with pytest.raises(Http404):
            queries.get_customer_for(self.bayu, self.twin.pk)

    def test_orders_and_recommendations_move(self) -> None:
        self.merged()
        assert self.order.customer == self.siti
        assert self.maria.recommended_by == self.siti

    def test_equal_contacts_fold_and_the_others_come_along(self) -> None:
        self.merged()
        assert sorted(point.value for point in queries.contacts_of(self.siti)) == ["+6281220457781", "siti@example.id"]

    def test_one_preferred_contact_is_left(self) -> None:
        for one in (self.siti, self.twin):
            point = ContactPoint.objects.filter(customer=one).latest("id")
            actions.prefer_contact(by=self.dimas, at=NOON, contact=point)
        self.merged()
        assert [str(point) for point in queries.contacts_of(self.siti) if point.preferred] == ["0812-2045-7781"]

    def test_a_survivor_without_a_preferred_contact_takes_the_others(self) -> None:
        point = ContactPoint.objects.get(kind="EMAIL")
        actions.prefer_contact(by=self.dimas, at=NOON, contact=point)
        self.merged()
        assert [one.kind for one in queries.contacts_of(self.siti) if one.preferred] == ["EMAIL"]

    def test_the_timeline_shows_both_histories_and_says_whose_each_entry_was(self) -> None:
        actions.note(by=self.dimas, at=NOON, customer=self.twin, body="Asked for beans.")
        before = set(TimelineEntry.objects.values_list("pk", "customer"))
        done = self.merged()
        entries = queries.entries_of(self.siti, before=None, most=20)
        assert [(one.kind, one.customer_id) for one in entries] == [
            ("MERGED", self.siti.pk),
            ("NOTE", self.twin.pk),
            ("ADDED", self.siti.pk),
            ("ADDED", self.twin.pk),
        ]
        assert entries[0].data == {
            "merge": done.pk,
            "others": [{"id": self.twin.pk, "name": "Siti N.", "number": "K-77"}],
        }
        assert before <= set(TimelineEntry.objects.values_list("pk", "customer")), "no entry is rewritten"

    def test_each_field_can_be_taken_from_either(self) -> None:
        self.merged(name=self.twin.pk, notes=self.siti.pk)
        assert (self.siti.name, self.siti.notes) == ("Siti N.", "")

    def test_notes_nobody_chose_among_are_kept_all(self) -> None:
        actions.edit(by=self.dimas, at=NOON, customer=self.siti, notes="Pays in cash.")
        self.merged()
        assert self.siti.notes == "Pays in cash.\n\nLikes it strong."

    def test_the_two_exchange_numbers_when_the_others_is_chosen(self) -> None:
        self.merged(number=self.twin.pk)
        assert (self.siti.number, self.twin.number) == ("K-77", "C-1")

    def test_a_number_of_another_source_brings_its_source(self) -> None:
        Customer.objects.filter(pk=self.twin.pk).update(source="till")
        self.merged(number=self.twin.pk)
        assert (self.siti.source, self.siti.number) == ("till", "K-77")
        assert (self.twin.source, self.twin.number) == ("main", "C-1")

    def test_who_was_recommended_by_the_other_is_not_recommended_by_themselves(self) -> None:
        actions.edit(by=self.dimas, at=NOON, customer=self.siti, recommended_by=self.twin)
        self.merged()
        assert self.siti.recommended_by is None

    def test_merged_with_an_active_one_an_archived_customer_is_back(self) -> None:
        actions.archive(by=self.dimas, at=NOON, customer=self.siti)
        self.merged()
        assert self.siti.archived_at is None

    def test_fields_of_the_firms_own_are_kept_and_can_be_chosen(self) -> None:
        Customer.objects.filter(pk=self.siti.pk).update(extra={"t1": "gold"})
        Customer.objects.filter(pk=self.twin.pk).update(
            extra={"t1": "silver", "n2": Decimal("7.25")}, region_code="32.73"
        )
        done = self.merged()
        assert (self.siti.extra, self.siti.region_code) == ({"t1": "gold", "n2": Decimal("7.25")}, "32.73")
        actions.unmerge(by=self.dimas, at=LATER, merge=done)
        self.merged(**{"extra.t1": self.twin.pk})
        assert self.siti.extra == {"t1": "silver", "n2": Decimal("7.25")}

    def test_markers_always_point_to_who_is_there(self) -> None:
        self.merged()
        actions.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.siti])
        self.twin.refresh_from_db()
        assert self.twin.merged_into == self.maria
        assert queries.merged_into(self.maria) == [self.siti.pk, self.twin.pk]
        self.maria.refresh_from_db()
        assert self.maria.recommended_by is None, "she was recommended by who is she herself now"
        assert Order.objects.get().customer == self.maria

    def test_several_at_once(self) -> None:
        third = actions.add(
            by=self.dimas,
            at=NOON,
            name="S. Nurhaliza",
            birthday=date(1990, 5, 1),
            contacts=[("EMAIL", "siti@example.id")],
        )
        actions.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[third, self.twin])
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.birthday) == ("Bandung", date(1990, 5, 1))
        assert len(queries.contacts_of(self.siti)) == 2

    def test_it_is_written_down_for_every_record_and_announced_once(self) -> None:
        done = self.merged()
        audited = AuditEntry.objects.filter(verb__startswith="customer.merged").order_by("id")
        assert [(one.verb, one.about_id) for one in audited] == [
            ("customer.merged", self.siti.pk),
            ("customer.merged_away", self.twin.pk),
        ]
        assert audited[0].data == {
            "merge": done.pk,
            "others": [self.twin.pk],
            "fields": ["created_at", "notes", "region"],
        }
        event = Event.objects.get(name="customer.merged")
        assert event.payload == {"customer_id": self.siti.pk, "merge_id": done.pk, "other_ids": [self.twin.pk]}

    def test_one_who_is_merged_away_already_is_refused(self) -> None:
        self.merged()
        with pytest.raises(actions.AlreadyMerged) as refused:
            actions.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.twin])
        assert refused.value.customer == self.twin

    def test_alone_there_is_nothing_to_merge(self) -> None:
        with pytest.raises(actions.NothingToMerge):
            actions.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.siti])

    def test_a_choice_of_somebody_else_is_refused(self) -> None:
        for choices in ({"name": self.maria.pk}, {"archived_at": self.siti.pk}):
            with pytest.raises(actions.NotAChoice):
                self.merged(**choices)

    def test_who_has_left_may_not(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.merge(by=self.bayu, at=LATER, survivor=self.siti, others=[self.twin])

    def test_a_survivor_with_markers_is_not_deleted(self) -> None:
        actions.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.siti])
        with pytest.raises(actions.StillReferenced):
            actions.delete(by=self.rani, at=LATER, customer=self.maria)

    def test_the_firms_own_fields_are_filled_from_those_merged_away_and_are_theirs_again(self) -> None:
        Customer.objects.filter(pk=self.siti.pk).update(extra={"n1": 5, "r2": self.twin.pk})
        Customer.objects.filter(pk=self.twin.pk).update(extra={"n1": 7, "t3": "manis", "r4": self.maria.pk})
        self.siti.refresh_from_db()
        self.twin.refresh_from_db()
        done = self.merged()
        assert Customer.objects.get(pk=self.siti.pk).extra == {"n1": 5, "t3": "manis", "r4": self.maria.pk}
        actions.unmerge(by=self.dimas, at=LATER, merge=done)
        assert Customer.objects.get(pk=self.siti.pk).extra == {"n1": 5, "r2": self.twin.pk}
        assert Customer.objects.get(pk=self.twin.pk).extra["n1"] == 7

    def test_every_column_is_chosen_or_follows(self) -> None:
        """Who adds a column to the customer decides here what a merge does with it (`settling`)."""
        left = {"id", "made_by_run", "latest_run", "sort_name"}
        columns: set[Any] = {field.name for field in Customer._meta.concrete_fields}
        assert columns - left == {*CHOOSABLE, *FOLLOWING}
