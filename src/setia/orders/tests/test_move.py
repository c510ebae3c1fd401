from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.models import Event
from setia.customers import actions as customers
from setia.customers.tests.people import LATER, NOON
from setia.customers.tests.test_merge import Twins
from setia.orders import actions
from setia.orders.models import Order


class MoveTest(Twins):
    def test_an_order_goes_to_another_customer_and_both_portraits_hear_of_it(self) -> None:
        assert actions.move(by=self.dimas, at=LATER, orders=[self.order], customer=self.siti) == 1
        self.order.refresh_from_db()
        assert self.order.customer == self.siti
        heard = {event.payload["customer_id"] for event in Event.objects.filter(name="order.changed")}
        assert heard == {self.siti.pk, self.twin.pk}
        assert AuditEntry.objects.get(verb="order.moved").data == {"from": self.twin.pk, "to": self.siti.pk}

    def test_a_return_goes_along_with_its_purchase_and_the_other_way_round(self) -> None:
        back = actions.give_back(by=self.dimas, at=LATER, order=self.order, reason="Cold")
        assert actions.move(by=self.dimas, at=LATER, orders=[back], customer=self.siti) == 2
        assert set(Order.objects.values_list("customer", flat=True)) == {self.siti.pk}

    def test_to_whom_it_is_with_nothing_changes(self) -> None:
        assert actions.move(by=self.dimas, at=LATER, orders=[self.order], customer=self.twin) == 0
        assert not AuditEntry.objects.filter(verb="order.moved").exists()

    def test_for_somebody_merged_away_meanwhile_it_is_the_survivors(self) -> None:
        customers.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.maria])
        actions.move(by=self.dimas, at=LATER, orders=[self.order], customer=self.maria)
        self.order.refresh_from_db()
        assert self.order.customer == self.siti

    def test_who_may_not_correct_orders_may_not(self) -> None:
        analyst = User.objects.create_user("ana@kopi.id", None, name="Ana", role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.move(by=analyst, at=LATER, orders=[self.order], customer=self.siti)

    def test_the_page_moves_what_is_ticked_and_nobody_elses(self) -> None:
        self.sign_in()
        strange = self.bought(self.maria, "M-1")
        given: dict[str, Any] = {"from": self.twin.pk, "to": self.siti.pk, "id": [self.order.pk, strange.pk]}
        self.assertContains(self.client.get(reverse("move_orders"), given), "T-1")
        self.assertRedirects(self.client.post(reverse("move_orders"), given), reverse("customer", args=[self.siti.pk]))
        strange.refresh_from_db()
        assert strange.customer == self.maria

    def test_with_nothing_since_the_record_is_shown(self) -> None:
        self.sign_in()
        given: dict[str, Any] = {
            "from": self.twin.pk,
            "to": self.siti.pk,
            "since": (NOON + timedelta(days=1)).isoformat(),
        }
        self.assertRedirects(self.client.get(reverse("move_orders"), given), reverse("customer", args=[self.twin.pk]))
        for wrong in ({}, {"from": "x", "to": "1"}):
            assert self.client.get(reverse("move_orders"), wrong).status_code == 404
