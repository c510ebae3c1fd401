import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

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

    def test_a_contact_given_twice_is_written_once_as_it_was_given_first(self) -> None:
        twice = [("WHATSAPP", "0812-1111-2222"), ("EMAIL", "maria@ex.id"), ("WHATSAPP", "+62 812 1111 2222")]
        maria = actions.add(by=self.dimas, at=NOON, name="Maria", contacts=twice)
        points = ContactPoint.objects.filter(customer=maria).order_by("id").values_list("kind", "shown")
        assert list(points) == [("WHATSAPP", "0812-1111-2222"), ("EMAIL", "maria@ex.id")]

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


class AddPageTest(People):
    def setUp(self) -> None:
        self.sign_in()
        self.url = reverse("add_customer")

    def test_a_name_as_it_is_said_becomes_a_record_with_titles_apart(self) -> None:
        answer = self.client.post(
            self.url,
            {
                "kind": "PERSON",
                "role": "EXTERNAL",
                "name": "Ibu Hj. Maria Goretti, S.E.",
                "whatsapp": "0813 1111 2222",
                "industry_name": "batik",
                "region": " Kota  Bandung ",
                "recommended_by": self.siti.pk,
            },
        )
        maria = Customer.objects.get(name="Maria Goretti")
        self.assertRedirects(answer, reverse("customer", args=[maria.pk]))
        assert (maria.title, maria.call_name, maria.region) == ("Ibu Hj., S.E.", "Maria", "Kota Bandung")
        assert (str(maria.industry), maria.recommended_by) == ("batik", self.siti)
        assert ContactPoint.objects.get(customer=maria).value == "+6281311112222"

    def test_a_firm_is_known_by_its_name_even_when_person_was_left_chosen(self) -> None:
        self.client.post(self.url, {"kind": "PERSON", "role": "EXTERNAL", "name": "PT. Rasa", "gender": "MALE"})
        rasa = Customer.objects.get(name="PT Rasa")
        assert (rasa.kind, rasa.gender) == ("COMPANY", "")

    def test_every_wrong_field_is_told_beside_it_and_nothing_typed_is_lost(self) -> None:
        answer = self.client.post(
            self.url,
            {"kind": "PERSON", "role": "EXTERNAL", "name": "Maria", "phone": "besok", "birthday": "2099-01-01"},
        )
        assert answer.status_code == 422
        self.assertContains(answer, "2 things need another look", status_code=422)
        self.assertContains(answer, "“besok” is not a telephone number", status_code=422)
        self.assertContains(answer, "between 1900 and today", status_code=422)
        self.assertContains(answer, 'value="Maria"', status_code=422)
        assert not Customer.objects.filter(name="Maria").exists()

    def test_a_number_in_use_leads_to_whose_it_is(self) -> None:
        answer = self.client.post(self.url, {"kind": "PERSON", "role": "EXTERNAL", "name": "Maria", "number": "C-1"})
        self.assertContains(answer, reverse("customer", args=[self.siti.pk]), status_code=422)

    def test_somebody_without_a_name_or_a_number_is_not_added(self) -> None:
        answer = self.client.post(self.url, {"kind": "PERSON", "role": "EXTERNAL", "email": "a@b.id"})
        self.assertContains(answer, "Give a name or a customer number", status_code=422)

    def test_hostile_names_are_shown_as_text(self) -> None:
        for name in HOSTILE_NAMES:
            answer = self.client.post(self.url, {"kind": "PERSON", "role": "EXTERNAL", "name": name}, follow=True)
            assert answer.status_code == 200, name
            self.assertNotContains(answer, "<script>alert(1)</script>")

    def test_a_stranger_is_sent_to_the_door(self) -> None:
        self.client.logout()
        for answer in (self.client.get(self.url), self.client.post(self.url, {"name": "Maria"})):
            self.assertRedirects(answer, f"{reverse('account_login')}?next={self.url}", fetch_redirect_response=False)
        assert Customer.objects.count() == 1
