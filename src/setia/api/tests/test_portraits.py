"""Portraits by program."""

from datetime import date

from setia.api.tests.people import NOON, Program, Shop, token_of
from setia.portraits.models import Portrait


class Portraits(Shop):
    def test_a_customer_without_a_portrait_has_none_and_with_one_it_is_read(self) -> None:
        Portrait.objects.all().delete()
        self.assert_problem(self.till.get(f"/customers/{self.siti.pk}/portrait"), 404, "not-found")
        Portrait.objects.create(
            customer=self.siti, as_of_date=date(2026, 11, 22), stage="LOYALTY", value=120000, risk=0.1, computed_at=NOON
        )
        told = self.till.get(f"/customers/{self.siti.pk}/portrait").json()
        assert (told["stage"], told["value"], told["risk"]) == ("LOYALTY", "120000", 0.1)
        assert len(self.till.get("/portraits?stage=LOYALTY").json()["items"]) == 1
        assert self.till.get("/portraits?stage=REACH").json()["items"] == []

    def test_it_takes_the_scope(self) -> None:
        reader = Program(token_of(self.dimas, "orders.view")[1])
        self.assert_problem(reader.get(f"/customers/{self.siti.pk}/portrait"), 403, "scope-missing")
