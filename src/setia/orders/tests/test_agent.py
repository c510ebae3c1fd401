"""Sales through somebody: credited to them and to the firm, along the chain of who sells for whom."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.customers.queries import sellers_below
from setia.orders import actions
from setia.orders.models import Order
from setia.orders.queries import agent_page, credited, narrow, orders_for
from setia.orders.tests.shop import LATER, NOON, Shop

TODAY = date(2026, 11, 19)


class AgentTest(Shop):
    """Wayan sells for the firm, Kadek sells for Wayan."""

    wayan: Customer
    kadek: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.wayan = customers.add(by=cls.dimas, at=NOON, name="Wayan Sudiarta")
        cls.kadek = customers.add(by=cls.dimas, at=NOON, name="Kadek Ayu")
        customers.link(by=cls.dimas, at=NOON, customer=cls.kadek, other=cls.wayan, kind="SELLS_FOR")

    def sold(self, agent: Customer, customer: Customer) -> Order:
        return actions.add(by=self.dimas, at=NOON, customer=customer, agent=agent, lines=self.kilo_and_pack())

    def test_a_sale_counts_for_who_sold_it_and_for_those_above(self) -> None:
        self.sold(self.wayan, self.siti)
        self.sold(self.kadek, self.siti)
        self.sold(self.kadek, self.maria)
        self.sell(self.maria)  # by the firm itself
        page = agent_page(self.dimas, self.wayan, today=TODAY)
        assert (page.own.revenue, page.own.purchases, page.own.customers) == (Decimal(486_000), 1, 1)
        assert (page.whole.revenue, page.whole.purchases, page.whole.customers) == (Decimal(3 * 486_000), 3, 2)
        assert (page.months[0].first, page.months[0].own.purchases, page.months[0].whole.purchases) == (
            date(2026, 11, 1),
            1,
            3,
        )
        assert [(one.customer, one.depth, one.own.purchases) for one in page.below] == [(self.kadek, 1, 2)]
        assert [one.pk for one in agent_page(self.dimas, self.kadek, today=TODAY).above] == [self.wayan.pk]
        assert credited() == {self.wayan.pk: 1, self.kadek.pk: 2}

    def test_the_orders_behind_a_figure_are_those_it_counts(self) -> None:
        mine, theirs = self.sold(self.wayan, self.siti), self.sold(self.kadek, self.siti)
        self.sell(self.maria)
        everybody = orders_for(self.dimas)
        found = [narrow(self.dimas, everybody, {"agent": str(self.wayan.pk), "below": below})[0] for below in ("", "1")]
        assert [set(each) for each in found] == [{mine}, {mine, theirs}]

    def test_what_is_taken_back_is_taken_from_the_seller_too(self) -> None:
        order = self.sold(self.wayan, self.siti)
        back = actions.give_back(by=self.dimas, at=LATER, order=order, reason="Broken")
        assert back.agent_id == self.wayan.pk
        page = agent_page(self.dimas, self.wayan, today=TODAY)
        assert (page.own.revenue, page.own.purchases) == (Decimal(0), 0)

    def test_nobody_sells_to_themselves(self) -> None:
        with pytest.raises(actions.OwnAgent):
            self.sold(self.siti, self.siti)

    def test_a_merge_takes_the_credit_along_and_an_unmerge_gives_it_back(self) -> None:
        order = self.sold(self.kadek, self.siti)
        merge = customers.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.kadek])
        order.refresh_from_db()
        assert order.agent_id == self.maria.pk
        customers.unmerge(by=self.dimas, at=LATER, merge=merge)
        order.refresh_from_db()
        assert order.agent_id == self.kadek.pk

    def test_a_chain_is_followed_down_to_its_end(self) -> None:
        customers.link(by=self.dimas, at=NOON, customer=self.maria, other=self.kadek, kind="SELLS_FOR")
        below = [(one.customer_id, one.depth) for one in sellers_below(self.wayan.pk)]
        assert below == [(self.kadek.pk, 1), (self.maria.pk, 2)]

    def test_the_form_credits_and_the_pages_show_it(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"
        sent = {
            "customer": self.siti.pk,
            "agent": self.wayan.pk,
            "ordered_at": "2026-11-19T10:00",
            "lines": 1,
            "line-0-product": self.gayo.pk,
        }
        wrong = self.client.post(reverse("add_order"), sent | {"agent": self.siti.pk})
        self.assertContains(wrong, "nobody sells to themselves", status_code=422)
        self.client.post(reverse("add_order"), sent)
        order = Order.objects.get(agent=self.wayan)
        self.assertContains(self.client.get(reverse("order", args=[order.pk])), "Wayan Sudiarta")
        page = self.client.get(reverse("agent", args=[self.wayan.pk]))
        self.assertContains(page, "Kadek Ayu")
        self.assertContains(page, f"agent={self.wayan.pk}&amp;below=1&amp;from=2026-11-01&amp;to=2026-11-30")
        form = self.client.get(reverse("edit_order", args=[order.pk]))
        self.assertContains(form, "Wayan Sudiarta")

    def test_somebody_who_sees_only_their_own_sees_neither_the_seller_nor_their_sales(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        Customer.objects.filter(pk=self.wayan.pk).update(owner=sari)
        self.sold(self.wayan, self.siti)
        page = agent_page(sari, self.wayan, today=TODAY)
        assert (page.whole.purchases, page.below) == (0, [])
        self.client.force_login(sari)
        assert self.client.get(reverse("agent", args=[self.kadek.pk])).status_code == 404
