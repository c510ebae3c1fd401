"""The pages of understanding, asked for as a person does."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from setia.accounts.models import User
from setia.orders.models import Order
from setia.portraits import actions
from setia.portraits.queries import portrait_of, sentences
from setia.portraits.queries.cohort_page import interval
from setia.portraits.tests.shop import NOON, Shop

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/understand/cohorts/", "/understand/rfm/", "/understand/concentration/", "/understand/value/"]


def signed_in(language: str = "en") -> Client:
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
    client = Client()
    client.force_login(rani)
    client.cookies["setia_language"] = language
    return client


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


class TestPages:
    @pytest.mark.parametrize("address", PAGES)
    def test_before_the_first_refresh_each_page_says_what_to_do(self, address: str) -> None:
        assert 'href="/import/"' in text_of(signed_in(), address)

    @pytest.mark.parametrize("address", PAGES)
    def test_strangers_are_shown_to_the_door(self, refreshed: Shop, address: str) -> None:
        assert Client().get(address).status_code == 302

    @pytest.mark.parametrize("address", PAGES)
    def test_each_page_is_there_in_both_languages_and_says_as_of_when(self, refreshed: Shop, address: str) -> None:
        client = signed_in()
        assert "19 Nov 2026" in text_of(client, address)
        client.cookies["setia_language"] = "id"
        assert "per 19 Nov 2026" in text_of(client, address)

    def test_a_cell_of_the_cohort_map_leads_to_who_came_and_who_did_not(self, refreshed: Shop) -> None:
        page = text_of(signed_in(), "/understand/cohorts/?span=all&cell=2024-05.1")
        assert "1 of 1 bought again: 100%" in page
        assert "Wayan Sudiarta" in page
        assert 'href="/customers/?cohort=2024-05.1"' in page
        assert 'href="/customers/?cohort=2024-05.1.not"' in page

    @pytest.mark.parametrize("query", ["cell=2024-05.99", "cell='", "span=forever", "view=sideways", "cell=2024-05.0"])
    def test_an_address_that_asks_for_nothing_known_shows_the_map(self, refreshed: Shop, query: str) -> None:
        assert "bought again:" not in text_of(signed_in(), f"/understand/cohorts/?{query}")

    def test_each_square_of_the_rfm_map_opens_its_customers(self, refreshed: Shop) -> None:
        squares = re.findall(r'href="/customers/\?rfm=(\d\.\d)"><b>(\d+)</b>', text_of(signed_in(), "/understand/rfm/"))
        assert len(squares) == 25
        assert sum(int(count) for _square, count in squares) == 6

    def test_where_people_alike_stand_in_two_fifths_the_map_says_so(self, refreshed: Shop) -> None:
        client = signed_in()
        assert "those alike in it are divided" in text_of(client, "/understand/rfm/")  # four bought on two days
        others = Order.objects.exclude(customer__in=[refreshed.siti, refreshed.kadek])
        others.filter(kind=Order.Kind.PURCHASE, reversed=False).update(customer=None)
        actions.refresh(by=None, at=NOON)
        assert "those alike in it are divided" not in text_of(client, "/understand/rfm/")

    def test_the_concentration_page_says_its_finding(self, refreshed: Shop) -> None:
        page = text_of(signed_in(), "/understand/concentration/")
        assert "The customer who spent most brought 45% of the money" in page
        assert 'href="/customers/?top=10"' in page

    def test_where_nothing_can_be_forecast_the_value_page_says_why(self, refreshed: Shop) -> None:
        assert "at least 20 customers who bought again; there are 5" in text_of(signed_in(), "/understand/value/")

    @pytest.mark.parametrize("address", PAGES)
    def test_no_page_asks_the_database_more_than_eight_times(
        self, refreshed: Shop, address: str, django_assert_max_num_queries: Any
    ) -> None:
        client = signed_in()
        client.get(address)
        with django_assert_max_num_queries(8):
            client.get(address)


class TestSmallFirms:
    EVERY = ["/", *PAGES, "/understand/moves/", "/understand/together/", "/understand/accuracy/", "/understand/curves/"]

    def test_a_firm_of_none_one_and_ten_customers_reads_sense_on_every_page(self, db: None) -> None:
        client, who = signed_in(), Shop.__new__(Shop)
        for known, more in ((0, 0), (0, 1), (1, 9)):
            for n in range(known, known + more):
                who.bought(who.customer(f"Pelanggan {n}", str(n + 1)), f"2026-11-{n + 1:02}", 100 + n)
            actions.refresh(by=None, at=NOON)
            for address in self.EVERY:
                for language in ("en", "id"):
                    client.cookies["setia_language"] = language
                    page = re.sub(r"<script.*?</script>|<[^>]*>", " ", text_of(client, address), flags=re.S)
                    assert not re.search(r"\b(nan|NaN|None|inf|Infinity)\b", page), (address, language, known + more)
                    assert "1 customers" not in page, (address, known + more)


class TestSentences:
    def told(self, who: Any, language: str = "en") -> dict[str, str]:
        with translation.override(language):
            found = portrait_of(who.pk)
            assert found is not None
            return {f"{one.kind} {one.code}".strip(): one.why for one in sentences(found)}

    def test_each_claim_comes_with_the_numbers_it_rests_on(self, refreshed: Shop) -> None:
        siti = self.told(refreshed.siti)
        assert siti["STAGE LOYALTY"] == "Bought in each of the last four quarters; customer since 10 Oct 2025."
        assert siti["BASE GENERAL"] == "Bought 12 times in the last 12 months, for Rp1.2\N{NO-BREAK SPACE}k."
        assert siti["TRAIT DEVOTED"] == "Buys about every 30 days, and keeps to it."
        assert siti["TRAIT ADVOCATE"] == "Recommended 1 customer, and bought within the year."
        assert self.told(refreshed.wayan)["STAGE DEFECTED"].startswith("No purchase for 897 days")
        assert self.told(refreshed.kadek)["TRAIT NEW"] == "First purchase 16 days ago."

    def test_the_same_is_said_in_indonesian(self, refreshed: Shop) -> None:
        siti = self.told(refreshed.siti, "id")
        assert siti["STAGE LOYALTY"] == (
            "Membeli di tiap triwulan dari empat yang terakhir; pelanggan sejak 10 Okt 2025."
        )

    def test_what_is_not_known_is_not_said(self, refreshed: Shop) -> None:
        assert set(self.told(refreshed.maria)) == {"STAGE REACH"}
        assert not {"VALUE", "RISK", "NEXT"} & set(self.told(refreshed.siti))

    def test_with_fitted_models_value_risk_and_next_purchase_have_their_reasons(self, shop: Shop) -> None:
        for n in range(60):
            who = shop.customer(f"Pelanggan {n}", f"9{n:03}")
            for step in range(n % 6 + 1):
                shop.bought(who, f"2026-{1 + (n + 2 * step) % 10:02}-{1 + n % 27:02}", 100 + 10 * n)
        actions.refresh(by=None, at=NOON)
        siti = self.told(shop.siti)
        assert siti["RISK"] == "Silent for 9 days; usually buys every 31 days."
        assert siti["NEXT"] == "Usually every 31 days."
        assert "spent so far in 14 purchases" in siti["VALUE"]


def test_the_interval_of_a_share_is_wilsons_at_80_percent() -> None:
    # 71 of 204: centre .34873…, half width .04258….
    low, high = interval(71, 204)
    assert (round(low, 3), round(high, 3)) == (0.307, 0.392)
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(0, 10)[0] == 0.0
