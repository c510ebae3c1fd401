"""What is computed about role, service, interaction and relation, and the page that shows it."""

import pytest
from django.test import Client
from django.urls import reverse

from setia.accounts.models import User
from setia.catalogue.models import Product
from setia.customers import actions as customers
from setia.orders.models import OrderLine
from setia.portraits import actions
from setia.portraits.models import Portrait
from setia.portraits.queries import class_page
from setia.portraits.tests.shop import AS_OF, LATER, NOON, Shop

pytestmark = pytest.mark.django_db(transaction=True)


def told(who: object) -> tuple[str, str, str, str]:
    portrait = Portrait.objects.get(pk=who.pk)  # type: ignore[attr-defined]
    return portrait.role, portrait.relation, portrait.service, portrait.interaction


@pytest.fixture
def rani(db: None) -> User:
    return User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)


class TestClasses:
    def test_who_bought_a_year_long_by_hand_and_to_order_is_a_client(self, shop: Shop, rani: User) -> None:
        Product.objects.create(code="gayo", name="Gayo", created_at=NOON, updated_at=NOON)
        for who in (shop.siti, shop.kadek):
            who.owner = rani
            who.save(update_fields=["owner"])
        order = shop.bought(shop.siti, "2026-11-12", 500)
        more = shop.bought(shop.siti, "2026-11-13", 500)
        for one in (order, more):
            OrderLine.objects.create(
                order=one, position=1, description="Roasting to a recipe", quantity=1, unit_price=500, amount=500
            )
        actions.refresh(by=None, at=NOON)
        # 16 purchases over 398 days, each by somebody of the firm: number, duration, way and system speak for client.
        assert told(shop.siti) == ("EXTERNAL", "CLIENT", "STANDARD", "DIRECT")
        # One purchase: only the way does.
        assert told(shop.kadek) == ("EXTERNAL", "BUYER", "STANDARD", "DIRECT")
        assert told(shop.maria) == ("EXTERNAL", "", "", "")

    def test_named_channels_tell_how_they_interact(self, shop: Shop) -> None:
        shop.bought(shop.maria, "2026-11-12", 10, channel="Tokopedia")
        shop.bought(shop.maria, "2026-11-13", 10, channel="Tokopedia")
        actions.refresh(by=None, at=NOON)
        assert told(shop.maria)[3] == "CHANNELS"
        assert told(shop.siti)[3] == "DIRECT"  # the firm names channels, and Siti's purchases came through none

    def test_who_sells_for_another_is_in_house_and_at_once(self, refreshed: Shop, rani: User) -> None:
        made = customers.link(by=rani, at=LATER, customer=refreshed.kadek, other=refreshed.wayan, kind="SELLS_FOR")
        assert made is not None
        assert [told(one)[0] for one in (refreshed.kadek, refreshed.wayan)] == ["INTERNAL", "INTERNAL"]
        customers.unlink(by=rani, at=LATER, link=made)
        assert told(refreshed.kadek)[0] == "EXTERNAL"

    def test_what_the_record_states_counts_and_the_computed_stays_beside_it(self, refreshed: Shop, rani: User) -> None:
        customers.edit(by=rani, at=LATER, customer=refreshed.kadek, relation="CLIENT", role="INTERMEDIARY")
        assert told(refreshed.kadek)[:2] == ("INTERMEDIARY", "CLIENT")
        portrait = Portrait.objects.get(pk=refreshed.kadek.pk)
        assert portrait.computed == {"relation": "BUYER", "role": "EXTERNAL"}
        relation = class_page(refreshed.kadek, today=AS_OF).class_of("RELATION")
        assert relation is not None
        assert (relation.value, relation.computed, relation.stated) == ("CLIENT", "BUYER", True)

    def test_the_page_shows_five_evidences_with_their_figures(
        self, refreshed: Shop, rani: User, client: Client
    ) -> None:
        client.force_login(rani)
        client.cookies["setia_language"] = "en"
        page = client.get(reverse("classes", args=[refreshed.siti.pk])).content.decode()
        for words in (
            "Transaction system:",
            "12 purchases in 12 months",
            "396 days between",
            "Kind of service: Standard",
        ):
            assert words in page, words
        assert page.count("speaks for client") == 2
        assert reverse("orders") + f"?customer={refreshed.siti.pk}" in page

    def test_the_lists_are_narrowed_by_what_counts(self, refreshed: Shop, rani: User, client: Client) -> None:
        customers.edit(by=rani, at=LATER, customer=refreshed.kadek, relation="CLIENT")
        client.force_login(rani)
        clients = client.get(reverse("customers"), {"relation": "CLIENT"}).content.decode()
        assert "Kadek Ayu" in clients
        assert "Ratna Dewi" not in clients
