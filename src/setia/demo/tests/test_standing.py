"""The demo's plans, subscriptions and units: there, alive, the same each time, and gone with the shop."""

from datetime import date, timedelta
from decimal import Decimal

from django.test import TestCase

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.demo import actions
from setia.demo.named import NAMED
from setia.demo.tests.shop import NOON
from setia.orders.models import Order
from setia.sales import actions as sales
from setia.sales.actions import settle_all
from setia.sales.models import Activity, Prospect, Visit
from setia.subscriptions import actions as subscriptions
from setia.subscriptions.models import Plan, RevenueMove, RevenueTotal, Subscription, Unit, UnitService
from setia.subscriptions.queries import base_keys

TODAY = date(2026, 11, 19)


def told() -> list[tuple[object, ...]]:
    """All that was agreed and installed, without keys."""
    rows = Subscription.objects.order_by("number").values_list(
        "number", "customer__number", "plan__code", "status", "quantity", "monthly", "started_date", "ended_date"
    )
    units = Unit.objects.order_by("serial").values_list("serial", "customer__number", "next_service_date")
    return [*rows, *units]


class StandingTest(TestCase):
    """Wati looks at the demo shop and takes it out again."""

    wati: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.wati = User.objects.create_user("wati@kopi.id", None, role=User.Role.OWNER)
        actions.load(customers=400, by=cls.wati, at=NOON, refresh=False)

    def test_some_pay_some_try_some_have_left_and_every_month_has_its_moves(self) -> None:
        states = set(Subscription.objects.values_list("status", flat=True))
        assert {"ACTIVE", "CANCELLED"} <= states
        assert Subscription.objects.count() >= 20
        assert not Subscription.objects.filter(due_date__lte=TODAY).exists()
        kinds = set(RevenueMove.objects.values_list("kind", flat=True))
        assert {"NEW", "EXPANSION", "CHURN"} <= kinds
        running = Subscription.objects.filter(status="ACTIVE").values_list("monthly", flat=True)
        assert sum(RevenueTotal.objects.values_list("amount", flat=True)) == sum(running) > 0
        assert base_keys("RECURRING", TODAY)
        assert Subscription.objects.filter(steps__changes__has_key="quantity").exists()

    def test_units_have_been_looked_after_and_some_are_due(self) -> None:
        assert Unit.objects.count() >= 10
        assert UnitService.objects.filter(day__lte=TODAY).count() == UnitService.objects.count() > 0
        assert Unit.objects.filter(next_service_date__gt=TODAY).exists()
        assert not UnitService.objects.filter(day__lt=date(2023, 1, 1)).exists()

    def test_nobody_whose_story_is_told_elsewhere_is_among_them(self) -> None:
        keys = {*(base_keys("RECURRING", TODAY) or ()), *(base_keys("INSTALLED", TODAY) or ())}
        assert not Customer.objects.filter(pk__in=keys, name__in=[each.name for each in NAMED]).exists()

    def test_selling_has_its_prospects_what_was_done_and_the_visits_of_today(self) -> None:
        prospects = list(Prospect.objects.select_related("customer"))
        assert {one.status for one in prospects} == set(Prospect.Status.values)
        assert all(one.first_touch_at is None or one.first_touch_at >= one.captured_at for one in prospects)
        assert all(one.captured_at >= one.customer.created_at for one in prospects)
        assert all(one.captured_at <= one.moved_at <= NOON for one in prospects)
        assert {one.fit for one in prospects} > {0}
        assert len({one.source for one in prospects}) > 4
        bought = {one.customer_id for one in prospects if one.status == "WON"}
        assert bought == set(
            Order.objects.filter(customer__in=[one.customer_id for one in prospects]).values_list("customer", flat=True)
        )
        assert settle_all(at=NOON) == 0
        today = Visit.objects.filter(day=TODAY)
        assert today.filter(arrived_at__lte=NOON, left_at__lte=NOON).count() == 6
        assert today.get(left_at=None).activity.is_open
        assert Visit.objects.filter(day__lt=TODAY).count() > 20
        past = Activity.objects.filter(done_at__isnull=False)
        assert set(past.values_list("kind", flat=True)) == set(Activity.Kind.values)
        assert past.filter(done_at__gt=NOON).count() == 0
        assert past.values("owner").distinct().count() == 3

    def test_what_somebody_did_with_a_prospect_stays_with_the_customer(self) -> None:
        one = Prospect.objects.filter(status="NEW", customer__notes="").latest("id")
        sales.touch(by=self.wati, at=NOON + timedelta(hours=1), prospect=one)
        removed = actions.remove(by=self.wati, at=NOON + timedelta(hours=2), refresh=False)
        assert removed.customers_kept == 1
        assert list(Prospect.objects.all()) == [one]

    def test_they_go_with_the_shop_and_come_back_the_same(self) -> None:
        before = told()
        removed = actions.remove(by=self.wati, at=NOON, refresh=False)
        assert (removed.customers_kept, removed.products_kept) == (0, 0)
        for table in (Plan, Subscription, Unit, UnitService, RevenueMove, RevenueTotal):
            assert not table.objects.exists()
        actions.load(customers=400, by=self.wati, at=NOON, refresh=False)
        assert told() == before

    def test_who_somebody_has_let_subscribe_stays_with_plan_and_product_and_revenue(self) -> None:
        plan = Plan.objects.get(code="LANGGANAN-KANTOR")
        someone = Customer.objects.filter(source="demo").latest("id")
        one = subscriptions.start(by=self.wati, at=NOON, customer=someone, plan=plan, started_date=date(2026, 9, 1))
        removed = actions.remove(by=self.wati, at=NOON, refresh=False)
        assert (removed.customers_kept, removed.products_kept) == (1, 1)
        assert list(Plan.objects.all()) == [plan]
        assert list(Subscription.objects.all()) == [one]
        total = RevenueTotal.objects.get()
        assert (total.month, total.kind, total.amount) == (date(2026, 9, 1), "NEW", Decimal(750_000))
