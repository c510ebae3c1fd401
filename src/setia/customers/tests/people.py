"""The people of these tests: who works at Kopi Nusantara, and who buys there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import TestCase

from setia.accounts.models import User
from setia.customers import actions
from setia.customers.models import Customer, TimelineEntry

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
LATER_STILL = NOON + timedelta(hours=2)

HOSTILE_NAMES = [
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE customers_customer;--",
    "{{ 7 * 7 }} {% raw %}",
    "عبد الرحمن 🌺",
    "Nama " * 60,
    "%_\\",
]


class People(TestCase):
    """Rani owns the shop, Dimas is on the team, Bayu has left, Siti buys."""

    rani: User
    dimas: User
    bayu: User
    siti: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        cls.rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
        cls.bayu = User.objects.create_user("bayu@kopi.id", None, name="Bayu Saputra", is_active=False)
        cls.siti = actions.add(
            by=cls.dimas, at=NOON, name="Siti Nurhaliza", contacts=[("WHATSAPP", "0812-2045-7781")], number="C-1"
        )

    def told(self, customer: Customer) -> list[tuple[str, Any]]:
        """The customer's timeline, oldest first, as kinds and what they tell."""
        return list(TimelineEntry.objects.filter(customer=customer).order_by("id").values_list("kind", "data"))

    def sign_in(self, user: User | None = None) -> None:
        """Sign Dimas in, or somebody else, reading English."""
        self.client.force_login(user or self.dimas)
        self.client.cookies["setia_language"] = "en"
