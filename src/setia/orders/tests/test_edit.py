from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry
from setia.core.models import Event
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile
from setia.orders import actions
from setia.orders.lines import Line
from setia.orders.models import Order
from setia.orders.queries import lines_of, version_of
from setia.orders.tests.shop import LATER, Shop


class EditTest(Shop):
    def setUp(self) -> None:
        self.order = self.sell(self.siti, number="KN-1")

    def test_lines_are_replaced_as_a_set_and_the_total_follows(self) -> None:
        actions.edit(by=self.dimas, at=LATER, order=self.order, lines=[Line(self.gayo, Decimal(3), Decimal(385000))])
        self.order.refresh_from_db()
        assert self.order.total == Decimal(1155000)
        assert [(line.position, line.product) for line in lines_of(self.order)] == [(1, self.gayo)]
        assert AuditEntry.objects.get(verb="order.edited").data["changes"]["lines"] == [
            ["1 × GAYO = 385000", "1 × V60 = 101000"],
            ["3 × GAYO = 1155000"],
        ]

    def test_an_order_moved_to_another_customer_is_told_for_both(self) -> None:
        actions.edit(by=self.dimas, at=LATER, order=self.order, customer=self.maria, lines=self.kilo_and_pack())
        told = {event.payload["customer_id"] for event in Event.objects.filter(name="order.changed", at=LATER)}
        assert told == {self.siti.pk, self.maria.pk}

    def test_saving_without_a_change_leaves_no_trace(self) -> None:
        actions.edit(by=self.dimas, at=LATER, order=self.order, channel="", lines=self.kilo_and_pack())
        assert not AuditEntry.objects.filter(verb="order.edited").exists()
        assert not Event.objects.filter(name="order.changed", at=LATER).exists()

    def test_the_second_of_two_who_edit_at_once_is_told_even_when_only_lines_changed(self) -> None:
        seen_by_both = version_of(self.order)
        swapped = list(reversed(self.kilo_and_pack()))
        actions.edit(by=self.dimas, at=LATER, order=self.order, version=seen_by_both, lines=swapped)
        with pytest.raises(ChangedMeanwhile):
            actions.edit(by=self.dimas, at=LATER, order=self.order, version=seen_by_both, lines=self.kilo_and_pack())
        assert lines_of(self.order)[0].product == self.filters

    def test_lines_changed_by_hand_are_no_longer_an_import_s(self) -> None:
        Order.objects.filter(pk=self.order.pk).update(latest_run=7)
        actions.edit(by=self.dimas, at=LATER, order=self.order, lines=list(reversed(self.kilo_and_pack())))
        self.order.refresh_from_db()
        assert self.order.latest_run is None

    def test_an_order_that_was_taken_back_and_its_return_stay_as_they_are(self) -> None:
        back = actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="rusak")
        for order in (self.order, back):
            with pytest.raises(actions.Settled):
                actions.edit(by=self.dimas, at=LATER, order=order, lines=self.kilo_and_pack())

    def test_a_number_in_use_is_refused(self) -> None:
        other = self.sell(self.maria, number="KN-2")
        with pytest.raises(actions.NumberTaken):
            actions.edit(by=self.dimas, at=LATER, order=other, number="KN-1", lines=self.kilo_and_pack())

    def test_somebody_who_left_the_firm_edits_no_order(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.edit(by=self.bayu, at=LATER, order=self.order, lines=self.kilo_and_pack())


class EditPageTest(Shop):
    def setUp(self) -> None:
        self.order = self.sell(self.siti, number="KN-1", at=LATER.replace(second=33))
        self.url = reverse("edit_order", args=[self.order.pk])
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_the_form_saved_as_it_is_changes_nothing_not_even_the_seconds(self) -> None:
        self.client.post(self.url, form_on(self.client.get(self.url)))
        assert not AuditEntry.objects.filter(verb="order.edited").exists()
        self.order.refresh_from_db()
        assert self.order.ordered_at.second == 33

    def test_a_correction_is_saved(self) -> None:
        form = form_on(self.client.get(self.url)) | {"line-1-quantity": "3", "promotion_code": "HEMAT"}
        self.assertRedirects(self.client.post(self.url, form), reverse("order", args=[self.order.pk]))
        self.order.refresh_from_db()
        assert (self.order.total, self.order.promotion_code) == (Decimal(688000), "HEMAT")

    def test_the_second_of_two_keeps_what_was_typed_and_may_save_again(self) -> None:
        mine = form_on(self.client.get(self.url)) | {"note": "antar sore"}
        actions.edit(by=self.dimas, at=LATER, order=self.order, channel="Shopee", lines=self.kilo_and_pack())
        answer = self.client.post(self.url, mine)
        self.assertContains(answer, "Somebody else changed this order", status_code=409)
        self.client.post(self.url, form_on(answer))
        self.order.refresh_from_db()
        assert self.order.note == "antar sore"

    def test_an_order_that_was_taken_back_offers_no_form(self) -> None:
        actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="rusak")
        self.assertContains(self.client.get(self.url), "mirror each other")
