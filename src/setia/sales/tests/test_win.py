"""A won opportunity becomes an order or a subscription at once, and is taken back with what it became."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from setia.core.tests.pages import form_on
from setia.orders.models import Order
from setia.sales import actions, queries
from setia.sales.models import Activity, Opportunity, Prospect, StageChange
from setia.sales.tests.selling import LATER, NEXT_DAY, NOON, TODAY, Selling
from setia.subscriptions import actions as subscriptions
from setia.subscriptions.models import Plan, Subscription


class WinTest(Selling):
    def offered(self) -> list[actions.Offered]:
        return [
            actions.Offered(self.gayo, Decimal(2), Decimal(385_000)),
            actions.Offered(self.filters, Decimal(10), Decimal(100_000)),
        ]

    def plan(self) -> Plan:
        return subscriptions.add_plan(
            by=self.dimas,
            at=NOON,
            code="GAYO-M",
            name="Gayo monthly",
            price=Decimal(400_000),
            period="MONTH",
            product=self.gayo,
        )

    def test_its_lines_become_an_order_of_the_customer_in_the_same_moment(self) -> None:
        one = self.chance(lines=self.offered())
        actions.win_opportunity(by=self.dimas, at=LATER, opportunity=one)
        one.refresh_from_db()
        order = Order.objects.get()
        assert (one.status, one.order, one.closed_at) == ("WON", order, LATER)
        assert (order.customer, order.total, order.lines.count()) == (self.siti, Decimal(1_770_000), 2)
        with pytest.raises(actions.StandsElsewhere):
            actions.win_opportunity(by=self.dimas, at=NEXT_DAY, opportunity=one)
        assert Order.objects.count() == 1

    def test_without_lines_its_amount_becomes_one_line_and_without_both_nothing_can(self) -> None:
        actions.win_opportunity(by=self.dimas, at=LATER, opportunity=self.chance())
        assert Order.objects.get().total == Decimal(10_000_000)
        empty = self.chance(amount=None)
        with pytest.raises(actions.NothingToOrder):
            actions.win_opportunity(by=self.dimas, at=LATER, opportunity=empty)
        empty.refresh_from_db()
        assert empty.is_open
        actions.win_opportunity(by=self.dimas, at=LATER, opportunity=empty, order=False)
        assert Order.objects.count() == 1

    def test_the_line_of_the_plans_product_becomes_a_subscription_and_the_rest_an_order(self) -> None:
        one = self.chance(lines=self.offered())
        subscribed = actions.Subscribed(self.plan(), TODAY, Decimal(2), Decimal(385_000))
        actions.win_opportunity(by=self.dimas, at=LATER, opportunity=one, subscribed=subscribed)
        one.refresh_from_db()
        started = Subscription.objects.get()
        assert (one.subscription, started.quantity, started.price) == (started, Decimal(2), Decimal(385_000))
        assert Order.objects.get().total == Decimal(1_000_000)

    def test_a_win_taken_back_leaves_no_money_that_nobody_owes(self) -> None:
        one = self.chance(lines=self.offered())
        subscribed = actions.Subscribed(self.plan(), TODAY, Decimal(2), Decimal(385_000))
        actions.win_opportunity(by=self.dimas, at=LATER, opportunity=one, subscribed=subscribed)
        step = StageChange.objects.latest("id")
        actions.undo_step(by=self.dimas, at=NEXT_DAY, opportunity=one, step=step.pk)
        one.refresh_from_db()
        assert (one.status, one.stage, one.order, one.entered_at) == ("OPEN", self.talk, None, NOON)
        assert sum(order.total for order in Order.objects.all()) == 0
        assert Order.objects.get(kind="PURCHASE").reversed
        assert Subscription.objects.get().is_over

    def test_it_is_won_by_an_order_taken_before_and_no_money_is_counted_twice(self) -> None:
        one = self.chance(lines=self.offered())
        taken, other = self.sell(self.siti, "J1", LATER), self.sell(self.maria, "J2", LATER)
        win = reverse("win_opportunity", args=[one.pk])
        sent = form_on(self.client.get(win))
        assert sent["become"] == f"ORDERED-{taken.pk}", "ordered since it was hoped for: that is what came of it"
        assert self.client.post(win, sent | {"become": f"ORDERED-{other.pk}"}).status_code == 422
        with pytest.raises(actions.NotTheirOrder):
            actions.win_opportunity(by=self.dimas, at=NEXT_DAY, opportunity=one, ordered=other)
        assert self.client.post(win, sent).status_code == 302
        one.refresh_from_db()
        assert (one.status, one.order, one.amount, Order.objects.count()) == ("WON", taken, taken.total, 2)
        second = self.chance()
        assert form_on(self.client.get(reverse("win_opportunity", args=[second.pk])))["become"] == "ORDER"
        with pytest.raises(actions.NotTheirOrder):
            actions.win_opportunity(by=self.dimas, at=NEXT_DAY, opportunity=second, ordered=taken)
        step = StageChange.objects.filter(opportunity=one).latest("id")
        actions.undo_step(by=self.dimas, at=NEXT_DAY, opportunity=one, step=step.pk)
        taken.refresh_from_db()
        one.refresh_from_db()
        assert one.amount == Decimal(1_770_000), "as hoped before"
        assert (taken.reversed, Order.objects.count()) == (False, 2), "the order was there before, and stays"

    def test_the_page_wins_and_says_what_is_missing(self) -> None:
        one = self.chance(amount=None)
        win = reverse("win_opportunity", args=[one.pk])
        sent = form_on(self.client.get(win))
        assert self.client.post(win, sent | {"become": "ORDER"}).status_code == 422
        assert self.client.post(win, sent | {"become": "ELSEWHERE"}).status_code == 302
        self.plan()
        other = self.chance(lines=self.offered())
        win = reverse("win_opportunity", args=[other.pk])
        sent = form_on(self.client.get(win))
        assert sent["become"] == "SUBSCRIPTION"
        assert self.client.post(win, sent).status_code == 302
        self.assertContains(self.client.get(reverse("opportunity", args=[other.pk])), "Open the subscription")

    def test_who_was_in_touch_twice_and_never_bought_is_to_be_asked(self) -> None:
        touched = {
            "kind": "CALL",
            "title": "Telepon",
            "owner": self.dimas,
            "due_date": TODAY,
            "created_at": NOON,
            "updated_at": NOON,
        }
        for hours in (1, 2):
            Activity.objects.create(customer=self.siti, done_at=NOON - timedelta(hours=hours), **touched)
        Prospect.objects.filter(customer__in=[self.siti, self.maria]).delete()
        for person in (self.siti, self.maria):
            Prospect.objects.create(customer=person, captured_at=NOON, moved_at=NOON, updated_at=NOON)
        prompt = queries.closing_prompt(self.dimas, self.siti, at=NOON)
        assert prompt is not None
        assert (prompt.touches, prompt.opportunity) == (2, None)
        assert queries.closing_prompt(self.dimas, self.maria, at=NOON) is None
        assert [one.customer for one in queries.warm_for(self.dimas, at=NOON)] == [self.siti]
        assert not queries.warm_for(self.sari, at=NOON).exists()
        assert self.client.get(reverse("first_purchases")).status_code == 200
        actions.win_opportunity(by=self.dimas, at=LATER, opportunity=self.chance())
        assert queries.closing_prompt(self.dimas, self.siti, at=LATER) is None
        assert Opportunity.objects.get().status == "WON"
