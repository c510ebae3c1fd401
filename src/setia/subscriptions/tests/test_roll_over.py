"""What happens by itself, and that it happens once."""

from datetime import date, timedelta
from decimal import Decimal

from setia.core.queries import firm
from setia.subscriptions import actions
from setia.subscriptions.models import SubscriptionPeriod, SubscriptionStep
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon


class RollOverTest(Roastery):
    def test_after_a_standstill_of_months_every_period_is_there_once(self) -> None:
        one = self.subscribe(self.siti, TODAY)
        assert actions.roll_over(at=noon(date(2027, 3, 19))) == 1
        begun = list(one.periods.order_by("from_date").values_list("from_date", flat=True))
        assert begun == [
            date(2026, 11, 19),
            date(2026, 12, 19),
            date(2027, 1, 19),
            date(2027, 2, 19),
            date(2027, 3, 19),
        ]
        assert actions.roll_over(at=noon(date(2027, 3, 19))) == 0
        assert SubscriptionPeriod.objects.count() == 5

    def test_a_day_begins_when_the_firm_s_day_begins(self) -> None:
        self.subscribe(self.siti, TODAY)
        midnight_in_jakarta = noon(date(2026, 12, 18)) + timedelta(hours=12)
        assert actions.roll_over(at=midnight_in_jakarta - timedelta(seconds=1)) == 0
        assert actions.roll_over(at=midnight_in_jakarta) == 1

    def test_further_east_the_day_begins_earlier(self) -> None:
        own = firm()
        own.zone = "Asia/Jayapura"
        own.save()
        self.subscribe(self.siti, TODAY)
        midnight_in_jakarta = noon(date(2026, 12, 18)) + timedelta(hours=12)
        assert actions.roll_over(at=midnight_in_jakarta - timedelta(hours=2)) == 1

    def test_a_planned_price_counts_from_its_day_and_the_period_that_begins_then_has_it(self) -> None:
        one = self.subscribe(self.siti, TODAY)
        actions.change(by=self.dimas, at=NOON, subscription=one, day=date(2026, 12, 19), price=Decimal(150_000))
        one.refresh_from_db()
        assert one.price == Decimal(120_000)
        actions.roll_over(at=noon(date(2027, 1, 20)))
        one.refresh_from_db()
        assert (one.price, one.monthly) == (Decimal(150_000), Decimal(150_000))
        amounts = list(one.periods.order_by("from_date").values_list("amount", flat=True))
        assert amounts == [Decimal(120_000), Decimal(150_000), Decimal(150_000)]
        step = SubscriptionStep.objects.get(kind="CHANGED")
        assert (step.day, step.changes, step.by) == (date(2026, 12, 19), {"price": ["120000", "150000"]}, None)

    def test_a_pause_with_an_end_is_over_by_itself_and_the_period_is_longer_by_it(self) -> None:
        one = self.subscribe(self.siti, TODAY)
        actions.pause(by=self.dimas, at=NOON, subscription=one, resumes_date=TODAY + timedelta(days=10))
        actions.roll_over(at=NOON + timedelta(days=40))
        one.refresh_from_db()
        assert one.status == "ACTIVE"
        assert (one.from_date, one.until_date) == (date(2026, 12, 29), date(2027, 1, 29))
        assert [step.kind for step in one.steps.order_by("id")] == ["STARTED", "PAUSED", "RESUMED"]

    def test_nothing_due_costs_one_look(self) -> None:
        self.subscribe(self.siti, TODAY)
        with self.assertNumQueries(6):  # the firm, the one look, and savepoints
            actions.roll_over(at=NOON)
