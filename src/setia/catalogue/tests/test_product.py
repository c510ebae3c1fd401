"""Products: add, edit, archive, categories by name, search."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import TestCase
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.catalogue import actions, queries
from setia.catalogue.models import Product
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile, version_of

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


class ProductTest(TestCase):
    """Dimas keeps the list, Bayu has left."""

    dimas: User
    bayu: User
    gayo: Product

    @classmethod
    def setUpTestData(cls) -> None:
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
        cls.bayu = User.objects.create_user("bayu@kopi.id", None, is_active=False)
        cls.gayo = actions.add(
            by=cls.dimas, at=NOON, code=" gayo-1kg ", name="Gayo Natural 1 kg", price=Decimal(385000)
        )

    def test_a_code_is_one_code_in_any_case_and_with_any_space_around_it(self) -> None:
        assert self.gayo.code == "GAYO-1KG"
        with pytest.raises(actions.CodeTaken) as refused:
            actions.add(by=self.dimas, at=NOON, code="Gayo-1Kg")
        assert refused.value.product == self.gayo

    def test_a_product_needs_a_code(self) -> None:
        with pytest.raises(actions.NoCode):
            actions.add(by=self.dimas, at=NOON, code=" \t ")
        with pytest.raises(actions.NoCode):
            actions.edit(by=self.dimas, at=LATER, product=self.gayo, code="")

    def test_only_what_differs_is_saved_and_audited_from_what_to_what(self) -> None:
        actions.edit(by=self.dimas, at=LATER, product=self.gayo, name="Gayo Natural 1 kg", price=Decimal(395000))
        self.gayo.refresh_from_db()
        assert (self.gayo.price, self.gayo.updated_at) == (Decimal(395000), LATER)
        assert AuditEntry.objects.get(verb="product.edited").data == {"changes": {"price": ["385000", "395000"]}}

    def test_the_second_of_two_who_edit_at_once_is_told(self) -> None:
        seen_by_both = version_of(self.gayo.updated_at)
        actions.edit(by=self.dimas, at=LATER, product=self.gayo, version=seen_by_both, name="Gayo")
        with pytest.raises(ChangedMeanwhile):
            actions.edit(by=self.dimas, at=LATER, product=self.gayo, version=seen_by_both, name="Natural")
        assert Product.objects.get(pk=self.gayo.pk).name == "Gayo"

    def test_an_archived_product_leaves_the_list_and_the_picker_and_comes_back(self) -> None:
        actions.archive(by=self.dimas, at=LATER, product=self.gayo)
        actions.archive(by=self.dimas, at=LATER, product=self.gayo)
        assert queries.search(self.dimas, "gayo") == []
        everything = queries.products_for(self.dimas)
        assert list(queries.narrow(everything, {})[0]) == []
        assert list(queries.narrow(everything, {"archived": "1"})[0]) == [self.gayo]
        actions.restore(by=self.dimas, at=LATER, product=self.gayo)
        assert queries.search(self.dimas, "gayo") == [self.gayo]
        assert AuditEntry.objects.filter(verb="product.archived").count() == 1

    def test_a_category_is_one_in_any_case_and_made_when_it_is_new(self) -> None:
        coffee = actions.category_named("Kopi")
        assert actions.category_named(" KOPI ") == coffee
        assert actions.category_named("") is None
        actions.edit(by=self.dimas, at=LATER, product=self.gayo, category=coffee)
        found, chips = queries.narrow(queries.products_for(self.dimas), {"category": str(coffee.pk) if coffee else ""})
        assert list(found) == [self.gayo]
        assert [chip.value for chip in chips] == ["Kopi"]

    def test_search_finds_any_part_of_code_and_name_and_short_text_the_beginning_of_a_code(self) -> None:
        for q in ["natural", "1KG", "ga", "GAYO"]:
            assert queries.search(self.dimas, q) == [self.gayo], q
        for q in ["at", "%", "_", "x' OR 1=1"]:
            assert queries.search(self.dimas, q) == [], q

    def test_somebody_who_left_the_firm_sees_and_changes_nothing(self) -> None:
        assert not queries.products_for(self.bayu).exists()
        with pytest.raises(Http404):
            queries.get_product_for(self.bayu, self.gayo.pk)
        with pytest.raises(PermissionDenied):
            actions.add(by=self.bayu, at=NOON, code="X")


class ProductPageTest(TestCase):
    """Dimas at the screen."""

    dimas: User
    gayo: Product

    @classmethod
    def setUpTestData(cls) -> None:
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
        cls.gayo = actions.add(
            by=cls.dimas,
            at=NOON,
            code="GAYO",
            name="Gayo <i>Natural</i>",
            price=Decimal("385000.5"),
            category=actions.category_named("Kopi"),
        )

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_the_list_shows_searches_filters_and_sorts_in_eight_queries_at_most(self) -> None:
        actions.add(by=self.dimas, at=NOON, code="V60", name="Saringan", kind="SERVICE")
        products = reverse("products")
        self.client.get(products)  # the firm's row is made with the first page
        with self.assertNumQueries(6):
            answer = self.client.get(products, {"sort": "code"})
        self.assertContains(answer, "Gayo &lt;i&gt;Natural&lt;/i&gt;")
        self.assertContains(answer, "2 products")
        for params in ({"q": "v60"}, {"kind": "SERVICE"}):
            narrowed = self.client.get(products, params)
            self.assertContains(narrowed, "Saringan")
            self.assertNotContains(narrowed, "Gayo")
        self.assertContains(self.client.get(products, {"q": "teh"}), "No product fits all of this")

    def test_an_empty_shelf_says_what_to_do(self) -> None:
        Product.objects.all().delete()
        self.assertContains(self.client.get(reverse("products")), "No products yet")

    def test_a_product_is_added_with_its_category_made_on_the_way(self) -> None:
        form = form_on(self.client.get(reverse("add_product"))) | {
            "code": " teh-1 ",
            "category_name": "Teh",
            "price": "12.5",
        }
        answer = self.client.post(reverse("add_product"), form)
        tea = Product.objects.get(code="TEH-1")
        self.assertRedirects(answer, reverse("product", args=[tea.pk]))
        assert (str(tea.category), tea.price) == ("Teh", Decimal("12.5"))

    def test_a_code_in_use_and_a_price_below_zero_are_told(self) -> None:
        taken = self.client.post(reverse("add_product"), {"code": "gayo", "kind": "GOODS"})
        self.assertContains(taken, reverse("product", args=[self.gayo.pk]), status_code=422)
        below = self.client.post(reverse("add_product"), {"code": "x", "kind": "GOODS", "price": "-1"})
        assert below.status_code == 422
        assert Product.objects.count() == 1

    def test_the_second_of_two_keeps_what_was_typed_and_may_save_again(self) -> None:
        url = reverse("edit_product", args=[self.gayo.pk])
        mine = form_on(self.client.get(url)) | {"name": "Gayo Honey"}
        assert mine["price"] == "385000.5"
        actions.edit(by=self.dimas, at=LATER, product=self.gayo, name="Gayo Wine")
        answer = self.client.post(url, mine)
        self.assertContains(answer, "Gayo Wine", status_code=409)
        self.client.post(url, form_on(answer))
        assert Product.objects.get(pk=self.gayo.pk).name == "Gayo Honey"

    def test_a_product_is_archived_and_restored_by_a_button(self) -> None:
        archive, restore = (reverse(name, args=[self.gayo.pk]) for name in ("archive_product", "restore_product"))
        assert self.client.get(archive).status_code == 405
        self.client.post(archive)
        self.assertContains(self.client.get(reverse("product", args=[self.gayo.pk])), "This product is archived.")
        self.client.post(restore)
        self.gayo.refresh_from_db()
        assert self.gayo.archived_at is None

    def test_the_picker_finds_and_picks(self) -> None:
        url = reverse("find_product")
        self.assertContains(self.client.get(url, {"field": "line-0-product", "line-0-product_q": "gay"}), "GAYO")
        picked = self.client.get(url, {"field": "line-0-product", "pick": str(self.gayo.pk)})
        self.assertContains(picked, f'name="line-0-product" value="{self.gayo.pk}"')
        assert self.client.get(url, {"field": "<"}).status_code == 404

    def test_the_export_holds_the_filtered_list_and_no_formulas(self) -> None:
        actions.add(by=self.dimas, at=NOON, code="=1+1", name="@x")
        answer = self.client.get(reverse("export_products"), {"q": "1+1"})
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert "'=1+1,'@x" in text
        assert "GAYO" not in text

    def test_a_stranger_is_sent_to_the_door(self) -> None:
        self.client.logout()
        for name, args in [
            ("products", []),
            ("product", [self.gayo.pk]),
            ("export_products", []),
            ("find_product", []),
        ]:
            assert self.client.get(reverse(name, args=args)).status_code == 302
