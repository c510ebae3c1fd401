"""Moves between the groups of the RFM map, and what is bought together: counted by hand, and opened from the page."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from setia.accounts.models import User
from setia.catalogue.models import Product
from setia.customers.queries import customers_for
from setia.orders.models import Order, OrderLine
from setia.orders.queries import narrow as narrow_orders
from setia.orders.queries import orders_for
from setia.portraits import actions
from setia.portraits.analysis.baskets import pair_rows
from setia.portraits.models import Portrait
from setia.portraits.queries import figures, narrow
from setia.portraits.tests.shop import NOON, Shop
from setia.portraits.tests.test_pages import signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def rani() -> User:
    return User.objects.get(email="rani@kopi.id")


class TestMoves:
    def test_who_had_not_bought_three_months_before_was_in_no_group(self, refreshed: Shop) -> None:
        before = dict(Portrait.objects.values_list("customer__name", "rfm_cell_before"))
        # As of 19 August Siti, Wayan, Ratna and Yohanes had bought; Kadek and Bayu came in November.
        assert {name.split()[0] for name, cell in before.items() if cell} == {"Siti", "Wayan", "Ratna", "Yohanes"}
        # Of four in five groups, by days silent: Siti 9, Ratna 216, Yohanes 242, Wayan 805; by days bought: Ratna 1,
        # Wayan and Yohanes 2, Siti 11. So Siti stood at recency 4 and frequency 4 of the groups that were filled.
        assert before["Siti Nurhaliza"] == "LOYAL_CUSTOMERS"
        assert sum(row["customers"] for row in figures("rfm-moves")["rfm-moves"]) == 6

    def test_each_number_of_the_page_opens_as_many_customers(
        self, refreshed: Shop, django_assert_max_num_queries: Any
    ) -> None:
        client = signed_in()
        page = text_of(client, "/understand/moves/")
        opened = re.findall(r'href="/customers/\?moved=([A-Z_.]+)" title="[^"]*">(\d+)</a>', page)
        assert sum(int(count) for _key, count in opened) == 6
        for key, count in opened:
            assert narrow(customers_for(rani()), {"moved": key})[0].count() == int(count), key
        for wrong in ("CHAMPIONS", "CHAMPIONS.KINGS", "AT_RISK.NOT_YET", "."):
            assert narrow(customers_for(rani()), {"moved": wrong})[1] == []
        with django_assert_max_num_queries(8):
            client.get("/understand/moves/")

    def test_up_and_down_are_told_by_the_order_of_the_groups(self, refreshed: Shop) -> None:
        page = text_of(signed_in(), "/understand/moves/")
        found = re.search(r"In three months (\d+) moved up, (\d+) slid down, (\d+) stayed", page)
        assert found is not None
        assert sum(map(int, found.groups())) == 4

    def test_one_customer_recomputed_keeps_the_group_of_then(self, refreshed: Shop) -> None:
        before = Portrait.objects.get(pk=refreshed.siti.pk).rfm_cell_before
        actions.refresh_one(refreshed.siti.pk, at=NOON)
        assert Portrait.objects.get(pk=refreshed.siti.pk).rfm_cell_before == before


def lines(*orders: tuple[int, ...]) -> pa.Table:
    rows = [(number, product) for number, products in enumerate(orders, 1) for product in products]
    return pa.table(
        {
            "order": pa.array([number for number, _product in rows], pa.int64()),
            "product": pa.array([product for _number, product in rows], pa.int64()),
            "day": pa.array([date(2026, 1, 1)] * len(rows), pa.date32()),
        }
    )


class TestTogether:
    def test_a_pair_that_meets_in_every_order_of_the_rarer_is_found_once_with_its_lift(self) -> None:
        # Of 40 orders 10 have 1 and 2, 10 have 1 alone, 20 have 3. By chance 1 and 2 would meet in 20 × 10 / 40.
        orders = lines(*[(1, 2)] * 10, *[(1,)] * 10, *[(3,)] * 20)
        found = pair_rows(orders, lambda keys: {key: f"P{key}" for key in keys})
        assert [(row["product"], row["also"], row["orders"], row["confidence"], row["lift"]) for row in found] == [
            (2, 1, 10, 1.0, 2.0)
        ]
        assert (found[0]["product_name"], found[0]["of_orders"], found[0]["since"]) == ("P2", 40, "2026-01-01")

    def test_products_that_meet_as_often_as_by_chance_are_no_find(self) -> None:
        assert pair_rows(lines(*[(1, 2)] * 10, *[(1,)] * 10, *[(2,)] * 10, *[(3,)] * 10), lambda keys: {}) == []
        assert pair_rows(lines(), lambda keys: {}) == []

    def test_the_page_opens_the_orders_and_the_customers_behind_a_pair(
        self, shop: Shop, django_assert_max_num_queries: Any
    ) -> None:
        at = datetime(2025, 1, 1, tzinfo=UTC)
        coffee, filters = (
            Product.objects.create(code=code, name=code.title(), created_at=at, updated_at=at)
            for code in ("gayo", "saring")
        )
        siti = list(Order.objects.filter(customer=shop.siti, kind="PURCHASE").order_by("day"))
        for order in siti:
            self.line(order, coffee, 1)
            self.line(order, filters, 2)
        ratna = Order.objects.filter(customer=shop.ratna, kind="PURCHASE").first()
        assert ratna is not None
        self.line(ratna, coffee, 1)
        other = Product.objects.create(code="teh", name="Teh", created_at=at, updated_at=at)
        for n in range(20):
            self.line(shop.bought(shop.bayu, str(date(2026, 6, 1) + timedelta(n)), 10), other, 1)
        actions.refresh(by=None, at=NOON)
        client = signed_in()
        page = text_of(client, "/understand/together/")
        pair = f"{filters.pk}.{coffee.pk}"
        assert f'href="/customers/?together={pair}">who buy both' in page
        assert "Saring and Gayo are bought together 2.3 times as often as by chance" in page
        assert "&lt;1.2×" in page
        client.cookies["setia_language"] = "id"
        assert "&lt;1,2×" in text_of(client, "/understand/together/")
        client.cookies["setia_language"] = "en"
        found, _chips = narrow_orders(rani(), orders_for(rani()), {"with": pair})
        assert found.count() == 14
        assert [one.pk for one in narrow(customers_for(rani()), {"together": pair})[0]] == [shop.siti.pk]
        missing = f"{coffee.pk}.{filters.pk}.first"
        assert [one.pk for one in narrow(customers_for(rani()), {"together": missing})[0]] == [shop.ratna.pk]
        assert client.get("/reports/together/").status_code == 200
        with django_assert_max_num_queries(8):
            client.get("/understand/together/")

    def test_without_products_of_a_catalogue_the_page_says_so(self, refreshed: Shop) -> None:
        assert "the orders name no products of the catalogue" in text_of(signed_in(), "/understand/together/")

    def line(self, order: Order, product: Product, position: int) -> None:
        OrderLine.objects.create(order=order, position=position, product=product, quantity=1, unit_price=50, amount=50)
