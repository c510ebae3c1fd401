"""Subscribing: from today, from a day that has passed, on trial, for a fixed time."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry, User
from setia.subscriptions import actions
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon


class StartTest(Roastery):
    def test_who_subscribes_today_is_in_the_first_period_and_pays_the_plan_s_price(self) -> None:
        one = self.subscribe(self.siti, TODAY, quantity=Decimal(2), discount=Decimal(10))
        one.refresh_from_db()
        assert (one.status, one.monthly, one.number) == ("ACTIVE", Decimal(216_000), f"L-{one.pk}")
        assert (one.from_date, one.until_date, one.due_date) == (TODAY, date(2026, 12, 19), date(2026, 12, 19))
        assert [period.amount for period in one.periods.all()] == [Decimal(216_000)]
        assert AuditEntry.objects.get(verb="subscription.started").about_id == one.pk

    def test_who_subscribed_on_a_day_long_past_has_every_period_since_by_the_rule_of_month_ends(self) -> None:
        one = self.subscribe(self.siti, date(2026, 1, 31), at=noon(date(2026, 5, 1)))
        begun = list(one.periods.order_by("from_date").values_list("from_date", flat=True))
        assert begun == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
        assert one.due_date == date(2026, 5, 31)

    def test_a_trial_brings_nothing_until_it_is_over(self) -> None:
        one = self.subscribe(self.siti, TODAY, trial_days=14)
        assert (one.status, one.monthly, one.due_date) == ("TRIAL", Decimal(0), TODAY + timedelta(days=14))
        assert not one.periods.exists()
        actions.roll_over(at=NOON + timedelta(days=14))
        one.refresh_from_db()
        assert (one.status, one.monthly) == ("ACTIVE", Decimal(120_000))
        assert one.from_date == TODAY + timedelta(days=14)

    def test_one_for_a_fixed_time_expires_on_its_day(self) -> None:
        one = self.subscribe(self.siti, date(2026, 9, 1), ends_date=date(2026, 11, 1))
        assert (one.status, one.ended_date, one.monthly, one.due_date) == (
            "EXPIRED",
            date(2026, 11, 1),
            Decimal(0),
            None,
        )
        assert one.periods.count() == 2

    def test_a_day_that_cannot_be_is_refused(self) -> None:
        for facts in ({"day": date(1889, 1, 1)}, {"day": TODAY, "ends_date": TODAY}):
            with pytest.raises(actions.WrongDay):
                self.subscribe(self.siti, **facts)  # type: ignore[arg-type]

    def test_a_number_in_use_names_who_has_it(self) -> None:
        first = self.subscribe(self.siti, TODAY, number="KL-1")
        with pytest.raises(actions.SubscriptionNumberTaken) as taken:
            self.subscribe(self.maria, TODAY, number=" KL-1")
        assert taken.value.subscription == first

    def test_a_number_of_its_own_passes_by_one_that_is_there(self) -> None:
        first = self.subscribe(self.siti, TODAY)
        assert first.number == f"L-{first.pk}"
        self.subscribe(self.siti, TODAY, number=f"L-{first.pk + 2}")
        assert self.subscribe(self.siti, TODAY).number == f"L-{first.pk + 2}-1"

    def test_somebody_who_may_not_enters_none(self) -> None:
        bayu = User.objects.create_user("bayu@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.start(by=bayu, at=NOON, customer=self.siti, plan=self.beans, started_date=TODAY)
