from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.core.models import Event
from setia.orders import actions
from setia.orders.models import Order
from setia.orders.queries import lines_of, return_of
from setia.orders.tests.shop import LATER, Shop


class GiveBackTest(Shop):
    def setUp(self) -> None:
        self.order = self.sell(self.siti, number="KN-1")

    def test_a_return_names_its_purchase_and_mirrors_it_whole(self) -> None:
        back = actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="Biji terlalu gelap")
        self.order.refresh_from_db()
        assert (back.kind, back.number, back.reverses, back.note) == (
            "RETURN",
            "KN-1-R",
            self.order,
            "Biji terlalu gelap",
        )
        assert back.total == -self.order.total
        assert sum(line.amount for line in [*lines_of(self.order), *lines_of(back)]) == Decimal(0)
        assert self.order.reversed
        assert return_of(self.order) == back

    def test_the_customer_s_orders_are_told_to_have_changed(self) -> None:
        actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="")
        event = Event.objects.get(name="order.changed", at=LATER)
        assert event.payload["customer_id"] == self.siti.pk

    def test_a_purchase_is_taken_back_once(self) -> None:
        stale = Order.objects.get(pk=self.order.pk)
        back = actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="")
        for order in (stale, back):
            with pytest.raises(actions.CannotGiveBack):
                actions.give_back(by=self.dimas, at=LATER, order=order, reason="")
        assert Order.objects.count() == 2

    def test_a_return_finds_a_number_of_its_own(self) -> None:
        self.sell(self.maria, number="KN-1-R")
        assert actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="").number == "KN-1-R2"

    def test_a_walk_in_can_be_taken_back_too(self) -> None:
        back = actions.give_back(by=self.dimas, at=LATER, order=self.sell(None), reason="")
        assert (back.kind, back.customer) == ("RETURN", None)

    def test_somebody_who_left_the_firm_takes_nothing_back(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.give_back(by=self.bayu, at=LATER, order=self.order, reason="")


class GiveBackPageTest(Shop):
    def setUp(self) -> None:
        self.order = self.sell(self.siti, number="KN-1")
        self.url = reverse("give_back", args=[self.order.pk])
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_the_page_says_what_will_happen_asks_why_and_leads_to_the_return(self) -> None:
        self.assertContains(self.client.get(self.url), "What will happen")
        answer = self.client.post(self.url, {"reason": "Biji terlalu gelap"})
        back = Order.objects.get(kind="RETURN")
        self.assertRedirects(answer, reverse("order", args=[back.pk]))
        assert back.note == "Biji terlalu gelap"

    def test_without_a_reason_nothing_happens(self) -> None:
        assert self.client.post(self.url, {"reason": "  "}).status_code == 422
        assert Order.objects.count() == 1

    def test_the_second_of_two_is_told_and_nothing_is_taken_back_twice(self) -> None:
        actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="rusak")
        self.assertContains(self.client.post(self.url, {"reason": "rusak"}), "Nothing was changed", status_code=409)
        assert Order.objects.count() == 2
