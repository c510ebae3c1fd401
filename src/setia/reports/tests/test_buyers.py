"""New and returning customers by day and product: each cell against the orders, one by one."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from setia.accounts.models import Role, User
from setia.customers import actions as customers
from setia.customers.models import Merge
from setia.orders import actions as orders
from setia.orders.models import Order
from setia.reports import actions, queries
from setia.reports.periods import Days
from setia.reports.tests.simulated import NOW, ZONE, Simulated

AUTUMN = {"period": "days", "from": "2026-10-01", "to": "2026-11-12"}
FIRST, FINAL = date(2026, 10, 1), date(2026, 11, 12)


def purchases(owner: int | None, product: int | None = None) -> list[tuple[date, Order]]:
    rows = Order.objects.filter(kind="PURCHASE", reversed=False).select_related("customer").prefetch_related("lines")
    found = []
    for one in rows:
        seen = owner is None or (one.customer is not None and one.customer.owner_id == owner)
        if seen and (
            product is None or any(line.product_id == product and line.amount > 0 for line in one.lines.all())
        ):
            found.append((one.ordered_at.astimezone(ZONE).date(), one))
    return found


class BuyersTest(Simulated):
    def ask(self, name: str, user: User | None = None, **more: str) -> queries.Shown:
        return queries.live_report_for(user or self.rani, name, AUTUMN | more, at=NOW)

    def assert_every_cell(self, user: User | None = None, owner: int | None = None) -> None:
        """As it is counted along with a page, and as it is once the worker has counted."""
        self.assert_each_cell(user, owner)
        actions.count_sold()
        self.assert_each_cell(user, owner)

    def assert_each_cell(self, user: User | None = None, owner: int | None = None) -> None:
        for product in (None, self.products[0].pk):
            bought = purchases(owner, product)
            days: dict[Any, set[date]] = {}
            for day, one in bought:
                days.setdefault(one.customer_id, set()).add(day)
            shown = self.ask("new-buyers", user, **({"product": str(product)} if product else {}))
            for row in shown.table.rows:
                day = date.fromisoformat(row["day"])
                here = {one.customer_id for when, one in bought if when == day and one.customer_id}
                new = {key for key in here if min(days[key]) == day}
                walk_ins = sum(when == day and one.customer_id is None for when, one in bought)
                told = (row["new"], row["returning"], row["walk_in_orders"])
                assert told == (len(new), len(here - new), walk_ins), row
                counts = [
                    sum(when == day and one.customer_id in who for when, one in bought) for who in (new, here - new)
                ]
                assert counts == [row["new_orders"], row["returning_orders"]]
            assert len(shown.table.rows) == Days(FIRST, FINAL).many
        table = {row["key"]: row for row in self.ask("new-buyers-product", user).table.rows}
        for product_sold in self.products:
            bought = purchases(owner, product_sold.pk)
            first: dict[int, date] = {}
            for day, order in bought:
                if order.customer_id:
                    first[order.customer_id] = min(day, first.get(order.customer_id, day))
            new = {key for key, day in first.items() if FIRST <= day <= FINAL}
            late = {
                o.customer_id
                for day, o in bought
                if o.customer_id and FIRST <= day <= FINAL and day > first[o.customer_id]
            }
            row = table.get(str(product_sold.pk), {"new": 0, "returning": 0})
            assert (row["new"], row["returning"]) == (len(new), len(late))

    def test_every_cell_is_what_the_orders_come_to_through_returns_merges_and_unmerges(self) -> None:
        self.assert_every_cell()
        first = Order.objects.filter(kind="PURCHASE", reversed=False, customer__isnull=False).order_by("ordered_at")[0]
        orders.give_back(by=self.rani, at=NOW - timedelta(days=9), order=first, reason="Rusak")
        self.assert_every_cell()
        customers.merge(by=self.rani, at=NOW, survivor=self.customers[0], others=[self.customers[1]])
        self.assert_every_cell()
        customers.unmerge(by=self.rani, at=NOW, merge=Merge.objects.get())
        self.assert_every_cell()

    def test_a_seller_counts_their_own_customers_alone(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        self.assert_every_cell(User.objects.get(pk=self.sari.pk), self.sari.pk)

    def test_a_product_opens_its_days(self) -> None:
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        page = self.client.get(reverse("sales_report", args=["new-buyers-product"]), AUTUMN)
        path = reverse("sales_report", args=["new-buyers"])
        self.assertContains(page, f"{path}?period=days&amp;from=2026-10-01&amp;to=2026-11-12&amp;product=")
        days = self.client.get(reverse("sales_report", args=["new-buyers"]), AUTUMN | {"product": self.products[0].pk})
        self.assertContains(days, "Kopi 0")
