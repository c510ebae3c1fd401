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


class UndoGiveBackTest(Shop):
    def setUp(self) -> None:
        self.order = self.sell(self.siti, number="KN-1")
        self.back = actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="salah klik")

    def test_the_return_goes_and_its_purchase_counts_again(self) -> None:
        purchase = actions.undo_give_back(by=self.dimas, at=LATER, order=self.back)
        assert (purchase.pk, purchase.reversed) == (self.order.pk, False)
        assert list(Order.objects.all()) == [self.order]
        assert Event.objects.filter(name="order.changed", at=LATER).count() == 2
        assert actions.give_back(by=self.dimas, at=LATER, order=purchase, reason="benar").number == "KN-1-R"

    def test_it_goes_once_and_a_purchase_is_no_return(self) -> None:
        actions.undo_give_back(by=self.dimas, at=LATER, order=self.back)
        for order in (self.back, self.order):
            with pytest.raises(actions.CannotUndo):
                actions.undo_give_back(by=self.dimas, at=LATER, order=order)

    def test_a_return_that_came_with_a_file_goes_with_that_file(self) -> None:
        Order.objects.filter(pk=self.back.pk).update(made_by_run=7)
        with pytest.raises(actions.CannotUndo):
            actions.undo_give_back(by=self.dimas, at=LATER, order=self.back)
        assert Order.objects.get(pk=self.order.pk).reversed

    def test_who_may_not_take_back_may_not_undo_it(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.undo_give_back(by=self.bayu, at=LATER, order=self.back)

    def test_the_page_says_what_will_happen_and_leads_to_the_purchase(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"
        url = reverse("undo_give_back", args=[self.back.pk])
        self.assertContains(self.client.get(reverse("order", args=[self.back.pk])), url)
        self.assertContains(self.client.get(url), "What will happen")
        self.assertRedirects(self.client.post(url), reverse("order", args=[self.order.pk]))
        self.assertNotContains(self.client.get(reverse("order", args=[self.order.pk])), "was taken back")
        self.assertContains(self.client.get(reverse("undo_give_back", args=[self.order.pk])), "Nothing was changed")


class WalkInTest(Shop):
    def test_an_order_of_nobody_changes_the_firm_s_figures_too(self) -> None:
        self.sell(None)
        assert [event.payload["customer_id"] for event in Event.objects.filter(name="order.changed")] == [None]
