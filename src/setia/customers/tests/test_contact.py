import pytest
from django.core.exceptions import PermissionDenied

from setia.customers import actions
from setia.customers.models import ContactPoint
from setia.customers.queries import contacts_of
from setia.customers.tests.people import LATER, LATER_STILL, People


class ContactTest(People):
    def setUp(self) -> None:
        self.whatsapp = ContactPoint.objects.get(customer=self.siti)

    def test_a_contact_is_added_normalised_and_told(self) -> None:
        added = actions.add_contact(by=self.dimas, at=LATER, customer=self.siti, kind="INSTAGRAM", text="@Siti.N")
        assert (added.value, added.shown) == ("siti.n", "@Siti.N")
        assert self.told(self.siti)[-1] == ("CONTACT_ADDED", {"kind": "INSTAGRAM", "shown": "@Siti.N"})

    def test_the_same_number_in_another_spelling_is_refused(self) -> None:
        with pytest.raises(actions.ContactTaken):
            actions.add_contact(by=self.dimas, at=LATER, customer=self.siti, kind="WHATSAPP", text="+6281220457781")

    def test_what_is_no_number_and_what_is_no_kind_are_refused(self) -> None:
        for kind, text in [("PHONE", "besok"), ("PIGEON", "0812-2045-7781")]:
            with pytest.raises(actions.NotAContact):
                actions.add_contact(by=self.dimas, at=LATER, customer=self.siti, kind=kind, text=text)

    def test_a_corrected_number_tells_what_it_was(self) -> None:
        actions.edit_contact(by=self.rani, at=LATER, contact=self.whatsapp, kind="PHONE", text="0812-2045-7782")
        self.whatsapp.refresh_from_db()
        assert (self.whatsapp.kind, self.whatsapp.value) == ("PHONE", "+6281220457782")
        assert self.told(self.siti)[-1] == (
            "CONTACT_EDITED",
            {"kind": "PHONE", "shown": "0812-2045-7782", "before": "0812-2045-7781"},
        )

    def test_correcting_to_the_same_leaves_no_trace(self) -> None:
        actions.edit_contact(by=self.rani, at=LATER, contact=self.whatsapp, kind="WHATSAPP", text="0812-2045-7781")
        assert len(self.told(self.siti)) == 1

    def test_a_removed_contact_is_gone_and_told_once(self) -> None:
        actions.remove_contact(by=self.dimas, at=LATER, contact=self.whatsapp)
        actions.remove_contact(by=self.rani, at=LATER_STILL, contact=self.whatsapp)
        assert not ContactPoint.objects.filter(customer=self.siti).exists()
        assert [kind for kind, _ in self.told(self.siti)] == ["ADDED", "CONTACT_REMOVED"]

    def test_one_contact_is_preferred_at_a_time_and_stands_first(self) -> None:
        email = actions.add_contact(by=self.dimas, at=LATER, customer=self.siti, kind="EMAIL", text="siti@kusuma.id")
        actions.prefer_contact(by=self.dimas, at=LATER, contact=self.whatsapp)
        actions.prefer_contact(by=self.dimas, at=LATER_STILL, contact=email)
        actions.prefer_contact(by=self.dimas, at=LATER_STILL, contact=email)
        assert [(p.kind, p.preferred) for p in contacts_of(self.siti)] == [("EMAIL", True), ("WHATSAPP", False)]
        assert [kind for kind, _ in self.told(self.siti)].count("CONTACT_PREFERRED") == 2

    def test_somebody_who_left_the_firm_touches_no_contact(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.add_contact(by=self.bayu, at=LATER, customer=self.siti, kind="EMAIL", text="siti@kusuma.id")
        with pytest.raises(PermissionDenied):
            actions.remove_contact(by=self.bayu, at=LATER, contact=self.whatsapp)
