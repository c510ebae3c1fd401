"""Warung Kopi Dago on 19 November 2026: seven customers whose figures can be told by hand.

Number  Name      Bought on                                            Spent        Is
1       Siti      the 10th of every month, 2025-10 to 2026-11          14 × 100     loyal, loyalty stage
2       Wayan     2024-05-05, 2024-06-05                               2 × 300      defected
3       Ratna     2026-01-15, 2026-09-15                               500 + 100    retention
4       Kadek     2026-11-03                                           250          first purchase, new this month
5       Maria     never                                                             prospect, reach
6       Yohanes   2025-11-19, 2025-12-20 (and one taken back whole)    2 × 50       retention
10      Bayu      2026-11-05, 2026-11-06                               2 × 70       new and returning this month

A walk-in bought for 40 on 2026-11-07; Ratna brought goods back for 30 on 2026-10-01; Siti got a gift for free.
Siti recommended Kadek. Wayan's purchases were made on promotion.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from setia.core.models import Firm
from setia.core.queries import firm
from setia.customers.models import Customer
from setia.orders.models import Order

AS_OF = date(2026, 11, 19)
NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


class Shop:
    """Everybody, as rows in the database."""

    def __init__(self) -> None:
        firm()
        Firm.objects.update(feed_live=True)  # the day of asking counts, not that of the last order
        self.siti = self.customer("Siti Nurhaliza", "1")
        self.wayan = self.customer("Wayan Sudiarta", "2")
        self.ratna = self.customer("Ratna Dewi", "3")
        self.kadek = self.customer("Kadek Ayu", "4", recommended_by=self.siti)
        self.maria = self.customer("Maria Goretti", "5")
        self.yohanes = self.customer("Yohanes Tambunan", "6")
        self.bayu = self.customer("Bayu Saputra", "10")
        for month in [*(f"2025-{m}" for m in (10, 11, 12)), *(f"2026-{m:02}" for m in range(1, 12))]:
            self.bought(self.siti, f"{month}-10", 100)
        for when in ("2024-05-05", "2024-06-05"):
            self.bought(self.wayan, when, 300, promotion_code="LEBARAN")
        self.bought(self.ratna, "2026-01-15", 500)
        self.bought(self.ratna, "2026-09-15", 100)
        self.bought(self.kadek, "2026-11-03", 250)
        self.bought(self.yohanes, "2025-11-19", 50)
        self.bought(self.yohanes, "2025-12-20", 50)
        mistaken = self.bought(self.yohanes, "2026-03-01", 900, reversed=True)
        self.order(self.yohanes, "2026-03-02", -900, Order.Kind.RETURN, reverses=mistaken)
        for when in ("2026-11-05", "2026-11-06"):
            self.bought(self.bayu, when, 70)
        self.bought(None, "2026-11-07", 40)
        self.order(self.ratna, "2026-10-01", -30, Order.Kind.RETURN)
        self.order(self.siti, "2026-10-02", 0, Order.Kind.FREE)

    def customer(self, name: str, number: str, *, known: date = AS_OF, **more: object) -> Customer:
        at = datetime(known.year, known.month, known.day, 5, tzinfo=UTC)
        return Customer.objects.create(name=name, number=number, created_at=at, updated_at=at, **more)

    def bought(self, who: Customer | None, when: str, total: int, **more: object) -> Order:
        return self.order(who, when, total, Order.Kind.PURCHASE, **more)

    def order(self, who: Customer | None, when: str, total: int, kind: str, **more: object) -> Order:
        on = day(when)
        at = datetime(on.year, on.month, on.day, 5, tzinfo=UTC)
        number = f"{when}-{who.number if who else 'tamu'}-{Order.objects.count()}"
        return Order.objects.create(
            number=number,
            customer=who,
            ordered_at=at,
            day=on,
            kind=kind,
            total=Decimal(total),
            created_at=at,
            **more,
        )
