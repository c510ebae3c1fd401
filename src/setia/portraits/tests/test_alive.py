"""The chance that a customer is still active, told over time: by hand from the formula, and as a page."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from setia.accounts.models import User
from setia.portraits import actions
from setia.portraits.analysis.alive import LATEST, alive
from setia.portraits.analysis.fitting import Models
from setia.portraits.analysis.shop import sort_out
from setia.portraits.models import Portrait
from setia.portraits.queries.alive_page import Purchase, alive_page
from setia.portraits.tests.shop import AS_OF, NOON, Shop
from setia_insight.repeat import ModifiedBetaGeometricNBD

START = date(2026, 1, 1)
R, ALPHA, A, B = 0.5, 40.0, 0.8, 2.5
MODELS = Models(repeat=ModifiedBetaGeometricNBD.given(r=R, alpha=ALPHA, a=A, b=B))


def by_hand(x: int, t_x: int, age: int) -> float:
    """Batislam, Denizel & Filiztekin 2007, in its closed form."""
    return float(1 / (1 + A / (B + x) * ((ALPHA + age) / (ALPHA + t_x)) ** (R + x)))


def followed(*days: int, as_of: int, models: Models = MODELS) -> Any:
    import pyarrow as pa

    n = len(days)
    orders = pa.table(
        {
            "customer": pa.array([7] * n, pa.int64()),
            "day": pa.array([START + timedelta(one) for one in days], pa.date32()),
            "total": pa.array([100.0] * n),
            "kind": pa.array([0] * n, pa.int16()),
            **{name: pa.array([False] * n) for name in ("reversed", "takes_back", "promotion", "channelled")},
        }
    )
    customers = pa.table({"customer": [7], "known_date": pa.array([START], pa.date32()), "referrals": [0]})
    return alive(sort_out(orders, customers, as_of=START + timedelta(as_of)), models)


class TestAlive:
    def test_each_purchase_lifts_the_chance_and_each_silence_lowers_it_as_the_formula_says(self) -> None:
        found = followed(0, 30, 30, 50, as_of=150)
        assert [one.day for one in found.purchases] == [START + timedelta(day) for day in (0, 30, 50)]
        assert [one.after for one in found.purchases] == pytest.approx(
            [by_hand(0, 0, 0), by_hand(1, 30, 30), by_hand(2, 50, 50)]
        )
        assert found.purchases[0].before is None
        assert [one.before for one in found.purchases[1:]] == pytest.approx([by_hand(0, 0, 30), by_hand(1, 30, 50)])
        assert found.now == pytest.approx(by_hand(2, 50, 150))

    def test_the_line_falls_between_purchases_and_ends_on_the_day_asked_about(self) -> None:
        found = followed(0, 30, as_of=100)
        assert found.line[0] == (START, pytest.approx(by_hand(0, 0, 0)))
        assert found.line[-1] == (START + timedelta(100), pytest.approx(found.now))
        for (early, high), (late, low) in zip(found.line, found.line[1:], strict=False):
            assert (high > low) if late > early else (high < low)

    def test_the_day_it_falls_below_one_in_two_is_the_first_such_day(self) -> None:
        found = followed(0, 10, 20, as_of=21)
        days = (found.half_date - START).days
        assert by_hand(2, 20, days) < 0.5 <= by_hand(2, 20, days - 1)

    def test_once_it_has_fallen_below_there_is_no_such_day_to_come(self) -> None:
        assert followed(0, 10, 20, as_of=700).half_date is None

    def test_of_a_customer_who_bought_very_often_the_latest_purchases_are_followed_and_all_are_counted(self) -> None:
        found = followed(*range(0, 300, 3), as_of=300)
        assert (len(found.purchases), found.all_days) == (LATEST, 100)
        assert found.purchases[0].before == pytest.approx(by_hand(59, 177, 180))
        assert found.now == pytest.approx(by_hand(99, 297, 300))

    def test_without_a_model_or_a_purchase_nothing_is_said(self) -> None:
        assert followed(0, 10, as_of=20, models=Models()) is None
        assert followed(as_of=20) is None


class TestWords:
    def says(
        self, *purchases: Purchase, now: float, all_days: int | None = None, half: date | None = None
    ) -> list[str]:
        final = AS_OF
        with translation.override("en"):
            page = alive_page(
                as_of=final,
                purchases=purchases,
                line=[(one.day, one.after) for one in purchases] + [(final, now)],
                now=now,
                half_date=half,
                all_days=all_days or len(purchases),
            )
        return page.says

    def test_the_fall_since_the_last_purchase_is_said_in_plain_words(self) -> None:
        bought = [Purchase(date(2026, 3, 1), None, 0.7), Purchase(date(2026, 10, 1), 0.3, 0.84)]
        assert self.says(*bought, now=0.41) == [
            "Since the last purchase on 1 Oct 2026 the chance fell from 84% to 41%."
        ]
        assert self.says(*bought, now=0.838)[0].endswith("the chance has stayed at 84%.")

    def test_a_purchase_on_the_day_itself_is_no_silence(self) -> None:
        bought = [Purchase(date(2026, 3, 1), None, 0.7), Purchase(AS_OF, 0.3, 0.84)]
        assert self.says(*bought, now=0.84)[0] == "With the purchase on 19 Nov 2026 the chance is 84%."

    def test_one_purchase_and_a_long_history_say_what_they_rest_on(self) -> None:
        one = Purchase(date(2026, 3, 1), None, 0.7)
        half = date(2027, 2, 3)
        assert self.says(one, now=0.6, half=half)[1:] == [
            "If nothing more is bought, it falls below 50% on 3 Feb 2027.",
            "There is only one purchase day, so this is what is usual among your customers.",
        ]
        assert self.says(one, now=0.6, all_days=90)[-1] == "The picture shows the latest 1 of 90 purchase days."

    def test_what_is_nearly_certain_is_not_called_certain(self) -> None:
        one = Purchase(date(2026, 3, 1), None, 0.999)
        assert self.says(one, now=0.001)[0].endswith("the chance fell from over 99% to under 1%.")


@pytest.mark.django_db(transaction=True)
class TestPage:
    def signed_in(self, role: str = User.Role.OWNER, language: str = "en") -> Client:
        client = Client()
        client.force_login(User.objects.create_user(f"{role}@kopi.id".lower(), None, name="Rani", role=role))
        client.cookies["setia_language"] = language
        return client

    def fitted(self, shop: Shop) -> None:
        for n in range(60):
            who = shop.customer(f"Pelanggan {n}", f"9{n:03}")
            for step in range(n % 6 + 1):
                shop.bought(who, f"2026-{1 + (n + 2 * step) % 10:02}-{1 + n % 27:02}", 100 + 10 * n)
        actions.refresh(by=None, at=NOON)

    def test_it_ends_where_the_portrait_stands_and_the_record_fetches_it(
        self, shop: Shop, django_assert_max_num_queries: Any
    ) -> None:
        self.fitted(shop)
        for who in (shop.siti, shop.yohanes, shop.kadek):
            page = actions.follow_alive(who)
            assert page.now == pytest.approx(Portrait.objects.get(pk=who.pk).p_alive)
        client = self.signed_in()
        address = reverse("alive", args=[shop.siti.pk])
        assert f'hx-get="{address}"' in client.get(reverse("customer", args=[shop.siti.pk])).content.decode()
        with django_assert_max_num_queries(10):
            piece = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in piece
        assert len(re.findall("<circle", piece)) == 14
        assert piece.count("<tr>") == 1 + 14 + 1
        assert "Since the last purchase on 10 Nov 2026 the chance" in piece
        whole = client.get(address).content.decode()
        assert "<h1" in whole
        assert "Siti Nurhaliza" in whole
        client.cookies["setia_language"] = "id"
        assert "Sejak pembelian terakhir pada 10 Nov 2026 peluangnya" in client.get(address).content.decode()

    def test_with_too_little_data_the_page_says_so(self, refreshed: Shop) -> None:
        client = self.signed_in()
        page = client.get(reverse("alive", args=[refreshed.siti.pk])).content.decode()
        assert "Too little to say. A forecast needs at least 20 customers who bought again; there are 5." in page
        assert "<path" not in page
        page = client.get(reverse("alive", args=[refreshed.maria.pk])).content.decode()
        assert "Nothing has been bought yet." in page

    def test_before_the_first_refresh_and_for_the_customer_of_another_there_is_nothing_to_see(self, shop: Shop) -> None:
        address = reverse("alive", args=[shop.siti.pk])
        assert "Too little to say." in self.signed_in().get(address).content.decode()
        assert self.signed_in(User.Role.SALES).get(address).status_code == 404
        assert Client().get(address).status_code == 302
