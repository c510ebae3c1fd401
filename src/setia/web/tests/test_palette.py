"""The palette: what one box finds, for whom, at what price."""

from django.urls import reverse

from setia.accounts.models import User
from setia.web.tests.test_customers import Base, FewerThan

SEARCH = 8
"""The session, the person and the firm; customers, orders, products; and what their permissions take."""


class PaletteTest(Base):
    def found(self, q: str, at: str = "/") -> str:
        return self.client.get(
            reverse("palette"), {"palette": q, "at": at}, headers={"HX-Request": "true"}
        ).content.decode()

    def test_a_record_is_found_by_part_of_its_name_within_its_queries(self) -> None:
        with self.assertNumQueries(FewerThan(SEARCH)):
            page = self.found("gore")
        assert "Maria Goretti" in page
        assert reverse("customer", args=[self.people[1].pk]) in page

    def test_pages_and_actions_are_found_by_their_words_in_any_order(self) -> None:
        assert reverse("cohorts") in self.found("cohorts under")
        assert reverse("add_customer") in self.found("create custom")
        assert reverse("coming_days") in self.found("coming")
        assert "Nothing is found" in self.found("zzzz qqqq")

    def test_without_a_text_it_offers_what_can_be_done_here(self) -> None:
        pk = self.people[0].pk
        assert reverse("edit_customer", args=[pk]) in self.found("", at=f"/customers/{pk}/")
        assert reverse("edit_customer", args=[pk]) not in self.found("", at="/orders/")
        assert reverse("home") in self.found("")

    def test_hostile_texts_and_names_are_text(self) -> None:
        assert "<script>alert" not in self.found("<script>")
        assert "<script>alert" not in self.found("alert", at="/customers/999999999999999999999/")

    def test_who_may_not_see_customers_finds_none(self) -> None:
        self.client.force_login(User.objects.create_user("left@kopi.id", None, name="Bayu", is_active=False))
        assert self.client.get(reverse("palette"), {"palette": "gore"}).status_code == 302
