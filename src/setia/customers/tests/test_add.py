import pytest
from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry
from setia.core.models import Event
from setia.customers import actions
from setia.customers.models import ContactPoint, Customer
from setia.customers.tests.people import HOSTILE_NAMES, LATER, NOON, People


class AddTest(People):
    def test_a_member_adds_a_person_with_the_contacts_as_given_and_as_stored(self) -> None:
        ayu = actions.add(
            by=self.dimas, at=NOON, name="Kadek Ayu", contacts=[("PHONE", "0361 234567"), ("EMAIL", "Ayu@Bali.ID")]
        )
        points = ContactPoint.objects.filter(customer=ayu).order_by("id")
        assert [(p.kind, p.value, p.shown) for p in points] == [
            ("PHONE", "+62361234567", "0361 234567"),
            ("EMAIL", "ayu@bali.id", "Ayu@Bali.ID"),
        ]
        assert (ayu.created_at, ayu.updated_at) == (NOON, NOON)

    def test_adding_is_told_on_the_timeline_in_the_audit_trail_and_in_the_outbox(self) -> None:
        assert self.told(self.siti) == [("ADDED", {})]
        entry = AuditEntry.objects.get(verb="customer.added")
        assert (entry.by, entry.about_id) == (self.dimas, self.siti.pk)
        event = Event.objects.get(name="customer.added")
        assert event.payload == {"customer_id": self.siti.pk}

    def test_a_buyer_without_any_contact_details_is_a_record(self) -> None:
        nobody = actions.add(by=self.dimas, at=NOON, number="88")
        assert Customer.objects.get(pk=nobody.pk).sort_name == "88"

    def test_a_number_in_use_is_refused_and_says_by_whom(self) -> None:
        with pytest.raises(actions.NumberTaken) as refused:
            actions.add(by=self.dimas, at=NOON, name="Maria", number="C-1")
        assert refused.value.customer == self.siti
        assert not Customer.objects.filter(name="Maria").exists()

    def test_a_contact_that_is_none_leaves_no_customer_behind(self) -> None:
        with pytest.raises(actions.NotAContact) as refused:
            actions.add(by=self.dimas, at=NOON, name="Maria", contacts=[("PHONE", "nanti")])
        assert refused.value.text == "nanti"
        assert not Customer.objects.filter(name="Maria").exists()

    def test_hostile_names_are_kept_as_they_are(self) -> None:
        for name in HOSTILE_NAMES:
            added = actions.add(by=self.dimas, at=LATER, name=name)
            assert Customer.objects.get(pk=added.pk).name == name

    def test_somebody_who_left_the_firm_adds_nobody(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.add(by=self.bayu, at=NOON, name="Maria")
