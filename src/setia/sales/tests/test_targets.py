"""Targets: what counts for whom, how it stands by working days, and the same figures as a count of one's own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, Team, User
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.orders.models import Order
from setia.orders.tests.shop import NOON, Shop
from setia.sales import actions, queries
from setia.sales.models import Activity, Opportunity, Pipeline, Stage, StaleDay, Tally, Target
from setia.sales.pace import pace, working_days
from setia.web.tests.test_customers import FewerThan

TODAY = date(2026, 11, 19)  # a Thursday
FIRST, FINAL = date(2026, 11, 1), date(2026, 11, 30)


class PaceTest(Shop):
    def test_working_days_are_monday_to_saturday(self) -> None:
        for length in range(40):
            final = FIRST + timedelta(days=length)
            days = [FIRST + timedelta(days=day) for day in range(length + 1)]
            assert working_days(FIRST, final) == sum(day.weekday() < 6 for day in days)
        assert working_days(FINAL, FIRST) == 0

    def test_only_days_that_are_over_are_due(self) -> None:
        judged = pace(Decimal(250), Decimal(150), FIRST, FINAL, today=TODAY)
        assert (judged.days, judged.passed, judged.due) == (25, 15, Decimal(150))
        assert (judged.state, judged.ends) == ("ON_TRACK", Decimal(250))
        assert pace(Decimal(250), Decimal(142), FIRST, FINAL, today=TODAY).state == "BEHIND"
        assert pace(Decimal(250), Decimal(143), FIRST, FINAL, today=TODAY).state == "ON_TRACK"
        assert pace(Decimal(250), Decimal(0), FIRST, FINAL, today=FIRST).state == "ON_TRACK"
        assert pace(Decimal(250), Decimal(0), FIRST, FINAL, today=FIRST - timedelta(days=1)).state == "TO_COME"
        assert pace(Decimal(250), Decimal(249), FIRST, FINAL, today=FINAL + timedelta(days=1)).state == "MISSED"
        assert pace(Decimal(250), Decimal(250), FIRST, FINAL, today=TODAY).state == "MET"


class TargetTest(Shop):
    """Dimas looks after Siti, Sari after Maria; both are the team Timur."""

    sari: User
    timur: Team

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        User.objects.filter(pk=cls.dimas.pk).update(role="OWNER")
        cls.dimas = User.objects.get(pk=cls.dimas.pk)
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        cls.timur = Team.objects.create(name="Timur")
        cls.timur.members.set([cls.dimas, cls.sari])
        Customer.objects.filter(pk=cls.siti.pk).update(owner=cls.dimas)
        Customer.objects.filter(pk=cls.maria.pk).update(owner=cls.sari)

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def target(self, value: int = 1_000_000, measure: str = "AMOUNT", **facts: object) -> Target:
        days = {"from_date": FIRST, "until_date": FINAL}
        return actions.add_target(
            by=self.dimas,
            at=NOON,
            measure=measure,
            value=Decimal(value),
            **{**days, **facts},  # type: ignore[arg-type]
        )

    def attained(self, target: Target, *, at: datetime = NOON) -> Decimal:
        board = queries.target_board(self.dimas, at=at)
        return next(one.attained for one in board.standings if one.target == target)

    def won(self, order: Order | None, owner: User, at: datetime = NOON) -> Opportunity:
        pipeline = Pipeline.objects.create(name=f"Utama {at}", created_at=at, updated_at=at)
        stage = Stage.objects.create(pipeline=pipeline, name="Deal", position=1, probability=90)
        return Opportunity.objects.create(
            customer=self.siti,
            owner=owner,
            pipeline=pipeline,
            stage=stage,
            title="Kafe baru",
            status="WON",
            amount=Decimal(5),
            order=order,
            entered_at=at,
            closed_at=at,
            created_at=at,
            updated_at=at,
        )

    def test_an_order_counts_for_who_is_responsible_and_for_their_team_and_the_firm(self) -> None:
        mine, hers = self.target(person=self.dimas), self.target(person=self.sari)
        team, firm = self.target(team=self.timur), self.target()
        self.sell(self.siti)
        self.sell(self.siti, at=NOON - timedelta(days=9))
        self.sell(self.maria)
        self.sell(None)
        self.sell(self.maria, at=NOON - timedelta(days=40))  # before the period
        actions.count_stale()
        assert [self.attained(one) for one in (mine, hers, team, firm)] == [972_000, 486_000, 1_458_000, 1_944_000]

    def test_the_figure_is_the_same_before_and_after_the_worker_counted(self) -> None:
        firm, many = self.target(), self.target(measure="ORDERS", value=10)
        for back in range(15):
            self.sell(self.siti, at=NOON - timedelta(days=back))
        before = self.attained(many)
        actions.count_stale()
        assert not StaleDay.objects.exists()
        own = Order.objects.filter(day__gte=FIRST, kind="PURCHASE")
        assert self.attained(many) == own.count() == 15
        assert self.attained(firm) == sum(order.total for order in own)
        assert before <= 15  # days the worker had not counted were waiting, and said so
        rows = Tally.objects.count()
        actions.count_running(at=NOON)
        assert Tally.objects.count() == rows

    def test_an_older_day_that_changes_is_counted_anew_at_once(self) -> None:
        firm, many = self.target(), self.target(measure="ORDERS")
        order = self.sell(self.siti, at=NOON - timedelta(days=9))
        actions.count_stale()
        assert [self.attained(firm), self.attained(many)] == [486_000, 1]
        orders.give_back(by=self.dimas, at=NOON, order=order, reason="Rusak")
        assert [self.attained(firm), self.attained(many)] == [0, 0]
        assert set(StaleDay.objects.values_list("day", flat=True)) == {TODAY, TODAY - timedelta(days=9)}

    def test_a_customer_who_gets_somebody_else_takes_their_orders_along(self) -> None:
        hers = self.target(person=self.sari)
        self.sell(self.siti, at=NOON - timedelta(days=9))
        actions.count_stale()
        assert self.attained(hers) == 0
        siti = Customer.objects.get(pk=self.siti.pk)
        customers.edit(by=self.dimas, at=NOON, customer=siti, owner=self.sari)
        assert self.attained(hers) == 486_000

    def test_a_won_opportunity_goes_before_who_is_responsible(self) -> None:
        hers, wins = self.target(person=self.sari), self.target(1, "WON", person=self.sari)
        self.won(self.sell(self.siti), self.sari)
        assert [self.attained(hers), self.attained(wins)] == [486_000, 1]

    def test_a_product_is_counted_by_its_lines_and_activities_by_who_does_them(self) -> None:
        filters = self.target(product=self.filters)
        held = self.target(2, "ORDERS", product=self.filters)
        done = self.target(3, "ACTIVITIES", person=self.sari)
        self.sell(self.siti, at=NOON - timedelta(days=5))
        line = Line(self.gayo, Decimal(1), Decimal(385_000))
        orders.add(by=self.dimas, at=NOON, number="G", customer=self.siti, lines=[line])
        Activity.objects.create(
            kind="CALL",
            title="Telepon",
            owner=self.sari,
            due_date=TODAY,
            done_at=NOON,
            created_at=NOON,
            updated_at=NOON,
        )
        actions.count_stale()
        assert [self.attained(one) for one in (filters, held, done)] == [101_000, 1, 1]

    def test_a_day_is_the_firms_day(self) -> None:
        night = datetime(2026, 10, 31, 17, 30, tzinfo=UTC)  # half past midnight of the first of November in Jakarta
        firm = self.target()
        self.sell(self.siti, at=night)
        self.sell(self.siti, at=night - timedelta(hours=1))
        actions.count_stale()
        assert self.attained(firm) == 486_000

    def test_a_seller_sees_their_own_and_their_teams_and_sets_none(self) -> None:
        mine, hers, team, firm = (
            self.target(person=self.dimas),
            self.target(person=self.sari),
            self.target(team=self.timur),
            self.target(),
        )
        assert set(queries.targets_for(self.sari)) == {hers, team}
        assert set(queries.targets_for(self.dimas)) == {mine, hers, team, firm}
        with pytest.raises(PermissionDenied):
            actions.remove_target(by=self.sari, at=NOON, target=hers)

    def test_the_same_target_twice_and_two_people_at_once_are_refused(self) -> None:
        one = self.target(person=self.sari)
        with pytest.raises(actions.SameTarget):
            self.target(person=self.sari)
        seen = version_of(one.updated_at)
        later = NOON + timedelta(minutes=1)
        actions.edit_target(by=self.dimas, at=later, target=one, version=seen, value=Decimal(7))
        with pytest.raises(ChangedMeanwhile):
            actions.edit_target(by=self.dimas, at=later, target=one, version=seen, value=Decimal(8))
        assert AuditEntry.objects.filter(about="target").count() == 2

    def test_the_pages_set_change_and_remove_a_target_within_their_queries(self) -> None:
        add = reverse("add_target")
        sent = form_on(self.client.get(add)) | {"measure": "AMOUNT", "who": f"p{self.sari.pk}", "value": "1.000.000"}
        assert self.client.post(add, sent | {"until_date": "2020-01-01"}).status_code == 422
        assert self.client.post(add, sent).status_code == 302
        assert self.client.post(add, sent).status_code == 422
        one = Target.objects.get()
        assert one.person == self.sari
        edit = reverse("edit_target", args=[one.pk])
        assert self.client.post(edit, form_on(self.client.get(edit)) | {"value": "2.000.000"}).status_code == 302
        for _turn in range(8):
            self.target(_turn + 1, "ORDERS", from_date=TODAY - timedelta(days=_turn))
        with self.assertNumQueries(FewerThan(9)):
            page = self.client.get(reverse("targets") + "?show=past")
        with self.assertNumQueries(FewerThan(9)):
            page = self.client.get(reverse("targets"))
        assert page.status_code == 200
        self.client.post(reverse("remove_target", args=[one.pk]))
        assert not Target.objects.filter(pk=one.pk).exists()
