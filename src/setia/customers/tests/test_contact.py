import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

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

    def test_a_number_that_came_in_its_stored_form_is_read_as_people_write_it(self) -> None:
        assert str(ContactPoint(kind="PHONE", value="+6281220457781", shown="+6281220457781")) == "0812-2045-7781"
        assert str(ContactPoint(kind="PHONE", value="+6281220457781", shown="0812 20457781")) == "0812 20457781"

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


class ContactPageTest(People):
    def setUp(self) -> None:
        self.sign_in()
        self.whatsapp = ContactPoint.objects.get(customer=self.siti)

    def at(self, name: str) -> str:
        return reverse(name, args=[self.siti.pk] if name == "add_contact" else [self.siti.pk, self.whatsapp.pk])

    def test_a_contact_is_added_corrected_preferred_and_removed(self) -> None:
        record = reverse("customer", args=[self.siti.pk])
        self.assertRedirects(self.client.post(self.at("add_contact"), {"kind": "EMAIL", "text": "S@k.id"}), record)
        self.assertRedirects(self.client.post(self.at("edit_contact"), {"kind": "PHONE", "text": "0811111111"}), record)
        self.assertRedirects(self.client.post(self.at("prefer_contact")), record)
        assert [str(p) for p in contacts_of(self.siti)] == ["0811111111", "S@k.id"]
        self.assertRedirects(self.client.post(self.at("remove_contact")), record)
        assert [str(p) for p in contacts_of(self.siti)] == ["S@k.id"]

    def test_what_is_no_contact_is_told_beside_the_field_and_kept(self) -> None:
        answer = self.client.post(self.at("add_contact"), {"kind": "EMAIL", "text": "siti di kusuma"})
        self.assertContains(answer, "is not an e-mail address", status_code=422)
        self.assertContains(answer, 'value="siti di kusuma"', status_code=422)

    def test_a_contact_that_is_there_already_is_told(self) -> None:
        answer = self.client.post(self.at("add_contact"), {"kind": "WHATSAPP", "text": "+62 812 2045 7781"})
        self.assertContains(answer, "has it already", status_code=422)

    def test_a_contact_is_reached_only_through_its_own_customer(self) -> None:
        maria = actions.add(by=self.dimas, at=LATER, name="Maria")
        for name in ("edit_contact", "remove_contact", "prefer_contact"):
            assert self.client.post(reverse(name, args=[maria.pk, self.whatsapp.pk])).status_code == 404
        assert ContactPoint.objects.filter(pk=self.whatsapp.pk).exists()
