"""Commission: recounted independently, worked out twice with one end, taken back by returns, closed for payroll."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Sum
from django.urls import reverse

from setia.accounts.models import User
from setia.core.tests.pages import form_on
from setia.customers.models import Customer
from setia.orders import actions as orders
from setia.orders.models import Order
from setia.orders.tests.shop import NOON, Shop
from setia.sales import actions, queries
from setia.sales.models import CommissionMonth, CommissionRow, CommissionRule, Opportunity, Pipeline, Stage
from setia.sales.tiers import BadTiers, checked, earned
from setia.web.tests.test_customers import FewerThan

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
IN_DECEMBER = NOON + timedelta(days=20)
TIERS = [(Decimal(0), Decimal(2)), (Decimal(1_000_000), Decimal(3)), (Decimal(2_000_000), Decimal("4.5"))]


class CommissionTest(Shop):
    """Dimas looks after Siti and Maria; Sari won what Siti bought next."""

    sari: User
    rule: CommissionRule

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        User.objects.filter(pk=cls.dimas.pk).update(role="OWNER")
        cls.dimas = User.objects.get(pk=cls.dimas.pk)
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        Customer.objects.filter(pk__in=[cls.siti.pk, cls.maria.pk]).update(owner=cls.dimas)
        cls.rule = actions.add_commission_rule(
            by=cls.dimas,
            at=NOON,
            name="Jenjang 2026",
            tiers=TIERS,
            closer_percent=Decimal(60),
            from_date=NOVEMBER,
            until_date=None,
        )

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def compute(self, month: date = NOVEMBER, at: datetime = NOON) -> int:
        return actions.compute_month(rule=self.rule, month=month, at=at)

    def won(self, order: Order) -> None:
        pipeline = Pipeline.objects.create(name=f"Utama {order.pk}", created_at=NOON, updated_at=NOON)
        stage = Stage.objects.create(pipeline=pipeline, name="Deal", position=1, probability=90)
        Opportunity.objects.create(
            customer=self.siti,
            owner=self.sari,
            pipeline=pipeline,
            stage=stage,
            title="Kafe",
            status="WON",
            order=order,
            entered_at=NOON,
            closed_at=NOON,
            created_at=NOON,
            updated_at=NOON,
        )

    def paid(self, **which: Any) -> Decimal:
        return CommissionRow.objects.filter(**which).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)

    def recounted(self) -> dict[int, Decimal]:
        """Another way: each person's whole base of the month in SQL, and the ladder as a sum over its steps."""
        steps = ", ".join(f"({start}, {percent})" for start, percent in TIERS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH parts AS (
                  SELECT c.owner_id AS person, o.total * CASE WHEN p.id IS NULL THEN 1 ELSE 0.4 END AS base
                  FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
                  LEFT JOIN sales_opportunity p ON p.order_id = o.id
                  WHERE o.kind = 'PURCHASE' AND o.day BETWEEN '2026-11-01' AND '2026-11-30'
                  UNION ALL
                  SELECT p.owner_id, o.total * 0.6 FROM orders_order o JOIN sales_opportunity p ON p.order_id = o.id
                  WHERE o.kind = 'PURCHASE' AND o.day BETWEEN '2026-11-01' AND '2026-11-30'),
                steps AS (SELECT start, percent, lead(start, 1, 1e15) OVER (ORDER BY start) AS final
                          FROM (VALUES {steps}) v(start, percent))
                SELECT person, sum(GREATEST(LEAST(base, final) - start, 0) * percent / 100)
                FROM (SELECT person, sum(base) AS base FROM parts GROUP BY person) b, steps GROUP BY person
                """,
            )
            return dict(cursor.fetchall())

    def test_the_ladder_pays_each_part_at_its_tier_and_must_climb_from_nothing(self) -> None:
        assert earned(TIERS, Decimal(2_500_000)) == 20_000 + 30_000 + 22_500
        assert earned(TIERS, Decimal(999_999)) == Decimal("19999.98")
        for bad in ([], TIERS[1:], [TIERS[0], TIERS[0]], [(Decimal(0), Decimal(101))]):
            with pytest.raises(BadTiers):
                checked(list(bad))

    def test_rows_add_up_to_an_independent_recount_and_a_second_turn_writes_nothing(self) -> None:
        for back in range(7):
            self.sell(self.siti if back % 2 else self.maria, at=NOON - timedelta(days=back))
        self.won(Order.objects.order_by("id")[2])
        self.won(Order.objects.order_by("id")[5])
        self.sell(None)
        assert self.compute() == 9  # seven for who is responsible, two for who won
        own = {person: self.paid(person=person) for person in (self.dimas.pk, self.sari.pk)}
        assert own == {person: amount.quantize(Decimal("0.0001")) for person, amount in self.recounted().items()}
        assert self.compute(at=IN_DECEMBER) == 0
        assert not CommissionRow.objects.filter(computed_at=IN_DECEMBER).exists()

    def test_a_return_takes_back_what_its_order_earned_at_its_own_rate(self) -> None:
        for back in range(6):
            self.sell(self.siti, f"J{back}", at=NOON - timedelta(days=back))
        latest = Order.objects.get(number="J0")  # in the highest tiers
        orders.give_back(by=self.dimas, at=NOON, order=latest, reason="Rusak")
        self.compute()
        sale = CommissionRow.objects.get(order_key=latest.pk)
        taken = CommissionRow.objects.get(kind="RETURN")
        assert (taken.amount, taken.base, taken.reverses) == (-sale.amount, -sale.base, sale)
        assert taken.reason == "TAKEN_BACK"
        assert sale.rate > 3

    def test_what_changes_in_a_closed_month_comes_as_a_correction_once(self) -> None:
        one, other = self.sell(self.siti, "J1"), self.sell(self.maria, "J2")
        self.compute()
        month = CommissionMonth.objects.get()
        with pytest.raises(actions.MonthNotOver):
            actions.close_month(by=self.dimas, at=NOON, month=month, today=date(2026, 11, 30))
        actions.close_month(by=self.dimas, at=IN_DECEMBER, month=month, today=DECEMBER)
        with pytest.raises(actions.MonthClosed):
            actions.close_month(by=self.dimas, at=IN_DECEMBER, month=month, today=DECEMBER)
        paid = self.paid(month=NOVEMBER)
        gone = one.pk
        one.lines.all().delete()
        one.delete()  # as taking a file back does
        Customer.objects.filter(pk=self.maria.pk).update(owner=self.sari)
        assert self.compute(at=IN_DECEMBER) == 3
        assert self.paid(month=NOVEMBER) == paid
        assert self.paid(person=self.dimas) == 0
        assert self.paid(person=self.sari) == earned(TIERS, other.total)
        fixes = CommissionRow.objects.filter(kind="CORRECTION")
        assert set(fixes.values_list("month", "of_month")) == {(DECEMBER, NOVEMBER)}
        assert fixes.get(order_key=gone).reverses is not None
        assert self.compute(at=IN_DECEMBER) == 0
        Customer.objects.filter(pk=self.maria.pk).update(owner=self.dimas)
        self.compute(at=IN_DECEMBER)
        assert [self.paid(person=self.sari), self.paid(person=self.dimas)] == [0, earned(TIERS, other.total)]

    def test_a_return_in_a_later_month_takes_back_what_was_paid_before(self) -> None:
        order = self.sell(self.siti, "J1")
        self.compute()
        actions.close_month(by=self.dimas, at=IN_DECEMBER, month=CommissionMonth.objects.get(), today=DECEMBER)
        orders.give_back(by=self.dimas, at=IN_DECEMBER, order=order, reason="Rusak")
        self.compute(DECEMBER, IN_DECEMBER)
        self.compute(NOVEMBER, IN_DECEMBER)
        assert self.paid(month=DECEMBER) == -self.paid(month=NOVEMBER) != 0

    def test_a_seller_sees_own_rows_alone_and_closes_nothing(self) -> None:
        self.won(self.sell(self.siti))
        self.compute()
        self.client.force_login(self.sari)
        own = queries.commission_rows_for(self.sari)
        assert [row.person for row in own] == [self.sari]
        rows = self.client.get(reverse("commission_rows", args=[self.rule.pk]))
        self.assertNotContains(rows, "Dimas Prasetyo")
        lines = b"".join(self.client.get(reverse("export_commission", args=[self.rule.pk]))).decode("utf-8-sig")
        assert len(list(csv.reader(lines.splitlines()))) == 2
        for name in ("close_commission", "compute_commission", "end_commission_rule"):
            assert self.client.post(reverse(name, args=[self.rule.pk]), {"month": "2026-11"}).status_code == 403
        with pytest.raises(PermissionDenied):
            actions.end_commission_rule(by=self.sari, at=NOON, rule=self.rule, today=NOVEMBER)

    def test_the_pages_make_a_rule_show_a_month_and_export_it_within_their_queries(self) -> None:
        add = reverse("add_commission_rule")
        sent = form_on(self.client.get(add)) | {"name": "Baru", "percent_0": "2,5", "closer_percent": "100"}
        assert self.client.post(add, sent | {"start_1": "0", "percent_1": "3"}).status_code == 422
        assert self.client.post(add, sent | {"start_1": "1.000.000", "percent_1": "3"}).status_code == 302
        assert CommissionRule.objects.get(name="Baru").tiers[1] == ["1000000", "3"]
        self.sell(self.siti)
        self.compute()
        with self.assertNumQueries(FewerThan(9)):
            page = self.client.get(reverse("commission"), {"rule": str(self.rule.pk), "month": "2026-11"})
        self.assertContains(page, "Dimas Prasetyo")
        asked = self.client.post(reverse("compute_commission", args=[self.rule.pk]), {"month": "2026-11"})
        assert asked.status_code == 302
        assert self.client.post(reverse("close_commission", args=[self.rule.pk]), {"month": "x"}).status_code == 302
        assert self.client.post(reverse("end_commission_rule", args=[self.rule.pk])).status_code == 302
        self.rule.refresh_from_db()
        assert self.rule.until_date is not None
