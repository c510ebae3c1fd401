"""Who sells what to whom in the tests of opportunities, and on which pipeline."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.sales import actions
from setia.sales.models import LostReason, Opportunity, Pipeline, Stage

__all__ = ["LATER", "NEXT_DAY", "NOON", "TODAY", "Selling"]

TODAY = date(2026, 11, 19)
NEXT_DAY = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
IN_A_MONTH = TODAY + timedelta(days=30)


class Selling(Shop):
    """The usual pipeline in English; Dimas sees all, Sari sees only her own customer Wayan."""

    sari: User
    wayan: Customer
    pipeline: Pipeline
    talk: Stage
    need: Stage
    offer: Stage

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        from setia.core.models import Firm

        Firm.objects.update_or_create(pk=1, defaults={"language": "en"})
        actions.make_first_pipeline(at=NOON)
        cls.pipeline = Pipeline.objects.get()
        cls.talk, cls.need, cls.offer = Stage.objects.order_by("position")[:3]
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        cls.wayan = customers.add(by=cls.dimas, at=NOON, name="Wayan Sudira", owner=cls.sari)

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def chance(self, customer: Customer | None = None, *, by: User | None = None, **facts: Any) -> Opportunity:
        """An opportunity in the first stage, worth ten million, decided in a month."""
        said = {
            "title": "Machines for the new branch",
            "amount": Decimal(10_000_000),
            "expected_date": IN_A_MONTH,
            "owner": by or self.dimas,
            "stage": self.talk,
            "at": NOON,
            **facts,
        }
        return actions.add_opportunity(by=by or self.dimas, customer=customer or self.siti, **said)

    @property
    def reason(self) -> LostReason:
        return LostReason.objects.order_by("id")[0]
