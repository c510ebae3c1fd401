"""Who sells and who buys in these tests, and what is on the shelf."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.test import TestCase

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.catalogue.models import Product
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders import actions
from setia.orders.lines import Line
from setia.orders.models import Order

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


class Shop(TestCase):
    """Dimas sells, Bayu has left; Siti and Maria buy Gayo by the kilo and filters by the pack."""

    dimas: User
    bayu: User
    siti: Customer
    maria: Customer
    gayo: Product
    filters: Product

    @classmethod
    def setUpTestData(cls) -> None:
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
        cls.bayu = User.objects.create_user("bayu@kopi.id", None, is_active=False)
        cls.siti = customers.add(by=cls.dimas, at=NOON, name="Siti Nurhaliza")
        cls.maria = customers.add(by=cls.dimas, at=NOON, name="Maria Goretti")
        cls.gayo = catalogue.add(by=cls.dimas, at=NOON, code="GAYO", name="Gayo Natural 1 kg", price=Decimal(385000))
        cls.filters = catalogue.add(by=cls.dimas, at=NOON, code="V60", name="Saringan V60", price=Decimal(101000))

    def sell(self, customer: Customer | None, number: str = "", at: datetime = NOON) -> Order:
        """One kilo and one pack: Rp486.000."""
        return actions.add(by=self.dimas, at=at, number=number, customer=customer, lines=self.kilo_and_pack())

    def kilo_and_pack(self) -> list[Line]:
        return [Line(self.gayo, Decimal(1), Decimal(385000)), Line(self.filters, Decimal(1), Decimal(101000))]
