from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry
from setia.core.models import Event
from setia.orders import actions
from setia.orders.lines import Line
from setia.orders.models import Order
from setia.orders.queries import lines_of
from setia.orders.tests.shop import LATER, NOON, Shop


class AddTest(Shop):
    def test_an_order_adds_up_from_its_lines_less_both_kinds_of_discount(self) -> None:
        order = actions.add(
            by=self.dimas,
            at=LATER,
            customer=self.siti,
            ordered_at=NOON,
            discount=Decimal(10000),
            promotion_code="HEMAT",
            channel="Toko Dago",
            lines=[
                Line(self.gayo, Decimal("2"), Decimal(385000), Decimal(20000)),
                Line(self.filters, Decimal("0.5"), Decimal(101000)),
            ],
        )
        order.refresh_from_db()
        assert (order.kind, order.total) == ("PURCHASE", Decimal(790500))
        assert (order.ordered_at, order.created_at) == (NOON, LATER)
        assert [(line.position, line.amount) for line in lines_of(order)] == [(1, Decimal(750000)), (2, Decimal(50500))]

    def test_an_order_belongs_to_the_firm_s_day_not_to_greenwich_s(self) -> None:
        order = self.sell(self.siti, at=datetime(2026, 11, 18, 18, 30, tzinfo=UTC))
        assert order.day.isoformat() == "2026-11-19"

    def test_an_order_without_a_number_gets_one_of_its_own(self) -> None:
        first, second = self.sell(self.siti), self.sell(self.siti)
        assert first.number == f"S-{first.pk}"
        assert first.number != second.number

    def test_a_number_in_use_is_refused_and_says_by_which_order(self) -> None:
        first = self.sell(self.siti, number="KN-1")
        with pytest.raises(actions.NumberTaken) as refused:
            self.sell(self.maria, number="KN-1")
        assert refused.value.order == first
        assert Order.objects.count() == 1

    def test_an_order_without_a_customer_is_a_walk_in(self) -> None:
        assert self.sell(None).is_walk_in

    def test_an_order_that_costs_nothing_is_free_and_never_a_purchase(self) -> None:
        order = actions.add(by=self.dimas, at=NOON, customer=self.siti, lines=[Line(self.gayo, Decimal(1), Decimal(0))])
        assert order.kind == "FREE"

    def test_an_order_needs_a_line(self) -> None:
        with pytest.raises(actions.NoLines):
            actions.add(by=self.dimas, at=NOON, customer=self.siti, lines=[])

    def test_an_order_is_told_to_whoever_listens_and_audited(self) -> None:
        order = self.sell(self.siti)
        event = Event.objects.get(name="order.changed")
        assert event.payload == {"order_id": order.pk, "customer_id": self.siti.pk}
        assert AuditEntry.objects.get(verb="order.added").about_id == order.pk

    def test_somebody_who_left_the_firm_enters_no_order(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.add(by=self.bayu, at=NOON, customer=self.siti, lines=self.kilo_and_pack())
