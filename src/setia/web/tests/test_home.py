"""Home: what a person sees first, on the first day and on every other."""

from typing import Any

import pytest
from django.test import Client

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.portraits import actions
from setia.portraits.models import Portrait
from setia.portraits.tests.shop import NOON, Shop

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(language: str = "en") -> Client:
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
    client = Client()
    client.force_login(rani)
    client.cookies["setia_language"] = language
    return client


def text_of(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


class TestHome:
    def test_the_first_day_says_where_to_begin(self) -> None:
        page = text_of(signed_in())
        assert "Welcome. Let Setia get to know your customers." in page
        assert 'href="/import/"' in page

    def test_between_import_and_portraits_it_says_that_they_are_coming(self) -> None:
        Customer.objects.create(name="Siti Nurhaliza", created_at=NOON, updated_at=NOON)
        assert "Their portraits are being computed." in text_of(signed_in())

    def test_base_stages_and_their_movement_lead_to_their_customers(self) -> None:
        Shop()
        actions.refresh(by=None, at=NOON)
        page = text_of(signed_in())
        for figure in (
            '<a href="/customers/?base=LOYAL">1</a>',
            '<a href="/customers/?base=GENERAL">5</a>',
            '<a href="/customers/?stage=RETENTION">3</a>',
            '<a href="/customers/?stage=DEFECTED">1</a>',
        ):
            assert figure in page
        assert page.count("nothing recorded yet") == 3

    def test_each_picture_says_its_finding(self) -> None:
        Shop()
        actions.refresh(by=None, at=NOON)
        page = text_of(signed_in())
        # In November: new Kadek and Bayu, returning Siti and, a day later, Bayu; so 2 of 3 buyers.
        assert "Returning customers: 67% of the buyers in Nov" in page
        assert "And 1 order of a walk-in in Nov" in page
        assert "Retention 100%, above the line of 25–40%" in page

    def test_where_risk_is_not_known_it_says_why_instead_of_guessing(self) -> None:
        Shop()
        actions.refresh(by=None, at=NOON)
        assert "A forecast needs at least 20 customers who bought again; there are 5." in text_of(signed_in())

    def test_who_is_about_to_leave_stands_in_the_order_of_what_is_at_stake(self) -> None:
        shop = Shop()
        actions.refresh(by=None, at=NOON)
        Portrait.objects.filter(pk__in=[shop.siti.pk, shop.ratna.pk]).update(
            leaving=True, risk=0.7, usual_gap_days=14, spent_12_months=100
        )
        Portrait.objects.filter(pk=shop.ratna.pk).update(spent_12_months=900)
        from setia.portraits.models import Picture

        Picture.objects.filter(name="leaving").update(rows=[{"customers": 2, "spent_12_months": 1000, "known": True}])
        page = text_of(signed_in())
        assert "2 customers about to leave; Rp1\N{NO-BREAK SPACE}k a year at stake" in page
        assert page.index("Ratna Dewi") < page.index("Siti Nurhaliza")

    def test_home_asks_the_database_no_more_than_ten_times(self, django_assert_max_num_queries: Any) -> None:
        Shop()
        actions.refresh(by=None, at=NOON)
        client = signed_in()
        client.get("/")
        with django_assert_max_num_queries(10):
            client.get("/")

    def test_strangers_are_shown_to_the_door(self) -> None:
        assert Client().get("/").status_code == 302
