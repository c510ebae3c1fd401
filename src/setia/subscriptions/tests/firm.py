"""Who subscribes to what in these tests, and which machine stands where."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.test import TestCase

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.catalogue.models import Product
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.subscriptions import actions
from setia.subscriptions.models import Plan, Subscription, Unit

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)


def noon(day: date) -> datetime:
    """Twelve o'clock in Jakarta on a day."""
    return datetime(day.year, day.month, day.day, 5, 0, tzinfo=UTC)


class Roastery(TestCase):
    """Dimas sells; Sari sees her own customers only. Siti and Maria drink coffee by the month."""

    dimas: User
    sari: User
    siti: Customer
    maria: Customer
    machine: Product
    beans: Plan
    yearly: Plan

    @classmethod
    def setUpTestData(cls) -> None:
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo", role="OWNER")
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari Dewi", role="SALES")
        cls.siti = customers.add(by=cls.dimas, at=NOON, name="Siti Nurhaliza")
        cls.maria = customers.add(by=cls.dimas, at=NOON, name="Maria Goretti")
        cls.machine = catalogue.add(by=cls.dimas, at=NOON, code="LM-1", name="Mesin espresso", price=Decimal(9))
        cls.beans = actions.add_plan(
            by=cls.dimas, at=NOON, code="beans", name="Beans every month", price=Decimal(120_000), period="MONTH"
        )
        cls.yearly = actions.add_plan(
            by=cls.dimas, at=NOON, code="care", name="Care for a year", price=Decimal(2_400_000), period="YEAR"
        )

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def subscribe(self, customer: Customer, day: date, *, at: datetime = NOON, **facts: Any) -> Subscription:
        """Beans every month for Rp120.000, unless said otherwise."""
        facts = {"plan": self.beans, **facts}
        return actions.start(by=self.dimas, at=at, customer=customer, started_date=day, **facts)

    def install(self, customer: Customer, serial: str, **facts: Any) -> Unit:
        """An espresso machine, since the first of June."""
        facts = {"product": self.machine, "installed_date": date(2026, 6, 1), **facts}
        return actions.add_unit(by=self.dimas, at=NOON, customer=customer, serial=serial, **facts)
