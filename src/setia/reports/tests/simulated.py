"""A simulated shop for the tests of reports about selling, and what its orders come to, counted without the reports."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.test import TestCase

from setia.accounts.models import Team, User
from setia.catalogue.models import Product
from setia.core.models import Firm
from setia.customers.models import Customer, Region, RegionSpelling
from setia.orders.models import Order, OrderLine
from setia.reports import actions
from setia.sales.actions import follow_owners, make_first_pipeline
from setia.sales.models import Opportunity, Pipeline, Prospect, Stage

NOW = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
CHANNELS = ("Tokopedia", "WhatsApp", "")
SOURCES = ("Instagram", "", "Google")


class Simulated(TestCase):
    """Rani owns the shop; Sari and Budi sell, each to their own customers; Tono is on Sari's team and leads it."""

    rani: User
    sari: User
    budi: User
    tono: User
    customers: list[Customer]
    products: list[Product]

    @classmethod
    def setUpTestData(cls) -> None:
        Firm.objects.update_or_create(
            pk=1, defaults={"language": "en", "zone": "Asia/Jakarta", "feed_live": True, "name": "Kopi"}
        )
        make_first_pipeline(at=NOW)
        people = ("rani", "OWNER"), ("sari", "SALES"), ("budi", "SALES"), ("tono", "SALES")
        cls.rani, cls.sari, cls.budi, cls.tono = (
            User.objects.create_user(f"{name}@kopi.id", None, name=name.title(), role=role) for name, role in people
        )
        Team.objects.create(name="North").members.add(cls.sari, cls.tono)
        Region.objects.bulk_create(
            Region(code=code, level=1 if len(code) == 2 else 2, name=name, path=name, bare=name.lower(), folded="")
            for code, name in (("31", "DKI Jakarta"), ("32", "Jawa Barat"), ("32.76", "Kota Depok"))
        )
        RegionSpelling.objects.create(spelling="Depok", code="32.76")
        random = Random(7)
        cls.products = [
            Product.objects.create(code=f"P{n}", name=f"Kopi {n}", created_at=NOW, updated_at=NOW) for n in range(4)
        ]
        places: tuple[dict[str, str], ...] = (
            {"region_code": "31.71"},
            {"region": "Depok"},
            {"region": "somewhere"},
            {},
        )
        cls.customers = [
            Customer.objects.create(
                name=f"Pelanggan {n}",
                number=str(n),
                owner=(cls.sari, cls.budi, None)[n % 3],
                created_at=NOW,
                updated_at=NOW,
                **places[n % 4],
            )
            for n in range(9)
        ]
        for n, customer in enumerate(cls.customers[:6]):
            Prospect.objects.create(
                customer=customer,
                source=SOURCES[n % 3],
                status="WON",
                captured_at=NOW,
                moved_at=NOW,
                closed_at=NOW,
                updated_at=NOW,
            )
        cls._sell(random)
        follow_owners(None)
        actions.mark_all()

    @classmethod
    def _sell(cls, random: Random) -> None:
        for n in range(160):
            customer = random.choice([*cls.customers, None])
            # Around midnight in Jakarta, when it is still the day before in Greenwich.
            at = NOW - timedelta(days=random.randrange(1, 120)) + timedelta(minutes=random.choice((0, 719, 721, 1019)))
            lines = [(random.choice([*cls.products, None]), Decimal(random.randrange(1, 90)) * 1000) for _ in range(3)]
            discount = Decimal(random.choice((0, 0, 500)))
            total = sum((amount for _product, amount in lines), Decimal(0)) - discount
            gone = customer is not None and n % 11 == 0
            sign = -1 if gone else 1
            order = Order.objects.create(
                number=f"S-{n}",
                customer=customer,
                agent=cls.customers[8] if n % 9 == 0 and customer != cls.customers[8] else None,
                ordered_at=at,
                day=at.astimezone(ZONE).date(),
                kind="RETURN" if gone else "PURCHASE",
                cancelled=gone,
                total=sign * total,
                discount=discount,
                channel=random.choice(CHANNELS),
                reversed=not gone and n % 13 == 0,
                created_at=at,
            )
            for place, (product, amount) in enumerate(lines, 1):
                OrderLine.objects.create(
                    order=order,
                    position=place,
                    product=product,
                    description="" if product else "Ongkir",
                    quantity=2 * sign,
                    unit_price=amount / 2,
                    amount=sign * amount,
                )
            if n % 8 == 0 and customer:
                cls._won(order, customer, cls.budi)
        # What counts nowhere: nothing paid, and an adjustment.
        at = NOW - timedelta(days=3)
        nothing: tuple[tuple[str, Customer | None, Decimal], ...]
        nothing = (("FREE", cls.customers[0], Decimal(0)), ("ADJUSTMENT", None, Decimal(-5)))
        for kind, customer, total in nothing:
            Order.objects.create(
                number=kind, customer=customer, ordered_at=at, day=at.date(), kind=kind, total=total, created_at=at
            )

    @staticmethod
    def _won(order: Order, customer: Customer, owner: User) -> None:
        stage = Stage.objects.order_by("position")[0]
        Opportunity.objects.create(
            customer=customer,
            owner=owner,
            pipeline=Pipeline.objects.get(),
            stage=stage,
            title="Won",
            status="WON",
            order=order,
            entered_at=NOW,
            closed_at=NOW,
            created_at=NOW,
            updated_at=NOW,
        )


Cells = dict[Any, tuple[int, int, Decimal, Decimal]]


def keys_of(way: str, order: Order) -> Iterable[tuple[str, Decimal]]:
    """The keys an order has, seen one way, and how much of its money each has; read off the rows one by one."""
    customer = order.customer
    if way == "I":
        found: dict[str, Decimal] = defaultdict(Decimal)
        for line in order.lines.all():
            found[str(line.product_id or "")] += line.amount
        found[""] += order.total - sum(line.amount for line in order.lines.all())
        return [(key, money) for key, money in found.items() if key or money]
    if way == "P":
        won = Opportunity.objects.filter(order=order, status="WON").order_by("pk").first()
        owner = (won and won.owner_id) or (customer and customer.owner_id) or 0
        return [(str(owner), order.total)]
    if way == "R":
        spelled = customer and RegionSpelling.objects.filter(spelling=customer.region).first()
        code = (customer and (customer.region_code or (spelled and spelled.code))) or ""
        return [(code[:2], order.total)]
    if way == "S":
        prospect = customer and Prospect.objects.filter(customer=customer).first()
        return [(prospect.source if prospect else "", order.total)]
    key = {"C": order.channel, "A": order.agent_id, "U": order.customer_id}[way]
    return [(str(key or ""), order.total)]


def counted_by_hand(way: str, first: date, final: date, *, sees: Callable[[Order], bool] = lambda _one: True) -> Cells:
    """Orders, returns, purchases and returns in money by key, added up order by order in Python; days by the clock in
    Jakarta, not by the column.
    """
    cells: dict[Any, list[Any]] = defaultdict(lambda: [0, 0, Decimal(0), Decimal(0)])
    rows = Order.objects.filter(kind__in=["PURCHASE", "RETURN"]).select_related("customer").prefetch_related("lines")
    for one in rows:
        if not first <= one.ordered_at.astimezone(ZONE).date() <= final or not sees(one):
            continue
        for key, money in keys_of(way, one):
            cell = cells[key]
            back = one.kind == "RETURN"
            cell[0] += not back and not one.reversed
            cell[1] += back
            cell[3 if back else 2] += money
    return {key: (a, b, c, d) for key, (a, b, c, d) in cells.items()}
