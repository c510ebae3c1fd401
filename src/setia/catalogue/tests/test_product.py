"""Products: add, edit, archive, categories by name, search."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import TestCase

from setia.accounts.models import AuditEntry, User
from setia.catalogue import actions, queries
from setia.catalogue.models import Product
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

    def test_only_what_differs_is_saved_and_audited_by_name_of_field(self) -> None:
        actions.edit(by=self.dimas, at=LATER, product=self.gayo, name="Gayo Natural 1 kg", price=Decimal(395000))
        self.gayo.refresh_from_db()
        assert (self.gayo.price, self.gayo.updated_at) == (Decimal(395000), LATER)
        assert AuditEntry.objects.get(verb="product.edited").data == {"fields": ["price"]}

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
