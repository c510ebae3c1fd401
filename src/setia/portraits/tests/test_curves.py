"""Renewal curves: counted by hand, projected by the model, and every figure opens the subscriptions it counts."""

import re
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from setia.accounts.models import User
from setia.portraits.queries.curves_page import kept
from setia.subscriptions import actions, analysis, queries
from setia.subscriptions.analysis import Lived
from setia.subscriptions.models import LeavingStudy, Plan, Subscription
from setia.subscriptions.terms import months_later
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery

PAGE = "/understand/curves/"


class TestCounting:
    def test_a_share_is_of_those_who_came_as_far(self) -> None:
        # Of ten, two left at the first renewal and one at the second; three came to the first only so far.
        one = {"gone": [[1, 2], [2, 1]], "there": [[1, 3], [2, 4]]}
        found = kept([one])
        assert [at.share for at in found] == pytest.approx([1, 0.8, 0.8 * 4 / 5])
        assert [(at.made, at.left, at.complete) for at in found] == [(10, 0, True), (8, 2, True), (4, 3, False)]

    def test_cohorts_are_counted_together_and_an_empty_one_is_all_there(self) -> None:
        young, old = {"gone": [], "there": [[0, 5]]}, {"gone": [[1, 1]], "there": [[1, 3]]}
        assert [at.share for at in kept([young, old])] == pytest.approx([1, 0.75])
        assert [at.renewals for at in kept([young])] == [0]
        assert kept([])[0].made == 0

    def test_where_everybody_left_the_curve_ends_at_nothing(self) -> None:
        found = kept([{"gone": [[1, 4], [3, 1]], "there": []}])
        assert [at.share for at in found] == pytest.approx([1, 0.2, 0.2, 0])


class TestProjection:
    # Fader & Hardie (2007), regular customers: of 1000, so many left at each renewal.
    LEFT = (369, 163, 86, 56, 37, 27, 21)
    LIVES = (*(Lived(at, True, left) for at, left in enumerate(LEFT, 1)), Lived(7, False, 1000 - sum(LEFT)))

    def test_the_curve_goes_on_where_the_published_one_does(self) -> None:
        found = analysis.curve(self.LIVES, until=12)
        assert [one.renewals for one in found] == list(range(13))
        assert found[0].share == 1
        # Their table 3 projects year 12 at 16.9 %; observed were 17.2 %.
        assert found[12].share == pytest.approx(0.169, abs=0.004)
        low, high = found[12].low, found[12].high
        assert low is not None
        assert high is not None
        assert low < found[12].share < high

    def test_what_is_still_to_come_is_worth_less_the_more_waiting_costs(self) -> None:
        pays = {7: 1_000.0, 0: 500.0}
        dear, cheap = (analysis.remaining(self.LIVES, pays, discount=rate) for rate in (0.02, 0.2))
        assert dear is not None
        assert cheap is not None
        assert dear.amount > cheap.amount > 0
        assert cheap.low is not None
        assert cheap.high is not None
        assert cheap.low <= cheap.amount <= cheap.high

    def test_from_too_few_nothing_is_projected(self) -> None:
        few = [Lived(1, True, 4), Lived(3, False, 40)]
        assert analysis.curve(few, until=5) == []
        assert analysis.remaining(few, {3: 1.0}, discount=0.1) is None
        assert analysis.remaining(self.LIVES, {}, discount=0.1) is None


class CurvesTest(Roastery):
    def crowd(self) -> None:
        """Forty began in January, of whom ten left at the first renewal and four at the third; twenty in June."""

        def rows(count: int, start: date, ended: date | None, plan: Plan) -> list[Subscription]:
            at = Subscription.objects.count()
            return [
                Subscription(
                    number=f"S-{at + n}",
                    customer=self.siti,
                    plan=plan,
                    price=120_000,
                    period="MONTH",
                    monthly=0 if ended else 120_000,
                    status="CANCELLED" if ended else "ACTIVE",
                    reason="PRICE" if ended else "",
                    started_date=start,
                    anchor_date=start,
                    until_date=months_later(TODAY, 1),
                    ended_date=ended,
                    created_at=NOON,
                    updated_at=NOON,
                )
                for n in range(count)
            ]

        january, june = date(2026, 1, 5), date(2026, 6, 10)
        for count, start, ended in (
            (26, january, None),
            (10, january, months_later(january, 1)),
            (4, january, date(2026, 3, 20)),
            (20, june, None),
            (3, TODAY, None),
        ):
            Subscription.objects.bulk_create(rows(count, start, ended, self.beans))
        actions.study_leaving(at=NOON)

    def text(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    def test_the_study_keeps_cohorts_a_curve_and_what_is_to_come(self) -> None:
        self.crowd()
        study = LeavingStudy.objects.get(plan=self.beans)
        # Who began today has not paid a day yet.
        assert study.cohorts == [
            {"month": "2026-01-01", "began": 40, "gone": [[1, 10], [3, 4]], "there": [[10, 26]]},
            {"month": "2026-06-01", "began": 20, "gone": [], "there": [[5, 20]]},
        ]
        assert len(study.curve) == 10 + 12 + 1
        assert study.curve[0][:2] == [0, 1.0]
        assert study.remaining["monthly"] == 46 * 120_000
        assert study.remaining["low"] <= study.remaining["amount"] <= study.remaining["high"]

    def test_every_figure_opens_as_many_subscriptions_as_it_says(self) -> None:
        self.crowd()
        page = self.text(PAGE)
        # In the table behind the curve a link says its number; in the map its title does.
        pairs = re.findall(r'<td class="s-r s-num"><a class="s-link" href="([^"]*)">(\d+)</a>', page)
        pairs += re.findall(r'href="([^"]*)" title="[^"]*: (\d+) of \d+ made', page)
        pairs += re.findall(r'<td class="s-size"><a href="([^"]*)">(\d+)</a>', page)
        assert len(pairs) > 30
        for address, number in pairs:
            params = QueryDict(address.partition("?")[2].replace("&amp;", "&")).dict()
            rows, chips = queries.narrow_subscriptions(self.dimas, queries.subscriptions_for(self.dimas), params)
            assert rows.count() == int(number), address
            assert any(chip.key == "cohort" for chip in chips)

    def test_the_page_says_its_finding_and_what_is_to_come_to_whom_it_may(self) -> None:
        self.crowd()
        page = self.text(PAGE)
        assert "After 10 renewals 77% are still there" in page
        assert "Still to come from those who run" in page
        assert "80% range: Rp" in page
        assert "made 3 renewals or more" in self.text(f"/subscriptions/?plan={self.beans.pk}&cohort=2026-01.3")
        self.client.cookies["setia_language"] = "id"
        assert "Setelah 10 pembaruan masih ada 77%" in self.text(PAGE)

    def test_another_plan_is_chosen_by_its_address_within_eight_queries(self) -> None:
        self.crowd()
        Subscription.objects.filter(started_date=date(2026, 6, 10)).update(plan=self.yearly)
        actions.study_leaving(at=NOON, again=True)
        with CaptureQueriesContext(connection) as asked:
            page = self.text(f"{PAGE}?of={self.yearly.pk}.MONTH.")
        assert len(asked) <= 8
        assert "All plans, by the month" in page
        assert "30 subscriptions that paid are needed" in page

    def test_a_firm_without_subscriptions_is_told_what_it_would_see(self) -> None:
        page = self.text(PAGE)
        assert "With the first subscriptions" in page
        self.subscribe(self.siti, TODAY)
        assert "Not counted yet" in self.text(PAGE)

    def test_a_few_subscriptions_are_shown_as_they_are(self) -> None:
        self.subscribe(self.siti, date(2026, 8, 1))
        actions.study_leaving(at=NOON)
        page = self.text(PAGE)
        assert "After 3 renewals 100% are still there" in page
        assert "30 subscriptions that paid are needed" in page
        assert "Still to come" not in page

    def test_a_nonsense_address_shows_the_page_or_the_whole_list(self) -> None:
        self.crowd()
        for query in ("of=%27", "of=1.MONTH.", "of=all.YEAR.9"):
            assert "After 10 renewals" in self.text(f"{PAGE}?{query}")
        for query in ("cohort=2026-13", "cohort=all.9999.not", "cohort=x.1.not", "length=WEEK"):
            assert self.client.get(f"/subscriptions/?{query}").status_code == 200

    def test_the_export_holds_every_cohort_and_says_who_took_it(self) -> None:
        self.crowd()
        response = self.client.get(reverse("export_curves"))
        lines = response.getvalue().decode("utf-8-sig").splitlines()
        assert lines[0] == "plan,period,days,month,began,renewal,made,share"
        assert "BEANS,MONTH,,2026-01,40,1,30,0.75" in lines
        assert "BEANS,MONTH,,2026-06,20,5,20,1.0" in lines

    def test_who_sees_only_their_own_customers_does_not_see_the_firm_s_curves(self) -> None:
        self.crowd()
        self.client.force_login(self.sari)
        assert self.client.get(PAGE).status_code == 403
        mira = User.objects.create_user("mira@kopi.id", None, name="Mira", role="MARKETER")
        self.client.force_login(mira)
        assert "Still to come from those who run" not in self.text(PAGE)
