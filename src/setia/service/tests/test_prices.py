"""The price list of one who sells for the firm."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.tests.pages import form_on
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders.models import Order
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.service import actions
from setia.service.models import Discount
from setia.service.queries import terms_of
from setia.web.tests.test_customers import FewerThan


class Sellers(Shop):
    """Wayan is an intermediary."""

    wayan: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.wayan = customers.add(by=cls.dimas, at=NOON, name="Wayan Sudiarta", role="INTERMEDIARY")

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def role_gets(self, percent: int | None) -> None:
        value = None if percent is None else Decimal(percent)
        actions.set_role_discount(by=self.dimas, at=NOON, role="INTERMEDIARY", percent=value)

    def wayan_gets(self, percent: int | None) -> None:
        value = None if percent is None else Decimal(percent)
        actions.set_discount(by=self.dimas, at=NOON, customer=self.wayan, percent=value)


class PriceTest(Sellers):
    def test_a_sellers_own_discount_goes_before_that_of_the_role(self) -> None:
        assert terms_of(self.wayan).percent == 0
        self.role_gets(10)
        assert terms_of(self.wayan).percent == 10
        self.wayan_gets(0)
        assert terms_of(self.wayan).percent == 0
        self.wayan_gets(15)
        assert terms_of(self.wayan).price_of(self.gayo.price) == Decimal("327250")
        self.wayan_gets(None)
        assert terms_of(self.wayan).percent == 10
        assert terms_of(self.siti).percent == 0, "an end user gets no discount of sellers"
        assert terms_of(self.wayan).price_of(None) is None

    def test_setting_the_same_again_changes_and_tells_nothing(self) -> None:
        self.wayan_gets(5)
        self.wayan_gets(5)
        assert AuditEntry.objects.filter(verb="discount.set").count() == 1

    def test_of_two_discounts_the_survivors_counts_and_both_are_back_after_an_unmerge(self) -> None:
        self.wayan_gets(5)
        actions.set_discount(by=self.dimas, at=NOON, customer=self.siti, percent=Decimal(7))
        merge = customers.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.wayan])
        assert terms_of(self.siti).own == 7
        customers.unmerge(by=self.dimas, at=LATER, merge=merge)
        assert dict(Discount.objects.values_list("customer", "percent")) == {self.wayan.pk: 5, self.siti.pk: 7}

    def test_the_page_shows_the_list_the_price_and_why(self) -> None:
        self.role_gets(10)
        address = reverse("price_list", args=[self.wayan.pk])
        with self.assertNumQueries(FewerThan(8)):
            page = self.client.get(address)
        for words in ("Gayo Natural 1 kg", "Rp346,500", "Rp385,000", "10% off the list, as for everybody of this role"):
            self.assertContains(page, words)
        self.assertNotContains(self.client.get(address, {"q": "v60"}), "Gayo")
        plain = self.client.get(reverse("price_list", args=[self.siti.pk]))
        self.assertContains(plain, "They are an end user")
        rows = b"".join(self.client.get(reverse("export_prices", args=[self.wayan.pk])).streaming_content)  # type: ignore[attr-defined]
        found = list(csv.reader(io.StringIO(rows.decode("utf-8-sig"))))
        assert found[1][0] == "GAYO"
        assert [Decimal(cell) for cell in found[1][3:]] == [385_000, 10, 346_500]

    def test_the_discount_is_changed_on_its_page_by_who_may(self) -> None:
        address = reverse("change_discount", args=[self.wayan.pk])
        self.assertContains(self.client.post(address, {"own": "120"}), "100", status_code=422)
        assert self.client.post(address, {"own": "12,5", "of_role": "5"}).status_code == 302
        terms = terms_of(self.wayan)
        assert (terms.own, terms.of_role) == (Decimal("12.5"), Decimal(5))
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.set_discount(by=wati, at=NOON, customer=self.wayan, percent=Decimal(90))
        sari = User.objects.create_user("sari@kopi.id", None, role=User.Role.SALES)
        with pytest.raises(PermissionDenied):
            actions.set_role_discount(by=sari, at=NOON, role="INTERNAL", percent=Decimal(90))


class OrderOfASellerTest(Sellers):
    """Wayan pays 15 % less than the list says; who enters an order for him sees it, and may say otherwise."""

    def setUp(self) -> None:
        super().setUp()
        self.wayan_gets(15)
        self.page = reverse("add_order")

    def typed(self, **more: str) -> dict[str, str]:
        line = {"line-0-product": str(self.gayo.pk), "line-0-quantity": "2", "line-0-suggested": ""}
        return {"customer": str(self.wayan.pk), "lines": "1", **line, "do": "recount", **more}

    def recounted(self, **more: str) -> dict[str, str]:
        return form_on(self.client.post(self.page, self.typed(**more)))

    def test_the_discount_is_filled_in_and_said_where_it_comes_from(self) -> None:
        answer = self.client.post(self.page, self.typed())
        line = form_on(answer)
        assert (line["line-0-unit_price"], line["line-0-discount"]) == ("385000", "115500")
        self.assertContains(answer, "pays 15 % less than the list: a discount of their own")
        self.assertContains(answer, reverse("price_list", args=[self.wayan.pk]))
        self.wayan_gets(None)
        self.role_gets(10)
        answer = self.client.post(self.page, self.typed())
        self.assertContains(answer, "the discount of everybody of the role “Intermediary”")
        assert form_on(answer)["line-0-discount"] == "77000"
        self.assertContains(self.client.get(self.page, {"customer": str(self.wayan.pk)}), "less than the list")

    def test_it_follows_quantity_product_and_customer_as_long_as_nobody_says_otherwise(self) -> None:
        filled = self.recounted()
        assert self.recounted(**filled | {"line-0-quantity": "4"})["line-0-discount"] == "231000"
        other = self.recounted(**filled | {"customer": str(self.siti.pk)})
        assert (other["line-0-discount"], other["line-0-suggested"]) == ("", "")
        own = self.recounted(**filled | {"line-0-discount": "100.000", "line-0-quantity": "4"})
        assert own["line-0-discount"] == "100.000", "what a person typed stays"
        none = self.recounted(**filled | {"line-0-discount": "", "line-0-quantity": "4"})
        assert none["line-0-discount"] == "", "and so does what a person emptied"
        agreed = self.recounted(**filled | {"line-0-unit_price": "300.000"})
        assert agreed["line-0-discount"] == "", "another price than the list's was agreed on"

    def test_what_is_saved_is_what_was_shown_and_an_order_that_is_there_keeps_its_discounts(self) -> None:
        self.client.post(
            self.page, form_on(self.client.get(self.page)) | self.recounted() | {"ordered_at": "2026-11-19T12:00"}
        )
        order = Order.objects.get()
        assert order.total == Decimal(654_500)
        self.wayan_gets(50)
        edit = reverse("edit_order", args=[order.pk])
        again = form_on(self.client.post(edit, form_on(self.client.get(edit)) | {"do": "recount"}))
        assert again["line-0-discount"] == "115500"

    def test_nonsense_in_place_of_what_was_suggested_is_left_alone(self) -> None:
        for nonsense in ("sNaN", "-", "1e99", "x" * 400):
            assert self.recounted(**{"line-0-suggested": nonsense, "line-0-discount": "7"})["line-0-discount"] == "7"

    def test_whoever_sees_only_their_own_customers_learns_no_terms_of_others(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        self.client.force_login(sari)
        answer = self.client.post(self.page, self.typed())
        self.assertNotContains(answer, "less than the list")
        assert form_on(answer)["line-0-discount"] == ""
