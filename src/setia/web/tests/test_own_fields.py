"""The list of customers by the firm's own fields: filters, orders, columns, files, and the number of queries."""

import csv
import io
from html import unescape
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

from django.urls import reverse

from setia.customers import actions
from setia.customers.models import Customer, CustomField, FieldOption
from setia.web.tests.test_customers import LIST, NOON, PEOPLE, Base, FewerThan


class OwnFieldsTest(Base):
    """Siti's target is 10, Maria's 20.5, Ayu's 3; Siti and Ayu are gold; Maria is sold to by Siti."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        kinds = {"Target": "NUMBER", "Tier": "CHOICE", "Taste": "TEXT", "Sold by": "REFERENCE", "Until": "DATE"}
        cls.own = {
            label: actions.add_field(
                by=cls.dimas, at=NOON, label=label, type=kind, options=["Gold", "Silver"], quick=False
            )
            for label, kind in kinds.items()
        }
        CustomField.objects.update(index="READY")
        cls.gold = FieldOption.objects.get(label="Gold")
        values: list[dict[str, Any]] = [
            {"target": 10, "tier": "Gold", "taste": "Manis sekali", "until": "2027-01-31"},
            {"target": "20,5", "sold_by": cls.people[0].pk},
            {"target": 3, "tier": "Gold", "taste": "pahit", "until": "2027-02-01"},
        ]
        for customer, given in zip(cls.people, values, strict=False):
            actions.set_values(by=cls.dimas, at=NOON, customer=customer, values=given)

    own: dict[str, CustomField]
    gold: FieldOption

    def names(self, **params: str) -> list[str]:
        """The names in the table, in their order."""
        page = self.client.get(reverse("customers"), params).content.decode()
        rows = [row.split("</tr>")[0] for row in page.split("<tr data-row")[1:]]
        return [next(name for name in PEOPLE if name.replace("<", "&lt;").replace(">", "&gt;") in row) for row in rows]

    def test_the_list_is_narrowed_by_every_kind_of_field_within_its_queries(self) -> None:
        siti, maria, ayu = PEOPLE[:3]
        target, tier, taste, seller, until = (self.own[label].key for label in self.own)
        cases: list[tuple[dict[str, str], list[str]]] = [
            ({f"{target}_from": "10"}, [siti, maria]),
            ({f"{target}_from": "10", f"{target}_to": "20,4"}, [siti]),
            ({target: "none"}, PEOPLE[3:]),
            ({tier: str(self.gold.pk)}, [siti, ayu]),
            ({tier: f"{self.gold.pk}.999999"}, [siti, ayu]),
            ({tier: "any", f"{target}_to": "5"}, [ayu]),
            ({taste: "MANIS"}, [siti]),
            ({seller: str(self.people[0].pk)}, [maria]),
            ({f"{until}_from": "2027-02-01"}, [ayu]),
            ({f"{until}_to": "2027-01-31", "stage": "LOYALTY"}, [siti]),
        ]
        self.client.get(reverse("customers"))  # what is known of the fields is kept from here on
        for params, found in cases:
            with self.subTest(params=params):
                with self.assertNumQueries(FewerThan(LIST)):
                    self.client.get(reverse("customers"), params)
                assert sorted(self.names(**params)) == sorted(found)

    def test_rare_values_and_frequent_ones_make_the_same_list_in_every_order(self) -> None:
        target, tier, taste, _seller, _until = (self.own[label].key for label in self.own)
        archived = Customer.objects.create(name="Wayan Arsip", archived_at=NOON, created_at=NOON, updated_at=NOON)
        actions.set_values(by=self.dimas, at=NOON, customer=archived, values={"target": 10, "tier": "Gold"})
        asked = [
            {f"{target}_from": "3"},
            {tier: "any", f"{target}_to": "5"},
            {tier: "none"},
            {tier: str(self.gold.pk), "q": "siti"},
            {taste: "manis", "stage": "LOYALTY"},
        ]
        for params in asked:
            for sort in ("value", "latest", "name", "newest", target, f"-{target}"):
                with self.subTest(params=params, sort=sort):
                    few = self.names(**params, sort=sort)
                    assert few
                    with mock.patch("setia.customers.queries.own_filters.FEW", 0):
                        assert self.names(**params, sort=sort) == few

    def test_a_page_after_the_first_is_found_among_rare_values(self) -> None:
        tier = self.own["Tier"].key
        with mock.patch("setia.web.views.customers.PAGE", 2):
            page = self.client.get(reverse("customers"), {tier: "none", "sort": "name"}).content.decode()
            later = unescape(page.split('rel="next" href="')[1].split('"')[0])
            assert len(self.names(**dict(parse_qsl(later.partition("?")[2])))) == 1

    def test_what_is_no_value_of_a_field_is_no_filter(self) -> None:
        target, tier, _taste, seller, until = (self.own[label].key for label in self.own)
        for params in ({f"{target}_from": "x"}, {tier: "Gold"}, {seller: "' OR 1=1"}, {f"{until}_to": "2027-02-30"}):
            assert len(self.names(**params)) == 5, params

    def test_a_field_that_is_not_quick_narrows_and_sorts_nothing(self) -> None:
        actions.edit_field(by=self.dimas, at=NOON, field=self.own["Target"], label="Target", hint="", quick=False)
        key = self.own["Target"].key
        assert self.names(**{f"{key}_from": "10", "sort": key}) == self.names()

    def test_the_list_is_sorted_by_a_field_both_ways_and_pages_go_on_where_they_were(self) -> None:
        key = self.own["Target"].key
        rest = sorted(PEOPLE[3:], key=str.lower)
        assert self.names(sort=key) == [PEOPLE[2], PEOPLE[0], PEOPLE[1], *rest]
        assert self.names(sort=f"-{key}") == [PEOPLE[1], PEOPLE[0], PEOPLE[2], *rest]
        page = self.client.get(reverse("customers"), {"sort": key, "cols": key}).content.decode()
        href = page.split('data-href="')[1].split('"')[0].replace("&amp;", "&")
        record = self.client.get(href).content.decode()
        assert f"/customers/{self.people[0].pk}/" in record, "the next in the list is Siti"

    def test_the_columns_are_those_of_the_address_and_choosing_them_keeps_the_filters(self) -> None:
        target, seller = self.own["Target"].key, self.own["Sold by"].key
        self.client.get(reverse("customers"))
        with self.assertNumQueries(FewerThan(LIST)):
            page = self.client.get(reverse("customers"), {"cols": f"{target},{seller},region"}).content.decode()
        head = page.split("<thead>")[1].split("</thead>")[0]
        assert "Sold by" in head
        assert "Stage" not in head
        assert "20.5" in page
        sent = {"col": ["value", target], "cols": f"{target},{seller}", "kind": "PERSON"}
        answer = self.client.get(reverse("choose_columns"), sent)
        assert answer.status_code == 302
        assert f"cols={target}%2Cvalue" in answer["Location"]
        assert "kind=PERSON" in answer["Location"]

    def test_a_file_holds_the_columns_shown_with_numbers_as_numbers(self) -> None:
        target, tier, seller = (self.own[label].key for label in ("Target", "Tier", "Sold by"))
        answer: Any = self.client.get(reverse("export_customers"), {"cols": f"{target},{tier},{seller}"})
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert rows[0] == ["Customer number", "Name", "Target", "Tier", "Sold by"]
        assert rows[1][2:] == ["10", "Gold", ""]
        assert rows[2][2:] == ["20.5", "", PEOPLE[0]]
        whole: Any = self.client.get(reverse("export_customers"))
        head = b"".join(whole.streaming_content).decode("utf-8-sig").splitlines()[0]
        assert head.endswith("Target,Tier,Taste,Sold by,Until")

    def test_the_menu_of_filters_offers_quick_fields_with_what_is_chosen(self) -> None:
        tier, seller = self.own["Tier"].key, self.own["Sold by"].key
        sent = {tier: str(self.gold.pk), seller: str(self.people[0].pk)}
        menu = self.client.get(reverse("customer_filters"), sent).content.decode()
        assert f'<option value="{self.gold.pk}" selected>Gold' in menu
        assert PEOPLE[0] in menu
        assert f'name="{self.own["Until"].key}_from"' in menu

    def test_who_is_archived_is_not_among_those_found(self) -> None:
        actions.archive(by=self.dimas, at=NOON, customer=Customer.objects.get(pk=self.people[0].pk))
        assert self.names(**{self.own["Tier"].key: "any"}) == [PEOPLE[2]]
