"""Another plan: from today or a day to come, at another price and period, counted as more or less revenue."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.models import Event
from setia.subscriptions import actions, queries
from setia.subscriptions.models import Plan, RevenueMove
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon

LATER = NOON + timedelta(days=3)


class SwitchTest(Roastery):
    def setUp(self) -> None:
        super().setUp()
        self.one = self.subscribe(self.siti, date(2026, 10, 5))
        self.more = self._plan("more", Decimal(200_000))

    def _plan(self, code: str, price: Decimal, period: str = "MONTH") -> Plan:
        return actions.add_plan(by=self.dimas, at=NOON, code=code, name=code.title(), price=price, period=period)

    def test_a_dearer_plan_is_an_expansion_and_a_cheaper_one_a_contraction(self) -> None:
        actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.more)
        self.one.refresh_from_db()
        assert (self.one.plan, self.one.price, self.one.monthly) == (self.more, Decimal(200_000), Decimal(200_000))
        newest = queries.steps_of(self.one)[0]
        assert newest.step.kind == "SWITCHED"
        assert next((one.label, one.before, one.after) for one in newest.changes)[1:] == ("Beans every month", "More")
        move = RevenueMove.objects.get(month=date(2026, 11, 1))
        assert (move.kind, move.amount) == ("EXPANSION", Decimal(80_000))
        less = self._plan("less", Decimal(50_000))
        actions.switch(by=self.dimas, at=LATER, subscription=self.one, plan=less)
        move = RevenueMove.objects.get(month=date(2026, 11, 1))
        assert (move.kind, move.amount) == ("CONTRACTION", Decimal(-70_000))
        assert AuditEntry.objects.filter(verb="subscription.switched").count() == 2

    def test_a_plan_of_another_period_begins_when_the_one_that_runs_is_over(self) -> None:
        actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.yearly)
        self.one.refresh_from_db()
        assert (self.one.period, self.one.monthly, self.one.until_date) == ("YEAR", Decimal(200_000), date(2026, 12, 5))
        actions.roll_over(at=noon(date(2026, 12, 5)))
        self.one.refresh_from_db()
        assert (self.one.from_date, self.one.until_date) == (date(2026, 12, 5), date(2027, 12, 5))
        assert self.one.periods.order_by("-from_date")[0].amount == 2_400_000

    def test_a_day_to_come_is_planned_comes_by_itself_and_can_be_dropped(self) -> None:
        day = TODAY + timedelta(days=10)
        actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.more, day=day, price=Decimal(180_000))
        self.one.refresh_from_db()
        assert (self.one.plan, self.one.planned_date) == (self.beans, day)
        assert "More" in [one.after for one in queries.planned_of(self.one)]
        actions.drop_planned_change(by=self.dimas, at=NOON, subscription=self.one)
        actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.more, day=day, price=Decimal(180_000))
        actions.roll_over(at=noon(day))
        self.one.refresh_from_db()
        assert (self.one.plan, self.one.price, self.one.planned) == (self.more, Decimal(180_000), {})
        assert Event.objects.filter(name="subscription.switched", payload={"subscription_id": self.one.pk}).exists()

    def test_a_planned_plan_that_is_gone_leaves_the_plan_as_it_is(self) -> None:
        day = TODAY + timedelta(days=10)
        actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.more, day=day)
        self.more.delete()
        actions.roll_over(at=noon(day))
        self.one.refresh_from_db()
        assert (self.one.plan, self.one.price) == (self.beans, Decimal(200_000))

    def test_what_cannot_be_switched(self) -> None:
        with pytest.raises(actions.SamePlan):
            actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.beans)
        with pytest.raises(actions.WrongDay):
            actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.more, day=date(2026, 10, 4))
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.switch(by=wati, at=NOON, subscription=self.one, plan=self.more)
        actions.cancel(by=self.dimas, at=NOON, subscription=self.one, reason="PRICE")
        with pytest.raises(actions.NotNow):
            actions.switch(by=self.dimas, at=NOON, subscription=self.one, plan=self.more)

    def test_the_page_switches_and_offers_every_plan_but_the_present_one(self) -> None:
        address = reverse("switch_subscription", args=[self.one.pk])
        page = self.client.get(address)
        assert "More" in page.content.decode()
        assert f'value="{self.beans.pk}"' not in page.content.decode()
        answer = self.client.post(address, {"plan": self.more.pk, "day": "2030-01-01", "quantity": "2", "price": ""})
        assert answer.status_code == 302, answer.content.decode()
        self.one.refresh_from_db()
        assert self.one.planned["plan"] == str(self.more.pk)
        assert self.client.get(reverse("subscription", args=[self.one.pk])).status_code == 200
        assert (
            self.client.post(address, {"plan": self.beans.pk, "day": "2030-01-01", "quantity": "1"}).status_code == 422
        )

    def test_a_fixed_time_goes_on_after_its_end_until_another_day_or_without_one(self) -> None:
        fixed = self.subscribe(self.maria, TODAY, ends_date=date(2027, 1, 19))
        with pytest.raises(actions.WrongDay):
            actions.renew(by=self.dimas, at=NOON, subscription=fixed, ends_date=date(2027, 1, 19))
        actions.renew(by=self.dimas, at=NOON, subscription=fixed, ends_date=date(2027, 3, 19))
        actions.roll_over(at=noon(date(2027, 2, 19)))
        fixed.refresh_from_db()
        assert (fixed.status, fixed.ends_date) == ("ACTIVE", date(2027, 3, 19))
        actions.renew(by=self.dimas, at=noon(date(2027, 2, 19)), subscription=fixed)
        fixed.refresh_from_db()
        assert fixed.ends_date is None
        with pytest.raises(actions.NotNow):
            actions.renew(by=self.dimas, at=noon(date(2027, 2, 19)), subscription=fixed)
