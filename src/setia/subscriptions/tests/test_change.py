"""Other terms, a pause, an end, and thinking better of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry, User
from setia.core.versions import version_of
from setia.subscriptions import actions, queries
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon

LATER = NOON + timedelta(days=3)


class ChangeTest(Roastery):
    def setUp(self) -> None:
        super().setUp()
        self.one = self.subscribe(self.siti, TODAY)

    def test_a_change_counts_at_once_and_its_history_is_kept(self) -> None:
        actions.change(by=self.dimas, at=LATER, subscription=self.one, price=Decimal(130_000), quantity=Decimal(3))
        self.one.refresh_from_db()
        assert self.one.monthly == Decimal(390_000)
        newest = queries.steps_of(self.one)[0]
        assert [(one.before, one.after) for one in newest.changes] == [("120000", "130000"), ("1", "3")]
        assert AuditEntry.objects.get(verb="subscription.changed").data["changes"]["quantity"] == ["1", "3"]
        assert [period.amount for period in self.one.periods.all()] == [Decimal(120_000)]

    def test_a_day_before_the_latest_step_is_refused(self) -> None:
        with pytest.raises(actions.WrongDay):
            actions.change(
                by=self.dimas, at=LATER, subscription=self.one, day=TODAY - timedelta(days=1), price=Decimal(1)
            )

    def test_saving_the_same_terms_leaves_no_trace(self) -> None:
        actions.change(by=self.dimas, at=LATER, subscription=self.one, price=Decimal("120000.0000"))
        assert not AuditEntry.objects.filter(verb="subscription.changed").exists()
        assert self.one.steps.count() == 1

    def test_the_second_of_two_who_change_at_once_is_told(self) -> None:
        seen = version_of(self.one.updated_at)
        actions.change(by=self.dimas, at=LATER, subscription=self.one, price=Decimal(1), version=seen)
        with pytest.raises(actions.ChangedMeanwhile):
            actions.change(by=self.dimas, at=LATER, subscription=self.one, price=Decimal(2), version=seen)

    def test_a_planned_change_can_be_dropped(self) -> None:
        actions.change(by=self.dimas, at=LATER, subscription=self.one, day=date(2026, 12, 1), price=Decimal(1))
        actions.drop_planned_change(by=self.dimas, at=LATER, subscription=self.one)
        actions.roll_over(at=noon(date(2026, 12, 25)))
        self.one.refresh_from_db()
        assert self.one.price == Decimal(120_000)
        with pytest.raises(actions.NotNow):
            actions.drop_planned_change(by=self.dimas, at=LATER, subscription=self.one)

    def test_while_it_rests_it_brings_nothing_and_what_was_left_of_the_period_waits(self) -> None:
        actions.pause(by=self.dimas, at=LATER, subscription=self.one)
        self.one.refresh_from_db()
        assert (self.one.status, self.one.monthly, self.one.due_date) == ("PAUSED", Decimal(0), None)
        with pytest.raises(actions.NotNow):
            actions.pause(by=self.dimas, at=LATER, subscription=self.one)
        actions.resume(by=self.dimas, at=LATER + timedelta(days=60), subscription=self.one)
        self.one.refresh_from_db()
        assert (self.one.status, self.one.monthly) == ("ACTIVE", Decimal(120_000))
        assert self.one.until_date == date(2026, 12, 19) + timedelta(days=60)
        actions.roll_over(at=noon(self.one.until_date))
        self.one.refresh_from_db()
        assert (self.one.from_date, self.one.until_date) == (date(2027, 2, 17), date(2027, 3, 17))

    def test_cancelled_now_it_is_over_today(self) -> None:
        actions.cancel(by=self.dimas, at=LATER, subscription=self.one, reason="PRICE", text="Kopi tetangga lebih murah")
        self.one.refresh_from_db()
        assert (self.one.status, self.one.ended_date, self.one.monthly) == ("CANCELLED", date(2026, 11, 22), Decimal(0))
        with pytest.raises(actions.NotNow):
            actions.cancel(by=self.dimas, at=LATER, subscription=self.one, reason="PRICE")
        with pytest.raises(actions.NotNow):
            actions.change(by=self.dimas, at=LATER, subscription=self.one, price=Decimal(1))

    def test_cancelled_at_the_period_s_end_it_runs_until_then_and_not_a_day_longer(self) -> None:
        actions.cancel(by=self.dimas, at=LATER, subscription=self.one, reason="MOVED", at_period_end=True)
        actions.roll_over(at=noon(date(2026, 12, 18)))
        self.one.refresh_from_db()
        assert (self.one.status, self.one.ends_date) == ("ACTIVE", date(2026, 12, 19))
        actions.roll_over(at=noon(date(2027, 2, 1)))
        self.one.refresh_from_db()
        assert (self.one.status, self.one.ended_date) == ("CANCELLED", date(2026, 12, 19))
        assert self.one.periods.count() == 1

    def test_a_cancellation_whose_day_has_not_come_can_be_taken_back(self) -> None:
        actions.cancel(by=self.dimas, at=LATER, subscription=self.one, reason="MOVED", at_period_end=True)
        actions.keep(by=self.dimas, at=LATER, subscription=self.one)
        actions.roll_over(at=noon(date(2026, 12, 20)))
        self.one.refresh_from_db()
        assert (self.one.status, self.one.reason, self.one.periods.count()) == ("ACTIVE", "", 2)
        with pytest.raises(actions.NotNow):
            actions.keep(by=self.dimas, at=LATER, subscription=self.one)

    def test_somebody_who_may_not_changes_nothing(self) -> None:
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        for verb, more in (
            (actions.change, {"price": Decimal(1)}),
            (actions.pause, {}),
            (actions.resume, {}),
            (actions.keep, {}),
            (actions.drop_planned_change, {}),
            (actions.cancel, {"reason": "PRICE"}),
        ):
            with pytest.raises(PermissionDenied):
                verb(by=wati, at=NOON, subscription=self.one, **more)
