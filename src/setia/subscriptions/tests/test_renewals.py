"""Who renews soon, and the risk that they leave: by hand where it can be, and silent where there is too little."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.subscriptions import actions, queries
from setia.subscriptions.analysis import Lived, leaving
from setia.subscriptions.models import LeavingStudy, Plan
from setia.subscriptions.queries.lived import Case, lived, raised
from setia.subscriptions.terms import months_later
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon
from setia.web.tests.test_customers import FewerThan


class CountingTest(Roastery):
    def test_renewals_are_counted_from_the_first_paid_day_to_the_day_of_leaving(self) -> None:
        self.subscribe(self.siti, months_later(TODAY, -3))
        self.subscribe(self.maria, months_later(TODAY, -5), trial_days=0, ends_date=months_later(TODAY, -3))
        self.subscribe(self.maria, months_later(TODAY, -5), ends_date=months_later(TODAY, -3) + timedelta(days=2))
        self.subscribe(self.maria, TODAY, trial_days=9)
        beans = self.beans.pk
        assert set(lived(TODAY)) == {
            Case(beans, "MONTH", None, 3, False, 1),
            Case(beans, "MONTH", None, 2, True, 1),
            Case(beans, "MONTH", None, 3, True, 1),
        }

    def test_a_price_that_rose_is_met_at_the_next_renewal_and_one_that_was_to_come_can_be_refused(self) -> None:
        begun = date(2026, 9, 10)
        stays = self.subscribe(self.siti, begun, at=noon(begun))
        leaves = self.subscribe(self.maria, begun, at=noon(begun))
        refuses = self.subscribe(self.maria, begun, at=noon(begun))
        middle, dearer = date(2026, 9, 20), Decimal(150_000)
        for one in (stays, leaves):
            actions.change(by=self.dimas, at=noon(middle), subscription=one, price=dearer)
        actions.change(by=self.dimas, at=noon(middle), subscription=refuses, price=dearer, day=date(2026, 10, 10))
        for one in (leaves, refuses):
            actions.cancel(by=self.dimas, at=noon(middle), subscription=one, reason="PRICE", at_period_end=True)
        actions.roll_over(at=NOON)
        assert set(raised(TODAY)) == {
            Case(self.beans.pk, "MONTH", None, 0, False, 1),
            Case(self.beans.pk, "MONTH", None, 0, True, 2),
        }

    def test_a_lower_price_and_a_rise_whose_renewal_has_not_come_say_nothing(self) -> None:
        one = self.subscribe(self.siti, date(2026, 9, 10), at=noon(date(2026, 9, 10)))
        actions.change(by=self.dimas, at=noon(date(2026, 9, 20)), subscription=one, price=Decimal(1))
        actions.change(by=self.dimas, at=NOON, subscription=one, price=Decimal(2))
        assert raised(TODAY) == []


def test_the_model_is_that_of_the_analytics_and_needs_enough() -> None:
    too_few = leaving([Lived(1, True, 4), Lived(3, False, 40)])
    assert (too_few.subscriptions, too_few.left, too_few.alpha) == (44, 4, None)
    # Fader & Hardie (2007), regular customers: of 1000, so many left at each renewal.
    left = (369, 163, 86, 56, 37, 27, 21)
    rows = [Lived(place + 1, True, count) for place, count in enumerate(left)] + [Lived(7, False, 1000 - sum(left))]
    found = leaving(rows)
    assert found.alpha == pytest.approx(0.704, abs=0.01)
    assert found.beta == pytest.approx(1.182, abs=0.02)


class RenewalsTest(Roastery):
    def setUp(self) -> None:
        super().setUp()
        self.one = self.subscribe(self.siti, months_later(TODAY, -2) - timedelta(days=20))

    def _study(self, plan: Plan | None, **facts: float) -> LeavingStudy:
        told = {"subscriptions": 100, "left": 40, "alpha": 1.0, "beta": 3.0, "as_of_date": TODAY, **facts}
        return LeavingStudy.objects.create(plan=plan, period="MONTH", **told)

    def _due(self, **params: str) -> list[queries.Renewal]:
        return queries.with_risk(list(queries.renewals_due(self.dimas, params, today=TODAY)))

    def test_without_a_past_there_is_too_little_to_say(self) -> None:
        assert actions.study_leaving(at=NOON) == 2, "the plan, and all plans of a month"
        (renewal,) = self._due()
        assert (renewal.subscription, renewal.made, renewal.risk) == (self.one, 2, None)
        with self.assertNumQueries(FewerThan(8)):
            assert "too little to say" in self.client.get(reverse("renewals"), {"plan": self.beans.pk}).content.decode()

    def test_the_risk_is_the_plan_s_own_for_somebody_who_renewed_as_often(self) -> None:
        self._study(self.beans)
        (renewal,) = self._due()
        assert renewal.risk is not None
        assert renewal.risk.share == pytest.approx(1 / (1 + 3 + 2))
        assert renewal.risk.low == pytest.approx(renewal.risk.share * 28.58 / 40, rel=1e-3), "Garwood's for 40"
        assert renewal.risk.high == pytest.approx(renewal.risk.share * 54.47 / 40, rel=1e-3)
        assert not renewal.pooled

    def test_a_plan_with_too_few_borrows_from_all_plans_as_long(self) -> None:
        self._study(self.beans, alpha=None, beta=None, left=1)  # type: ignore[arg-type]
        self._study(None, alpha=2.0, beta=6.0)
        (renewal,) = self._due()
        assert renewal.risk is not None
        assert renewal.pooled
        assert renewal.risk.share == pytest.approx(0.2)

    def test_a_planned_rise_multiplies_the_risk_by_what_earlier_rises_did(self) -> None:
        self._study(self.beans, raised=60, raised_left=20, raised_expected=10.0)
        rise = {"price": Decimal(150_000), "day": self.one.until_date}
        actions.change(by=self.dimas, at=NOON, subscription=self.one, **rise)  # type: ignore[arg-type]
        (renewal,) = self._due(rise="1")
        assert renewal.rise == (Decimal(120_000), Decimal(150_000))
        assert renewal.risk is not None
        assert renewal.rise_known
        assert renewal.risk.share == pytest.approx(2 / 6)
        assert renewal.risk.low < renewal.risk.share < renewal.risk.high
        page = self.client.get(reverse("renewals") + "?rise=1").content.decode()
        assert "33%" in page

    def test_too_few_rises_are_said_and_not_counted_in(self) -> None:
        self._study(self.beans, raised=29, raised_left=20, raised_expected=10.0)
        actions.change(by=self.dimas, at=NOON, subscription=self.one, price=Decimal(150_000))
        (renewal,) = self._due()
        assert renewal.rise == (Decimal(120_000), Decimal(150_000))
        assert not renewal.rise_known
        assert "too few prices rose" in self.client.get(reverse("renewals")).content.decode()

    def test_only_what_renews_is_listed(self) -> None:
        actions.cancel(by=self.dimas, at=NOON, subscription=self.one, reason="PRICE", at_period_end=True)
        self.subscribe(self.maria, TODAY, plan=self.yearly)
        assert self._due() == []
        assert self._due(within="90") == []

    def test_the_study_is_of_one_day_and_of_all_there_was(self) -> None:
        begun = months_later(TODAY, -12)
        people = [customers.add(by=self.dimas, at=NOON, name=f"Ibu {place}").pk for place in range(40)]
        plan = actions.SamplePlan("CLUB", "Club", self.machine.pk, Decimal(10), "MONTH")
        ends = [months_later(begun, 1 + place % 6) if place < 20 else None for place in range(40)]
        some = [
            actions.SampleSubscription(key, 0, begun, ended_date=end, reason="OTHER" if end else "")
            for key, end in zip(people, ends, strict=True)
        ]
        actions.put_samples([plan], some, [], at=NOON, today=TODAY)
        actions.study_leaving(at=NOON)
        study = LeavingStudy.objects.get(plan__code="CLUB")
        assert (study.subscriptions, study.left, study.as_of_date) == (40, 20, TODAY)
        assert study.alpha is not None
        actions.study_leaving(at=NOON)
        assert LeavingStudy.objects.get(plan__code="CLUB").pk == study.pk, "once a day"
        actions.study_leaving(at=NOON + timedelta(days=1))
        assert LeavingStudy.objects.get(plan__code="CLUB").as_of_date == TODAY + timedelta(days=1)

    def test_somebody_sees_their_own_customers_renewals_and_not_what_the_firm_knows(self) -> None:
        self._study(self.beans)
        assert list(queries.renewals_due(self.sari, {}, today=TODAY)) == []
        assert queries.leaving_studies(self.sari) == []
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        assert len(queries.leaving_studies(wati)) == 1
