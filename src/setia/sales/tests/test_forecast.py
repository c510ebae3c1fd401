"""The forecast page: both ways of counting, from what is open and from what happened before."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from setia.sales import actions, queries
from setia.sales.models import Forecast, Opportunity, StageChange
from setia.sales.tests.selling import NEXT_DAY, NOON, TODAY, Selling


class ForecastTest(Selling):
    def test_by_stage_each_amount_counts_with_its_probability_in_the_month_it_is_expected(self) -> None:
        self.chance(amount=Decimal(1000), expected_date=TODAY.replace(day=28))
        self.chance(amount=Decimal(2000), stage=self.offer, expected_date=TODAY.replace(month=12))
        self.chance(amount=Decimal(400), expected_date=None)
        self.chance(amount=Decimal(700), expected_date=TODAY - timedelta(days=60))
        page = queries.forecast_page(self.pipeline, today=TODAY)
        assert [one.by_stage for one in page.months] == [Decimal(100), Decimal(1000), 0, 0, 0, 0]
        assert (page.by_stage, page.undated) == (Decimal(1100), Decimal(110))
        assert page.is_thin

    def test_history_counts_stays_and_ways_out_and_nothing_that_was_taken_back(self) -> None:
        one = self.chance()
        later = NOON + timedelta(days=9)
        actions.move_opportunity(by=self.dimas, at=later, opportunity=one, to=self.need)
        step = StageChange.objects.latest("id")
        actions.undo_step(by=self.dimas, at=later, opportunity=one, step=step.pk)
        actions.move_opportunity(by=self.dimas, at=NOON + timedelta(days=12), opportunity=one, to=self.need)
        actions.lose_opportunity(by=self.dimas, at=NOON + timedelta(days=15), opportunity=one, reason=self.reason)
        waiting = self.chance(at=NOON + timedelta(days=10))
        history = queries.history_of(self.pipeline, at=NOON + timedelta(days=20))
        assert sorted(history.stays) == [(0, 10, -1, 1), (0, 12, 1, 1), (1, 3, 6, 1)]
        assert history.there == [(0, 10, float(waiting.amount or 0))]

    def test_the_estimate_is_kept_per_pipeline_and_shown_beside_the_other_way(self) -> None:
        for number in range(3):
            self.chance(title=f"Deal {number}")
        for _twice in range(2):
            actions.work_out_forecast(at=NEXT_DAY)
        kept = Forecast.objects.get()
        assert (kept.opportunities, len(kept.months)) == (Opportunity.objects.count(), queries.MONTHS)
        assert kept.total["low"] <= kept.total["high"]
        assert kept.total["expected"] > 0
        page = self.client.get(reverse("forecast"))
        self.assertContains(page, "Eight times of ten between")
        assert self.client.post(reverse("work_out_forecast")).status_code == 302

    def test_whoever_sees_only_some_customers_sees_no_forecast_of_the_firm(self) -> None:
        self.client.force_login(self.sari)
        assert self.client.get(reverse("forecast")).status_code == 403
