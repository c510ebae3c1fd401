from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry
from setia.core.models import Event
from setia.core.tests.pages import form_on
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


class AddPageTest(Shop):
    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"
        self.url = reverse("add_order")

    def filled(self, **changes: str) -> dict[str, str]:
        """Siti's kilo and pack, as typed."""
        return {
            **form_on(self.client.get(self.url)),
            "customer": str(self.siti.pk),
            "ordered_at": "2026-11-19T12:00",
            "lines": "3",
            "line-0-product": str(self.gayo.pk),
            "line-0-quantity": "2",
            "line-0-unit_price": "385000",
            "line-0-discount": "20000",
            "line-1-product": "",
            "line-1-product_q": "v60",
            "line-1-quantity": "1",
            "line-1-unit_price": "",
            **changes,
        }

    def test_an_order_is_entered_with_a_picked_product_and_one_typed_by_its_code(self) -> None:
        answer = self.client.post(self.url, self.filled(channel=" Toko  Dago ", discount="10000"))
        order = Order.objects.get()
        self.assertRedirects(answer, reverse("order", args=[order.pk]))
        assert (order.total, order.customer, order.ordered_at, order.channel) == (
            Decimal(841000),
            self.siti,
            NOON,
            "Toko Dago",
        )
        assert [line.unit_price for line in lines_of(order)] == [Decimal(385000), Decimal(101000)]

    def test_lines_come_and_go_without_losing_what_was_typed_and_nothing_is_saved(self) -> None:
        typed = self.filled(do="add", note="besok", customer="", customer_q="sit")
        more = form_on(self.client.post(self.url, typed))
        assert (more["lines"], more["line-0-quantity"], more["note"]) == ("4", "2", "besok")
        assert (more["customer_q"], more["line-1-product_q"]) == ("sit", "v60")
        less = form_on(self.client.post(self.url, more | {"do": "remove-0"}))
        assert (less["lines"], less["line-0-quantity"], less["line-0-product_q"]) == ("3", "1", "v60")
        assert not Order.objects.exists()

    def test_a_picked_product_brings_its_price_and_the_sum_follows(self) -> None:
        typed = {"lines": "1", "line-0-product": str(self.gayo.pk), "line-0-quantity": "3", "do": "recount"}
        answer = self.client.post(self.url, typed)
        assert form_on(answer)["line-0-unit_price"] == "385000"
        self.assertContains(answer, "Rp1,155,000")

    def test_the_customer_of_the_record_one_comes_from_is_chosen_already(self) -> None:
        self.assertContains(self.client.get(self.url, {"customer": str(self.maria.pk)}), "Maria Goretti")

    def test_what_is_wrong_is_told_and_what_was_typed_stays(self) -> None:
        for changes, told in [
            ({"customer": "", "customer_q": "sit"}, "Choose a customer from the list"),
            ({"line-1-product_q": "tidak ada"}, "Choose a product from the list"),
            ({"line-0-quantity": "0"}, "At least something of it"),
            ({"ordered_at": "31.02."}, "Day and time"),
            ({"discount": "99999999"}, "less than nothing"),
            ({"lines": "0"}, "at least one line"),
            ({"lines": "-1"}, "at least one line"),
        ]:
            answer = self.client.post(self.url, self.filled(note="catatan saya", **changes))
            self.assertContains(answer, told, status_code=422, msg_prefix=str(changes))
            self.assertContains(answer, "catatan saya", status_code=422)
        assert not Order.objects.exists()

    def test_somebody_walking_in_may_not_take_something_for_nothing(self) -> None:
        free = {"customer": "", "lines": "1", "line-0-unit_price": "0", "line-0-discount": ""}
        self.assertContains(self.client.post(self.url, self.filled(**free)), "needs a customer", status_code=422)

    def test_a_number_in_use_leads_to_its_order(self) -> None:
        other = self.sell(self.maria, number="KN-1")
        answer = self.client.post(self.url, self.filled(number="KN-1"))
        self.assertContains(answer, reverse("order", args=[other.pk]), status_code=422)

    def test_a_stranger_enters_nothing(self) -> None:
        form = self.filled()
        self.client.logout()
        assert self.client.post(self.url, form).status_code == 302
        assert not Order.objects.exists()
