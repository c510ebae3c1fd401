"""Reading orders: the list with its filters, one order, the export."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from setia.orders import actions, queries
from setia.orders.lines import Line
from setia.orders.models import Order
from setia.orders.tests.shop import LATER, NOON, Shop


class OrdersTest(Shop):
    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def numbers(self, **params: str) -> list[str]:
        found, _chips = queries.narrow(self.dimas, queries.orders_for(self.dimas), params)
        return sorted(found.values_list("number", flat=True))

    def test_filters_come_from_the_address(self) -> None:
        self.sell(self.siti, "KN-1")
        back = actions.give_back(by=self.dimas, at=LATER, order=self.sell(self.maria, "KN-2"), reason="rusak")
        self.sell(None, "KN-3", at=NOON - timedelta(days=3))
        actions.add(
            by=self.dimas,
            at=NOON,
            number="TP-4",
            customer=self.siti,
            channel="Tokopedia",
            lines=[Line(self.gayo, Decimal(1), Decimal(5))],
        )
        assert self.numbers(kind="RETURN") == [back.number]
        assert self.numbers(walk_in="1") == ["KN-3"]
        assert self.numbers(channel="Tokopedia") == ["TP-4"]
        assert self.numbers(customer=str(self.siti.pk)) == ["KN-1", "TP-4"]
        assert self.numbers(product=str(self.filters.pk)) == ["KN-1", "KN-2", "KN-2-R", "KN-3"]
        assert self.numbers(q="kn-2") == ["KN-2", "KN-2-R"]
        assert self.numbers(to="2026-11-16") == ["KN-3"]
        assert "KN-3" not in self.numbers(**{"from": "2026-11-17"})
        for nonsense in ({"kind": "X"}, {"from": "31.02."}, {"customer": "x"}, {"product": "9" * 30}):
            assert len(self.numbers(**nonsense)) == 5
        assert queries.channels() == ["Tokopedia"]

    def test_a_day_is_the_firm_s_day_from_its_first_minute_to_its_last(self) -> None:
        midnight = NOON.replace(hour=17, minute=0)  # 00.00 in Jakarta, the 20th
        self.sell(self.siti, "KN-1", at=midnight - timedelta(seconds=1))
        self.sell(self.siti, "KN-2", at=midnight)
        assert self.numbers(**{"from": "2026-11-19", "to": "2026-11-19"}) == ["KN-1"]
        assert self.numbers(**{"from": "2026-11-20", "to": "2026-11-20"}) == ["KN-2"]

    def test_the_list_is_sorted_three_ways_in_at_most_eight_queries(self) -> None:
        self.sell(self.siti, "KN-1", at=NOON)
        actions.add(
            by=self.dimas, at=LATER, number="KN-2", customer=None, lines=[Line(self.gayo, Decimal(1), Decimal(5))]
        )
        for sort, first in (("", "KN-2"), ("oldest", "KN-1"), ("total", "KN-1")):
            with self.assertNumQueries(6):
                page = self.client.get(reverse("orders"), {"sort": sort}).content.decode()
            assert page.index(first) < page.index("KN-1" if first == "KN-2" else "KN-2"), sort

    def test_an_order_shows_its_customer_its_lines_and_what_took_it_back(self) -> None:
        order = self.sell(self.siti, "KN-1")
        url = reverse("order", args=[order.pk])
        with self.assertNumQueries(5):
            answer = self.client.get(url)
        for text in ("Siti Nurhaliza", "Gayo Natural 1 kg", "Saringan V60", "Rp486,000"):
            self.assertContains(answer, text)
        back = actions.give_back(by=self.dimas, at=LATER, order=order, reason="Biji terlalu gelap")
        self.assertContains(self.client.get(url), "This order was taken back.")
        self.assertContains(self.client.get(reverse("order", args=[back.pk])), "Biji terlalu gelap")

    def test_the_export_has_a_row_per_line_and_honours_the_filters(self) -> None:
        self.sell(self.siti, "KN-1")
        self.sell(self.maria, "KN-2")
        answer = self.client.get(reverse("export_orders"), {"q": "KN-1"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [(row["Order number"], row["Product code"], row["Amount"]) for row in rows] == [
            ("KN-1", "GAYO", "385000"),
            ("KN-1", "V60", "101000"),
        ]
        assert rows[0]["Time"] == "2026-11-19T12:00:00+07:00"
        assert rows[0]["Kind"] == "Purchase"

    def test_an_empty_list_says_what_to_do(self) -> None:
        self.assertContains(self.client.get(reverse("orders")), "No orders yet")
        self.assertContains(self.client.get(reverse("orders"), {"q": "x"}), "No order fits all of this")

    def test_a_stranger_is_sent_to_the_door_and_sees_nothing(self) -> None:
        order = self.sell(self.siti)
        self.client.logout()
        for name, args in [("orders", []), ("order", [order.pk]), ("export_orders", []), ("give_back", [order.pk])]:
            assert self.client.get(reverse(name, args=args)).status_code == 302
        assert not queries.orders_for(self.bayu).exists()
        assert Order.objects.count() == 1
