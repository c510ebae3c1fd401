"""Loading the demo into a database."""

import re
import sys
from unittest import mock

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import TestCase, TransactionTestCase
from django.test.client import RequestFactory

from setia.accounts.models import AuditEntry, User
from setia.core.models import Firm
from setia.core.queries import firm
from setia.customers.models import Customer
from setia.demo import actions, shop
from setia.demo.models import Load
from setia.demo.named import NAMED
from setia.demo.tests.shop import NOON
from setia.orders.models import Order
from setia.orders.queries import kind_sql
from setia.portraits.models import Portrait
from setia.subscriptions.models import LeavingStudy


class LoadTest(TestCase):
    """Kopi Nusantara with four hundred customers."""

    loaded: actions.Loaded

    @classmethod
    def setUpTestData(cls) -> None:
        cls.loaded = actions.load(customers=400, by=None, at=NOON, refresh=False)

    def asked(self, question: str) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())

    def test_it_says_what_it_wrote(self) -> None:
        assert self.loaded.customers == Customer.objects.count()
        assert self.loaded.orders == Order.objects.count()
        assert [(self.loaded.lines,)] == self.asked("SELECT count(*) FROM orders_orderline")
        assert [(len(shop.PRODUCTS),)] == self.asked("SELECT count(*) FROM catalogue_product")

    def test_every_order_is_of_the_kind_its_meaning_gives_it(self) -> None:
        by_meaning = kind_sql(customer="customer_id")
        assert self.asked(f"SELECT count(*) FROM orders_order WHERE kind <> {by_meaning}") == [(0,)]
        kinds = self.asked("SELECT DISTINCT kind FROM orders_order ORDER BY 1")
        assert kinds == [("ADJUSTMENT",), ("FREE",), ("PURCHASE",), ("RETURN",)]

    def test_every_constraint_is_in_force_and_every_index_back(self) -> None:
        assert self.asked("SELECT count(*) FROM pg_constraint WHERE NOT convalidated") == [(0,)]
        assert self.asked("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
        orphans = (
            "SELECT count(*) FROM orders_orderline l LEFT JOIN orders_order o ON o.id = l.order_id"
            " LEFT JOIN catalogue_product p ON p.id = l.product_id"
            " WHERE o.id IS NULL OR (l.product_id IS NOT NULL AND p.id IS NULL)"
        )
        assert self.asked(orphans) == [(0,)]

    def test_orders_say_where_they_came_from_and_through_which_channel(self) -> None:
        assert {"demo"} == set(Order.objects.values_list("source", flat=True))
        assert {"demo"} == set(Customer.objects.values_list("source", flat=True))
        assert {*shop.CHANNELS, ""} == set(Order.objects.values_list("channel", flat=True))

    def test_the_firm_becomes_a_live_demo_with_a_name(self) -> None:
        here = firm()
        assert (here.name, here.demo, here.feed_live) == ("Kopi Nusantara", True, True)

    def test_the_owner_signs_in_with_the_password_that_is_shown(self) -> None:
        email, password = actions.login()
        assert email == "owner@example.com"
        user = authenticate(RequestFactory().get("/"), email=email, password=password)
        assert isinstance(user, User)
        assert User.objects.get(email=email).is_owner
        assert self.loaded.login_made

    def test_a_second_load_is_refused_and_changes_nothing(self) -> None:
        with pytest.raises(actions.AlreadyLoaded):
            actions.load(customers=50, by=None, at=NOON, refresh=False)
        assert Customer.objects.count() == 400
        assert Load.objects.count() == 1

    def test_it_is_written_in_the_audit_trail(self) -> None:
        entry = AuditEntry.objects.get(verb="demo.loaded")
        assert entry.data == {"customers": 400, "orders": self.loaded.orders}

    def test_ids_given_out_afterwards_do_not_collide(self) -> None:
        customer = Customer.objects.create(name="Wati", created_at=NOON, updated_at=NOON)
        assert Customer.objects.filter(pk=customer.pk).count() == 1
        assert customer.pk > Customer.objects.filter(source="demo").order_by("-pk")[0].pk


class LoadElsewhereTest(TestCase):
    """Wati has customers of her own already."""

    def test_a_firm_with_customers_is_left_alone_unless_told(self) -> None:
        Customer.objects.create(name="Pelanggan Wati", created_at=NOON, updated_at=NOON)
        with pytest.raises(actions.HasRealData):
            actions.load(customers=20, by=None, at=NOON, refresh=False)
        assert Customer.objects.count() == 1
        assert not firm().demo
        assert not User.objects.exists()
        actions.load(customers=20, by=None, at=NOON, refresh=False, beside_real_data=True)
        assert Customer.objects.count() == 21
        assert (firm().name, firm().demo, firm().feed_live) == ("", True, False)

    def test_rupiah_do_not_go_among_another_currency(self) -> None:
        Customer.objects.create(name="Pelanggan Wati", created_at=NOON, updated_at=NOON)
        Firm.objects.update_or_create(pk=1, defaults={"currency": "SGD"})
        with pytest.raises(actions.OtherCurrency):
            actions.load(customers=20, by=None, at=NOON, refresh=False, beside_real_data=True)

    def test_an_owner_who_is_there_stays_the_only_one(self) -> None:
        wati = User.objects.create_user("wati@kopi.id", None, role=User.Role.OWNER)
        loaded = actions.load(customers=20, by=wati, at=NOON, refresh=False)
        assert not loaded.login_made
        assert User.objects.get(role="OWNER") == wati
        assert not any(one.has_usable_password() for one in User.objects.exclude(pk=wati.pk))

    def test_a_product_code_that_is_taken_gets_another(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalogue_product (code, name, kind, notes, created_at, updated_at)"
                " VALUES ('KBJ-01', 'Biji Wati', 'GOODS', '', now(), now())"
            )
            actions.load(customers=20, by=None, at=NOON, refresh=False, beside_real_data=True)
            cursor.execute("SELECT name FROM catalogue_product WHERE code IN ('KBJ-01', 'KBJ-01-DEMO') ORDER BY code")
            assert cursor.fetchall() == [("Biji Wati",), (shop.PRODUCTS[0].name,)]

    def test_large_loads_make_their_indexes_anew_and_leave_the_same_ones(self) -> None:
        indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        with connection.cursor() as cursor:
            cursor.execute(indexes)
            before = [_without_casts(index) for (index,) in cursor.fetchall()]
            with mock.patch.object(sys.modules["setia.demo.actions.load"], "_LARGE", 10):
                actions.load(customers=30, by=None, at=NOON, refresh=False)
            cursor.execute(indexes)
            assert [_without_casts(index) for (index,) in cursor.fetchall()] == before


def _without_casts(index: str) -> str:
    """PostgreSQL writes a list in an index's condition with its casts elsewhere once it has read it back."""
    return re.sub(r"::(?:character varying|text)(?:\[\])?|[()]", "", index)


class PortraitsTest(TransactionTestCase):
    """What Setia understands of the people whose stories are known, and of who subscribes."""

    def test_the_named_people_are_seen_as_their_stories_tell_and_renewals_have_their_model(self) -> None:
        actions.load(customers=300, by=None, at=NOON)
        stages = dict(Portrait.objects.values_list("customer_id", "stage"))
        ids = dict(Customer.objects.values_list("name", "id"))
        seen = {one.call_name or one.name: stages[ids[one.name]] for one in NAMED}
        assert {
            name: seen[name] for name in ("Sari", "Budi", "Theresia", "Luh", "Maruli", "CV Berkah Rasa Minang Sejati")
        } == {
            "Sari": "LOYALTY",
            "Budi": "DEFECTED",
            "Theresia": "FIRST",
            "Luh": "RETENTION",
            "Maruli": "REACH",
            "CV Berkah Rasa Minang Sejati": "LOYALTY",
        }
        renewing = LeavingStudy.objects.get(plan=None, period="MONTH")
        assert renewing.alpha is not None  # enough subscriptions, and enough that left, for the curve's model
        actions.remove(by=None, at=NOON)
        assert not Portrait.objects.exists()
        assert not LeavingStudy.objects.exists()
