"""A tax number is a fact of a customer: checked, kept in one spelling, found by, and a reason to ask for a twin."""

from django.urls import reverse
from django.utils import translation

from setia.customers import actions, queries
from setia.customers.models import Customer
from setia.customers.tests.people import LATER, NOON, People

NPWP = "01.300.276.1-093.000"
KEPT = "0013002761093000"


class TaxNumberTest(People):
    kusuma: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.kusuma = actions.add(by=cls.dimas, at=NOON, kind="COMPANY", name="PT Kusuma Jaya", tax_number=KEPT)

    def test_the_form_keeps_the_number_in_one_spelling_and_the_page_shows_it(self) -> None:
        self.sign_in()
        page = {"kind": "PERSON", "name": "Ratna Dewi", "role": "EXTERNAL", "tax_number": "3273 0141 0788 0002"}
        answer = self.client.post(reverse("add_customer"), page)
        ratna = Customer.objects.get(name="Ratna Dewi")
        self.assertRedirects(answer, reverse("customer", args=[ratna.pk]))
        assert ratna.tax_number == "3273014107880002"
        self.assertContains(self.client.get(reverse("customer", args=[ratna.pk])), "3273014107880002")

    def test_a_number_with_a_wrong_digit_is_said_beside_the_field(self) -> None:
        self.sign_in()
        page = {"kind": "PERSON", "name": "Ratna Dewi", "role": "EXTERNAL", "tax_number": "01.300.276.2-093.000"}
        answer = self.client.post(reverse("add_customer"), page)
        self.assertContains(answer, "is not a tax number", status_code=422)
        assert not Customer.objects.filter(name="Ratna Dewi").exists()

    def test_a_change_of_it_stands_in_the_timeline(self) -> None:
        actions.edit(by=self.dimas, at=LATER, customer=self.kusuma, tax_number="")
        assert self.told(self.kusuma)[-1] == ("EDITED", {"changes": {"tax_number": [KEPT, ""]}})

    def test_a_customer_is_found_by_it_however_it_is_typed(self) -> None:
        everybody = queries.customers_for(self.dimas)
        for typed in (NPWP, "013002761093000", KEPT):
            assert queries.search(everybody, typed) == [self.kusuma]
            assert list(queries.matching(everybody, typed).customers) == [self.kusuma]

    def test_the_list_shows_it_and_the_file_holds_it(self) -> None:
        self.sign_in()
        self.assertContains(self.client.get(reverse("customers"), {"cols": "tax"}), KEPT)

    def test_another_writing_of_the_firm_with_its_number_is_a_twin_and_says_why(self) -> None:
        with translation.override("en"):
            draft = queries.Draft(name="Kusuma Jaya, PT", tax_number="013002761093000")
            (twin,) = queries.twins_of(self.dimas, draft)
        assert twin.customer == self.kusuma
        assert "The same tax number" in twin.reasons
        assert twin.is_certain

    def test_two_firms_of_one_name_with_two_numbers_are_two(self) -> None:
        draft = queries.Draft(name="PT Kusuma Jaya", tax_number="3273014107880002")
        assert not any(twin.is_certain for twin in queries.twins_of(self.dimas, draft))
