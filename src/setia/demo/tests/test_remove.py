"""Taking the demo out again."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import TestCase

from setia.accounts.models import User
from setia.catalogue.models import Category, Product
from setia.core.queries import firm
from setia.customers.models import ContactPoint, Customer, Industry, TimelineEntry
from setia.demo import actions, shop
from setia.demo.models import Load
from setia.demo.tests.shop import NOON
from setia.intake.checksum import business_checksum
from setia.orders.models import Order, OrderLine
from setia.planning.models import Advice, Answer, Claim, Rival
from setia.sales.actions import make_first_pipeline
from setia.sales.models import (
    Activity,
    CommissionRow,
    CommissionRule,
    Competitor,
    FitTrait,
    FollowUp,
    Opportunity,
    Prospect,
    ProspectStep,
    Sequence,
    Stage,
    Tally,
    Target,
    Visit,
)


class RemoveTest(TestCase):
    """Wati keeps a shop; her sister loads the demo beside it and takes it out again."""

    def setUp(self) -> None:
        self.wati = User.objects.create_user("wati@kopi.id", None, role=User.Role.OWNER)
        category = Category.objects.create(name="Kopi BIJI")  # the demo has one of this name
        Industry.objects.create(name="Katering")
        self.product = Product.objects.create(
            code="W-1", name="Robusta", category=category, created_at=NOON, updated_at=NOON
        )
        self.customer = Customer.objects.create(name="Pelanggan Wati", created_at=NOON, updated_at=NOON)
        self.order(self.customer, "W-1")
        make_first_pipeline(at=NOON)
        self.before = business_checksum()
        self.firm_before = vars(firm()).copy()

    def load(self) -> actions.Loaded:
        return actions.load(customers=150, by=self.wati, at=NOON, refresh=False, beside_real_data=True)

    def remove(self) -> actions.Removed:
        return actions.remove(by=self.wati, at=NOON, refresh=False)

    def order(self, customer: Customer | None, number: str, *, reverses: Order | None = None) -> Order:
        order = Order.objects.create(
            number=number, customer=customer, ordered_at=NOON, day=date(2026, 11, 19), created_at=NOON,
            kind="RETURN" if reverses else "PURCHASE", total=Decimal(-10 if reverses else 10), reverses=reverses,
        )  # fmt: skip
        OrderLine.objects.create(
            order=order, position=1, product=self.product, quantity=1, unit_price=order.total, amount=order.total
        )
        return order

    def demo_customer(self) -> Customer:
        return Customer.objects.filter(source="demo", recommended_by=None).order_by("id")[20]

    def test_everything_is_as_before(self) -> None:
        self.load()
        followed = FollowUp.objects.count()
        assert followed
        assert Activity.objects.filter(owner=self.wati, by=None).count() == 18 + followed
        assert Visit.objects.filter(day=date(2026, 11, 19), left_at=None).count() == 1
        assert Prospect.objects.filter(closed_at=None).exists()
        assert FitTrait.objects.exists()
        assert not Activity.objects.filter(customer=self.customer).exists()
        assert set(Opportunity.objects.values_list("status", flat=True)) == {"OPEN", "LOST"}
        assert set(Opportunity.objects.values_list("owner", flat=True)) == {self.wati.pk}
        assert set(Stage.objects.all()) == {one.stage for one in Opportunity.objects.filter(status="OPEN")}
        assert business_checksum() != self.before
        sari = User.objects.get(name="Sari Lestari")
        assert {one.person for one in Target.objects.all()} > {None, sari}
        reached = Tally.objects.filter(person=sari, what="SOLD", product=None)
        assert reached.exists()
        paid = CommissionRow.objects.filter(person=sari)
        assert paid.exists()
        assert set(paid.values_list("day", flat=True)) <= set(reached.values_list("day", flat=True))
        assert Competitor.objects.filter(rival__in=Claim.objects.values("rival")).exists()
        removed = self.remove()
        for gone in (Activity, Visit, Prospect, ProspectStep, FitTrait):
            assert not gone.objects.exists(), gone
        assert not Opportunity.objects.exists()
        for model in (Sequence, FollowUp, Answer, Rival, Claim, Advice, Target, CommissionRule, CommissionRow):
            assert not model.objects.exists(), model
        assert User.objects.get() == self.wati
        assert business_checksum() == self.before
        assert removed.customers == 150
        assert (removed.customers_kept, removed.orders_kept, removed.products_kept) == (0, 0, 0)
        after = vars(firm())
        assert {**after, "_state": None} == {**self.firm_before, "_state": None}
        assert not Load.objects.exists()

    def test_nothing_to_remove_is_said(self) -> None:
        with pytest.raises(actions.NothingLoaded):
            self.remove()

    def test_an_own_order_keeps_its_demo_customer_and_nobody_else(self) -> None:
        self.load()
        customer = self.demo_customer()
        mine = self.order(customer, "W-2")
        removed = self.remove()
        assert (removed.customers, removed.customers_kept, removed.orders_kept) == (149, 1, 0)
        assert set(Customer.objects.all()) == {self.customer, customer}
        assert list(Order.objects.filter(customer=customer)) == [mine]

    def test_an_own_note_or_contact_or_referral_keeps_the_customer_it_is_about(self) -> None:
        self.load()
        first, second, third = Customer.objects.filter(source="demo", recommended_by=None).order_by("id")[5:8]
        TimelineEntry.objects.create(customer=first, kind="NOTE", at=NOON, by=self.wati, data={"text": "telepon"})
        ContactPoint.objects.create(customer=second, kind="EMAIL", value="baru@kopi.id")
        self.customer.recommended_by = third
        self.customer.save(update_fields=["recommended_by"])
        assert self.remove().customers_kept == 3
        assert set(Customer.objects.filter(source="demo")) == {first, second, third}
        assert TimelineEntry.objects.filter(customer=first, data={"text": "telepon"}).exists()
        assert ContactPoint.objects.filter(value="baru@kopi.id").exists()
        self.customer.refresh_from_db()
        assert self.customer.recommended_by == third

    def test_an_own_return_of_a_demo_order_keeps_that_order_with_its_lines_customer_and_products(self) -> None:
        self.load()
        bought = Order.objects.filter(source="demo", kind="PURCHASE", customer__isnull=False, reversed=False).latest(
            "id"
        )
        products = set(OrderLine.objects.filter(order=bought).values_list("product_id", flat=True))
        self.order(bought.customer, "W-3", reverses=bought)
        removed = self.remove()
        assert (removed.customers_kept, removed.orders_kept) == (1, 1)
        assert removed.products_kept == len(products)
        assert set(Product.objects.exclude(code="W-1").values_list("id", flat=True)) == products
        assert OrderLine.objects.filter(order=bought).exists()

    def test_an_own_order_of_a_demo_product_keeps_the_product_and_its_category(self) -> None:
        self.load()
        self.product = Product.objects.get(name=shop.PRODUCTS[12].name)
        self.order(self.customer, "W-4")
        assert self.remove().products_kept == 1
        assert set(Category.objects.values_list("name", flat=True)) == {"Kopi BIJI", shop.PRODUCTS[12].category}

    def test_a_customer_who_stays_forgets_a_referrer_who_goes(self) -> None:
        self.load()
        referred = Customer.objects.filter(source="demo", recommended_by__isnull=False).latest("id")
        self.order(referred, "W-5")
        self.remove()
        referred.refresh_from_db()
        assert referred.recommended_by is None

    def test_the_demo_can_come_back_where_some_of_it_was_kept(self) -> None:
        self.load()
        self.order(self.demo_customer(), "W-6")
        self.remove()
        self.load()
        assert Customer.objects.filter(source="demo-2").count() == 150
        self.remove()
        assert Customer.objects.count() == 2

    def test_every_index_and_constraint_is_still_there(self) -> None:
        with connection.cursor() as cursor:
            kept = "SELECT count(*) FROM pg_constraint WHERE convalidated AND connamespace = 'public'::regnamespace"
            cursor.execute(kept)
            before = cursor.fetchone()
            self.load()
            self.remove()
            cursor.execute(kept)
            assert cursor.fetchone() == before


class RemoveAloneTest(TestCase):
    """A firm that has nothing but the demo."""

    def setUp(self) -> None:
        self.before = business_checksum()
        actions.load(customers=100, by=None, at=NOON, refresh=False)

    def test_nothing_is_left_not_even_the_owner(self) -> None:
        actions.remove(by=User.objects.get(role="OWNER"), at=NOON, refresh=False)
        assert business_checksum() == self.before
        assert not User.objects.exists()
        assert (firm().name, firm().demo, firm().feed_live) == ("", False, False)

    def test_an_owner_with_an_address_of_his_own_stays(self) -> None:
        User.objects.filter(role="OWNER").update(email="wati@kopi.id")
        actions.remove(by=None, at=NOON, refresh=False)
        assert User.objects.get().email == "wati@kopi.id"

    def test_a_name_the_firm_has_given_itself_since_stays(self) -> None:
        here = firm()
        here.name = "Kedai Wati"
        here.save(update_fields=["name"])
        actions.remove(by=None, at=NOON, refresh=False)
        assert firm().name == "Kedai Wati"
