"""New and returning customers by day and product: each cell against the orders, one by one."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.urls import reverse

from setia.accounts.models import Role, User
from setia.customers import actions as customers
from setia.customers.models import Merge
from setia.orders import actions as orders
from setia.orders.models import Order
from setia.reports import actions, queries
from setia.reports.models import UncountedDay
from setia.reports.periods import Days
from setia.reports.queries import tallied
from setia.reports.tests.simulated import NOW, ZONE, Simulated
from setia.sales.models import Opportunity

AUTUMN = {"period": "days", "from": "2026-10-01", "to": "2026-11-12"}
FIRST, FINAL = date(2026, 10, 1), date(2026, 11, 12)
LATE_SUMMER = {"period": "days", "from": "2026-08-20", "to": "2026-10-09"}


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
        for period in (AUTUMN, LATE_SUMMER):
            self.assert_each_product(user, owner, period)

    def assert_each_product(self, user: User | None, owner: int | None, period: dict[str, str]) -> None:
        begins, ends = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
        shown = queries.live_report_for(user or self.rani, "new-buyers-product", period, at=NOW)
        told = {row["key"]: [row[name] for name in ("new", "returning", "orders")] for row in shown.table.rows}
        expected = {}
        for product in self.products:
            bought = purchases(owner, product.pk)
            days: dict[int, set[date]] = {}
            for day, one in bought:
                if one.customer_id:
                    days.setdefault(one.customer_id, set()).add(day)
            new = sum(begins <= min(there) <= ends for there in days.values())
            late = sum(any(begins <= day <= ends and day > min(there) for day in there) for there in days.values())
            if many := sum(begins <= day <= ends for day, _one in bought):
                expected[str(product.pk)] = [new, late, many]
        assert told == expected

    def test_every_cell_is_what_the_orders_come_to_through_returns_merges_and_unmerges(self) -> None:
        self.assert_every_cell()
        first = Order.objects.filter(kind="PURCHASE", reversed=False, customer__isnull=False).order_by("ordered_at")[0]
        orders.give_back(by=self.rani, at=NOW - timedelta(days=9), order=first, reason="Rusak")
        self.assert_every_cell()
        customers.merge(by=self.rani, at=NOW, survivor=self.customers[0], others=[self.customers[1]])
        self.assert_every_cell()
        customers.unmerge(by=self.rani, at=NOW, merge=Merge.objects.get())
        self.assert_every_cell()

    def test_a_first_purchase_moved_to_another_day_or_customer_turns_the_later_days_with_it(self) -> None:
        actions.count_sold()
        mine = Order.objects.filter(kind="PURCHASE", reversed=False, customer=self.customers[2]).order_by("ordered_at")
        first, second = mine[:2]
        line = orders.Line(self.products[0], Decimal(1), Decimal(70_000))
        # A minute after midnight in Jakarta, when it is still the day before in Greenwich.
        late = NOW.replace(day=10, hour=17, minute=1)
        orders.edit(by=self.rani, at=NOW, order=first, lines=[line], ordered_at=late)
        self.assert_every_cell()
        orders.edit(
            by=self.rani, at=NOW, order=Order.objects.get(pk=first.pk), lines=[line], ordered_at=second.ordered_at
        )
        self.assert_every_cell()
        orders.move(by=self.rani, at=NOW, orders=[second], customer=self.customers[3])
        self.assert_every_cell()

    def test_what_came_or_went_unseen_puts_all_later_days_out_of_date(self) -> None:
        actions.count_sold()
        first = Order.objects.filter(kind="PURCHASE", reversed=False, customer=self.customers[4]).earliest("ordered_at")
        Opportunity.objects.filter(order=first).update(order=None)
        first.lines.all().delete()
        first.delete()
        actions.mark_different()
        later = Order.objects.filter(day__gt=first.day).values_list("day", flat=True).distinct()
        assert set(UncountedDay.objects.values_list("day", flat=True)) == {first.day, *later}
        self.assert_every_cell()

    def test_a_large_firm_is_told_how_many_days_wait_for_the_worker(self) -> None:
        waiting = UncountedDay.objects.filter(day__range=(FIRST, FINAL)).values("day").distinct().count()
        with mock.patch.object(tallied, "FEW_ORDERS", -2):
            assert self.ask("new-buyers").table.waiting == waiting - tallied.LIVE_DAYS
            assert self.ask("new-buyers-product").table.waiting == waiting - 1
            actions.count_sold()
            assert self.ask("new-buyers").table.waiting == self.ask("new-buyers-product").table.waiting == 0

    def test_a_seller_counts_their_own_customers_alone(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        self.assert_every_cell(User.objects.get(pk=self.sari.pk), self.sari.pk)

    def test_of_many_products_those_stand_on_the_page_that_most_customers_bought(self) -> None:
        self.client.force_login(self.rani)
        labels = [row["label"] for row in self.ask("new-buyers-product").table.rows]
        with mock.patch("setia.reports.views.live.ON_PAGE", 1):
            page = self.client.get(reverse("sales_report", args=["new-buyers-product"]), AUTUMN)
        self.assertContains(page, labels[0])
        self.assertNotContains(page, labels[-1])

    def test_a_product_opens_its_days(self) -> None:
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        page = self.client.get(reverse("sales_report", args=["new-buyers-product"]), AUTUMN)
        path = reverse("sales_report", args=["new-buyers"])
        self.assertContains(page, f"{path}?period=days&amp;from=2026-10-01&amp;to=2026-11-12&amp;product=")
        days = self.client.get(reverse("sales_report", args=["new-buyers"]), AUTUMN | {"product": self.products[0].pk})
        self.assertContains(days, "Kopi 0")
