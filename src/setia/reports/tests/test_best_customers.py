"""The best customers of a period are found among those who bought most in its years, and no better one is missed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from unittest import mock

from django.db.models import Sum

from setia.customers import actions as customers
from setia.customers.models import Merge
from setia.orders import actions as orders
from setia.orders.models import Order
from setia.reports import actions, queries
from setia.reports.actions import best
from setia.reports.counting import best_customers
from setia.reports.models import BestBuyer
from setia.reports.queries import sold
from setia.reports.queries.best import leading
from setia.reports.tests.simulated import NOW, Simulated, counted_by_hand

YEARS = {"period": "days", "from": "2025-11-20", "to": "2026-11-18"}
FIRST, FINAL = date(2025, 11, 20), date(2026, 11, 18)


def not_all() -> Any:
    """Within it, adding up everybody is an error."""
    asked = best_customers
    return mock.patch.object(sold, "best_customers", lambda among: asked(among=True) if among else "SELECT 1 / 0")


class BestCustomersTest(Simulated):
    @classmethod
    def _sell(cls, random: Random) -> None:
        super()._sell(random)
        # Both years, and around midnight between them.
        for n in range(80):
            away = timedelta(minutes=random.randrange(-60_000, 60_000) // (n + 1))
            cls.sold_to(
                random.randrange(9), datetime(2025, 12, 31, 17, tzinfo=UTC) + away, random.randrange(1, 250), f"Y-{n}"
            )

    @classmethod
    def sold_to(cls, customer: int, at: datetime, thousands: int, number: str) -> Order:
        return Order.objects.create(
            number=number,
            customer=cls.customers[customer],
            ordered_at=at,
            day=(at + timedelta(hours=7)).date(),
            kind="PURCHASE",
            total=Decimal(thousands) * 1000,
            created_at=at,
        )

    def found(self, most: int) -> list[str]:
        """The best, with all their figures compared."""
        by_hand = counted_by_hand("U", FIRST, FINAL)
        with mock.patch.object(sold, "MOST_CUSTOMERS", most), mock.patch.object(sold, "LEADING", 2 * most):
            shown = queries.live_report_for(self.rani, "by-customer", YEARS, at=NOW)
        for row in shown.table.rows:
            told = (row["orders"], row["returns"], row["purchased"], row["returned"])
            assert told == by_hand[row["key"]], row
        return [row["key"] for row in shown.table.rows]

    def by_hand(self, most: int) -> list[str]:
        cells = counted_by_hand("U", FIRST, FINAL)
        return sorted(cells, key=lambda key: (-cells[key][2] - cells[key][3], int(key or 0)))[:most]

    def assert_bounds(self) -> None:
        """Nobody bought for more in a year than is kept of them, or of whoever has no row."""
        kept = {(row.year, row.customer): row.at_most for row in BestBuyer.objects.all()}
        bought = Order.objects.filter(kind="PURCHASE", customer__isnull=False)
        for row in bought.values("day__year", "customer").annotate(came_to=Sum("total")):
            year = row["day__year"]
            assert row["came_to"] <= kept.get((year, row["customer"]), kept[year, 0]), row

    def test_they_are_found_without_adding_up_everybody(self) -> None:
        with mock.patch.object(best, "KEPT", 5):
            actions.count_sold()
        assert BestBuyer.objects.count() == 2 * (5 + 1)
        self.assert_bounds()
        with not_all():
            assert self.found(2) == self.by_hand(2)
        assert self.found(4) == self.by_hand(4)

    def test_all_are_added_up_where_those_kept_do_not_settle_it(self) -> None:
        with mock.patch.object(best, "KEPT", 1):
            actions.count_sold()
        with mock.patch.object(sold, "leading", wraps=leading) as asked:
            assert self.found(5) == self.by_hand(5)
        assert asked.called

    def test_who_bought_since_the_worker_counted_is_looked_at_too(self) -> None:
        with mock.patch.object(best, "KEPT", 5):
            actions.count_sold()
            least = int(self.by_hand(10)[-1])
            place = next(n for n, customer in enumerate(self.customers) if customer.pk == least)
            late = self.sold_to(place, NOW - timedelta(days=250), 90_000, "LATE")
            actions.mark_days([late.day])
            for _counted in (False, True):
                assert self.by_hand(1) == [str(least)]
                with not_all():
                    assert self.found(2) == self.by_hand(2)
                actions.count_sold()
                self.assert_bounds()
        assert BestBuyer.objects.filter(customer=least, year=2026).exists()

    def test_nobody_is_kept_too_low_through_sixty_changes(self) -> None:
        random = Random(11)
        with mock.patch.object(best, "KEPT", 3):
            actions.count_sold()
            for n in range(60):
                at = NOW - timedelta(days=random.randrange(1, 400))
                one = random.choice(Order.objects.filter(number__startswith="Y-").order_by("pk"))
                match random.randrange(5):
                    case 0 | 1:
                        made = self.sold_to(random.randrange(9), at, random.randrange(1, 300), f"Y-N{n}")
                        actions.mark_order(made.pk, customer=made.customer_id)
                    case 2:
                        orders.move(by=self.rani, at=NOW, orders=[one], customer=random.choice(self.customers))
                    case 3:
                        line = orders.Line(self.products[0], Decimal(1), Decimal(random.randrange(1, 300) * 1000))
                        orders.edit(by=self.rani, at=NOW, order=one, lines=[line], ordered_at=at)
                    case _:
                        day = one.day
                        one.lines.all().delete()
                        one.delete()
                        actions.mark_days([day])
                if n % 3 == 0:
                    actions.count_sold()
                    self.assert_bounds()
                if n % 10 == 0:
                    assert self.found(3) == self.by_hand(3)
        customers.merge(by=self.rani, at=NOW, survivor=self.customers[2], others=self.customers[3:6])
        actions.count_sold()
        self.assert_bounds()
        assert self.found(3) == self.by_hand(3)
        customers.unmerge(by=self.rani, at=NOW, merge=Merge.objects.get())
        actions.count_sold()
        self.assert_bounds()
        assert self.found(3) == self.by_hand(3)
