"""Reports about prospects, opportunities, activities and the forecast: each cell against its rows, one by one."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.test import Client
from django.urls import reverse

from setia.accounts.models import Role, User
from setia.reports import actions, queries
from setia.reports.live import LIVE
from setia.reports.models import KeptForecast
from setia.reports.tests.simulated import NOW, SOURCES, ZONE, Simulated
from setia.sales.actions import follow_owners
from setia.sales.models import Activity, LostReason, Opportunity, Pipeline, Prospect, Stage
from setia.web.tests.test_customers import FewerThan

MIDNIGHT = datetime(2026, 11, 1, tzinfo=ZONE)
"""In Greenwich it is still October."""
NOVEMBER = {"period": "days", "from": "2026-11-01", "to": "2026-11-19"}


def in_november(moment: Any) -> bool:
    return bool(moment) and date(2026, 11, 1) <= moment.astimezone(ZONE).date() <= date(2026, 11, 19)


class SellingReportsTest(Simulated):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        Opportunity.objects.all().delete()
        Prospect.objects.all().delete()
        random = Random(11)
        moments = [MIDNIGHT + timedelta(minutes=minutes) for minutes in (-1, 0, 60, 9_000, 20_000, -30_000)]
        pipeline, stage = Pipeline.objects.get(), Stage.objects.order_by("position")[0]
        reasons = list(LostReason.objects.all()[:2])
        statuses = ("NEW", "WORKING", "QUALIFIED", "UNQUALIFIED", "WON")
        for n, customer in enumerate(cls.customers):
            status, at = statuses[n % 5], random.choice(moments)
            Prospect.objects.create(
                customer=customer,
                source=SOURCES[n % 3],
                how=("HAND", "FORM")[n % 2],
                status=status,
                captured_at=at,
                first_touch_at=at if n % 2 else None,
                moved_at=at,
                updated_at=at,
                closed_at=at if status in ("UNQUALIFIED", "WON") else None,
            )
        for n in range(40):
            status, at = ("WON", "LOST", "OPEN")[n % 3], random.choice(moments)
            owner = (cls.sari, cls.budi, None)[n % 4 if n % 4 < 3 else 0]
            Opportunity.objects.create(
                customer=cls.customers[n % 9],
                owner=owner,
                pipeline=pipeline,
                stage=stage,
                title=f"Chance {n}",
                status=status,
                amount=Decimal(n) * 1000 if n % 5 else None,
                lost_reason=random.choice([*reasons, None]) if status == "LOST" else None,
                closed_at=None if status == "OPEN" else at,
                expected_date=date(2026, 11, 25),
                entered_at=at,
                created_at=at - timedelta(days=n),
                updated_at=at,
            )
            done = n % 3 > 0
            Activity.objects.create(
                kind=("CALL", "VISIT", "TASK")[n % 3],
                title="x",
                owner=(cls.sari, cls.budi)[n % 2],
                due_date=at.astimezone(ZONE).date(),
                done_at=at if done else None,
                created_at=at,
                updated_at=at,
            )
        follow_owners(None)

    def ask(self, name: str, user: User | None = None, params: dict[str, str] = NOVEMBER) -> queries.Shown:
        return queries.live_report_for(user or self.rani, name, params, at=NOW)

    def rows(self, name: str, user: User | None = None) -> dict[str, dict[str, Any]]:
        return {row["key"]: row for row in self.ask(name, user).table.rows}

    def test_every_cell_of_a_funnel_is_what_its_prospects_come_to(self) -> None:
        for name, what in (("funnel", "source"), ("funnel-door", "how")):
            found: dict[str, list[int]] = {}
            for one in Prospect.objects.all():
                if not in_november(one.captured_at):
                    continue
                steps = found.setdefault(getattr(one, what), [0] * 6)
                good = one.status in ("QUALIFIED", "WON")
                chance = Opportunity.objects.filter(customer=one.customer_id).exists()
                passed = (1, bool(one.first_touch_at) or good, good, chance, one.status == "WON")
                for place, yes in enumerate((*passed, one.status == "UNQUALIFIED")):
                    steps[place] += bool(yes)
            names = ("captured", "touched", "qualified", "chances", "won", "unqualified")
            told = {key: [row[step] for step in names] for key, row in self.rows(name).items() if row["captured"]}
            assert told == found
            total = self.ask(name).table.total
            assert total is not None
            assert [total[step] for step in names] == [sum(column) for column in zip(*found.values(), strict=True)]

    def test_what_was_won_and_lost_adds_up_by_reason_and_by_person(self) -> None:
        ended = [one for one in Opportunity.objects.exclude(status="OPEN") if in_november(one.closed_at)]
        reasons: dict[str, list[Any]] = {}
        people: dict[str, list[Any]] = {}
        for one in ended:
            by_reason = reasons.setdefault(f"{one.status}-{one.lost_reason_id or ''}", [0, Decimal(0)])
            by_reason[0] += 1
            by_reason[1] += one.amount or 0
            person = people.setdefault(str(one.owner_id or ""), [0, 0, Decimal(0), Decimal(0)])
            person[one.status == "LOST"] += 1
            person[2 + (one.status == "LOST")] += one.amount or 0
        told = {key: [row["number"], row["amount"]] for key, row in self.rows("won-lost").items() if row["number"]}
        assert told == reasons
        names = ("won", "lost", "won_amount", "lost_amount")
        assert {key: [row[name] for name in names] for key, row in self.rows("won-lost-person").items()} == people

    def test_what_people_did_and_did_not_is_counted_by_kind_on_the_firms_days(self) -> None:
        expected: dict[str, dict[str, int]] = {}
        for one in Activity.objects.all():
            row = expected.setdefault(str(one.owner_id), {"CALL": 0, "VISIT": 0, "TASK": 0, "late": 0})
            if in_november(one.done_at):
                row[one.kind] += 1
            late = one.is_open and one.due_date is not None
            row["late"] += bool(late and date(2026, 11, 1) <= one.due_date < date(2026, 11, 19))  # type: ignore[operator]
        told = {key: {name: row[name] for name in expected[key]} for key, row in self.rows("activity").items()}
        assert told == expected

    def test_every_figure_opens_as_many_rows_as_it_says(self) -> None:
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        marks = {"opportunities": b"<tr data-row", "prospects": b"<tr data-row", "activities": b'id="activity-'}
        opened = 0
        for name in ("funnel", "won-lost", "won-lost-person"):
            for row in self.ask(name).table.rows:
                for column in LIVE[name].columns:
                    words = column.opens(row) if column.opens and row[column.key] else ""
                    if not words:
                        continue
                    page = self.client.get(f"{reverse(column.among)}?{words}")
                    assert page.content.count(marks[column.among]) == row[column.key], (name, column.key, row)
                    opened += 1
        assert opened > 8
        text = self.client.get(reverse("sales_report", args=["activity"]), NOVEMBER).content.decode()
        assert f"state=DONE&amp;who={self.sari.pk}&amp;kind=VISIT&amp;from=2026-11-01" in text

    def test_a_months_forecast_is_kept_once_and_stands_beside_what_came(self) -> None:
        first = datetime(2026, 11, 1, 1, tzinfo=ZONE)
        assert actions.keep_forecast(at=first) == 1
        kept = KeptForecast.objects.get()
        open_ = Opportunity.objects.filter(status="OPEN")
        assert kept.by_stage == sum((one.amount or Decimal(0)) * one.stage.probability / 100 for one in open_)
        open_.update(amount=1)
        assert actions.keep_forecast(at=NOW) == 0
        row = self.ask("forecast-result").table.rows[0]
        won = [one for one in Opportunity.objects.filter(status="WON") if in_november(one.closed_at)]
        assert (row["by_stage"], row["result"]) == (kept.by_stage, sum(one.amount or 0 for one in won))
        assert row["within"] is None, "the month is not over"
        wide = {"low": Decimal(0), "high": row["result"], "expected": row["result"]}
        KeptForecast.objects.update(**wide)
        later = queries.live_report_for(self.rani, "forecast-result", {}, at=NOW + timedelta(days=30))
        assert [one["within"] for one in later.table.rows if one["month"] == "2026-11-01"] == [True]

    def test_a_seller_counts_what_they_may_see_and_no_forecast_of_the_firm(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        sari = User.objects.get(pk=self.sari.pk)
        mine = [one for one in Prospect.objects.select_related("customer") if one.customer.owner_id == sari.pk]
        assert sum(row["captured"] for row in self.rows("funnel", sari).values()) == sum(
            in_november(one.captured_at) for one in mine
        )
        assert set(self.rows("activity", sari)) == {str(sari.pk)}
        ended = Opportunity.objects.exclude(status="OPEN").select_related("customer")
        seen = [one for one in ended if sari.pk in (one.owner_id, one.customer.owner_id) and in_november(one.closed_at)]
        assert sum(row["number"] for row in self.rows("won-lost", sari).values()) == len(seen)
        client = Client()
        client.force_login(sari)
        assert client.get(reverse("sales_report", args=["forecast-result"])).status_code == 403
        listed = client.get(reverse("reports")).content.decode()
        assert reverse("sales_report", args=["forecast-result"]) not in listed
        assert reverse("sales_report", args=["funnel"]) in listed

    def test_pages_and_files_of_these_reports_say_the_same_in_few_questions(self) -> None:
        actions.keep_forecast(at=NOW)
        self.client.force_login(self.rani)
        for name in [report.name for report in LIVE.values() if report.group == "SELLING"]:
            with self.assertNumQueries(FewerThan(10)):
                page = self.client.get(reverse("sales_report", args=[name]), NOVEMBER)
            rows = self.ask(name).table.rows
            assert page.content.count(b'<th scope="row" class="s-m">') == len(rows) > 0
            file = self.client.get(reverse("export_sales_report", args=[name, "csv"]), NOVEMBER)
            assert len(b"".join(file).decode().strip().splitlines()) == len(rows) + 1
