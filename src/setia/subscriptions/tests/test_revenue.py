"""Monthly recurring revenue: every figure by hand, then all of them against an independent count."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from django.urls import reverse

from setia.customers import actions as customers
from setia.subscriptions import actions, queries
from setia.subscriptions.models import RevenueMove, RevenueTotal, SubscriptionStep
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon
from setia.web.tests.test_customers import FewerThan

# One row per customer and month, told by what stood at both ends of it; nothing of it looks at kept moves.
INDEPENDENT = """
WITH months AS (SELECT unnest(generate_series(DATE '2026-01-01', DATE '2026-11-01', INTERVAL 1 MONTH))::DATE AS month),
ends AS (
    SELECT m.month, s.customer, s.subscription,
           (SELECT arg_max(x.monthly, (x.day, x.id)) FROM steps x
            WHERE x.subscription = s.subscription AND x.day < m.month + INTERVAL 1 MONTH) AS stands
    FROM months m CROSS JOIN (SELECT DISTINCT customer, subscription FROM steps) s
), people AS (SELECT month, customer, coalesce(sum(stands), 0) AS after FROM ends GROUP BY ALL),
ends_of_both AS (
    SELECT *, coalesce(lag(after) OVER w, 0) AS before,
           coalesce(max(after) OVER (PARTITION BY customer ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING
                                     AND 1 PRECEDING), 0) AS highest_before
    FROM people WINDOW w AS (PARTITION BY customer ORDER BY month)
)
SELECT month, CASE WHEN before = 0 AND highest_before = 0 THEN 'NEW' WHEN before = 0 THEN 'REACTIVATION'
                   WHEN after = 0 THEN 'CHURN' WHEN after > before THEN 'EXPANSION' ELSE 'CONTRACTION' END AS kind,
       sum(after - before), count(*)
FROM ends_of_both WHERE after <> before GROUP BY ALL ORDER BY ALL
"""


class RevenueTest(Roastery):
    def moves(self) -> list[tuple[str, str, int]]:
        found = RevenueMove.objects.order_by("month", "kind", "amount")
        return [(f"{one.month:%m}", one.kind, int(one.amount)) for one in found]

    def test_a_customer_comes_grows_shrinks_leaves_and_comes_back(self) -> None:
        one = self.subscribe(self.siti, date(2026, 1, 10), at=noon(date(2026, 1, 10)))
        for day, quantity in ((date(2026, 3, 1), 3), (date(2026, 4, 30), 2)):
            actions.change(by=self.dimas, at=noon(day), subscription=one, quantity=Decimal(quantity))
        actions.cancel(by=self.dimas, at=noon(date(2026, 6, 2)), subscription=one, reason="PRICE")
        self.subscribe(self.siti, date(2026, 8, 31), at=noon(date(2026, 8, 31)))
        assert self.moves() == [
            ("01", "NEW", 120_000),
            ("03", "EXPANSION", 240_000),
            ("04", "CONTRACTION", -120_000),
            ("06", "CHURN", -240_000),
            ("08", "REACTIVATION", 120_000),
        ]
        months = queries.revenue_months(today=TODAY)
        stands = {f"{one.month:%m}": (int(one.after), one.customers) for one in months if one.month.year == 2026}
        assert stands["05"] == (240_000, 1)
        assert stands["07"] == (0, 0)
        assert stands["11"] == (120_000, 1)

    def test_who_came_and_went_within_a_month_and_who_is_on_trial_moved_nothing(self) -> None:
        one = self.subscribe(self.siti, TODAY - timedelta(days=2))
        actions.cancel(by=self.dimas, at=NOON, subscription=one, reason="OTHER")
        self.subscribe(self.maria, TODAY, trial_days=30)
        assert self.moves() == []
        assert not RevenueTotal.objects.exclude(amount=0, people=0).exists()

    def test_a_year_counts_a_twelfth_and_a_pause_nothing(self) -> None:
        one = self.subscribe(self.siti, date(2026, 9, 1), plan=self.yearly, at=noon(date(2026, 9, 1)))
        actions.pause(by=self.dimas, at=noon(date(2026, 10, 5)), subscription=one)
        assert self.moves() == [("09", "NEW", 200_000), ("10", "CHURN", -200_000)]

    def test_two_who_become_one_are_counted_as_one_and_again_as_two(self) -> None:
        self.subscribe(self.siti, date(2026, 9, 1), at=noon(date(2026, 9, 1)))
        self.subscribe(self.maria, date(2026, 10, 1), at=noon(date(2026, 10, 1)))
        apart = self.moves()
        merge = customers.merge(by=self.dimas, at=NOON, survivor=self.siti, others=[self.maria])
        assert self.moves() == [("09", "NEW", 120_000), ("10", "EXPANSION", 120_000)]
        customers.unmerge(by=self.dimas, at=NOON, merge=merge)
        assert self.moves() == apart

    def test_every_figure_is_that_of_an_independent_count(self) -> None:
        chance = random.Random(7)
        people = [customers.add(by=self.dimas, at=NOON, name=f"Pelanggan {n}") for n in range(12)]
        day = date(2026, 1, 3)
        running: list[Any] = []
        while day <= TODAY:
            at = noon(day)
            actions.roll_over(at=at)
            do = chance.random()
            if do < 0.5 or not running:
                plan = chance.choice([self.beans, self.yearly])
                more = {"plan": plan, "quantity": Decimal(chance.randint(1, 4))}
                one = self.subscribe(chance.choice(people), day, at=at, trial_days=chance.choice([0, 0, 20]), **more)
                running.append(one)
            else:
                one = chance.choice(running)
                one.refresh_from_db()
                if do < 0.7 and not one.is_over:
                    quantity = Decimal(chance.randint(1, 9))
                    actions.change(by=self.dimas, at=at, subscription=one, quantity=quantity)
                elif do < 0.8 and one.status == "ACTIVE" and not one.reason:
                    actions.pause(by=self.dimas, at=at, subscription=one, resumes_date=day + timedelta(days=40))
                elif not one.is_over and not one.reason:
                    end = chance.random() < 0.5
                    actions.cancel(by=self.dimas, at=at, subscription=one, reason="OTHER", at_period_end=end)
            day += timedelta(days=chance.randint(3, 8))
        actions.roll_over(at=NOON)
        steps = SubscriptionStep.objects.values_list(
            "id", "subscription_id", "subscription__customer_id", "day", "monthly"
        )
        with duckdb.connect() as db:
            db.execute(
                "CREATE TABLE steps (id BIGINT, subscription BIGINT, customer BIGINT, day DATE, monthly DECIMAL(22,4))"
            )
            db.executemany("INSERT INTO steps VALUES (?, ?, ?, ?, ?)", [list(row) for row in steps])
            counted = db.execute(INDEPENDENT).fetchall()
        assert len({kind for _month, kind, _amount, _n in counted}) == 5
        kept = RevenueTotal.objects.exclude(people=0).order_by("month", "kind")
        assert [(one.month, one.kind, one.amount, one.people) for one in kept] == counted

    def test_every_figure_opens_the_customers_behind_it(self) -> None:
        self.subscribe(self.siti, date(2026, 10, 1), at=noon(date(2026, 10, 1)))
        self.subscribe(self.maria, TODAY, quantity=Decimal(2))
        self.client.get(reverse("revenue"))  # the first page of a process's day looks for what has run out
        with self.assertNumQueries(FewerThan(7)):
            page = self.client.get(reverse("revenue"))
        self.assertContains(page, "kind=NEW")
        address = reverse("revenue_customers")
        new = self.client.get(address, {"month": "2026-11", "kind": "NEW"})
        self.assertContains(new, "Maria Goretti")
        self.assertNotContains(new, "Siti Nurhaliza")
        everybody = self.client.get(address, {"month": "2026-11", "kind": "ALL"})
        for name in ("Maria Goretti", "Siti Nurhaliza"):
            self.assertContains(everybody, name)
        for wrong in ({"month": "2026-13", "kind": "NEW"}, {"month": "2026-11", "kind": "X"}, {}):
            assert self.client.get(address, wrong).status_code == 404
        self.client.force_login(self.sari)
        assert self.client.get(reverse("revenue")).status_code == 403
        assert self.client.get(address, {"month": "2026-11", "kind": "NEW"}).status_code == 403
