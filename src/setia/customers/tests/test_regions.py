from collections.abc import Iterable

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from procrastinate.contrib.django import app

from setia.customers import actions, regions
from setia.customers.models import Customer, Region, RegionSpelling, RegionTally
from setia.customers.queries import customers_for, distribution, find_regions, in_region, region_choices
from setia.customers.queries.regions import meaning
from setia.customers.tests.people import HOSTILE_NAMES, LATER, LATER_STILL, NOON, People

SOME = [
    ("31", "Daerah Khusus Ibukota Jakarta"),
    ("31.74", "Kota Administrasi Jakarta Selatan"),
    ("32", "Jawa Barat"),
    ("32.04", "Kabupaten Bandung"),
    ("32.73", "Kota Bandung"),
    ("32.76", "Kota Depok"),
    ("32.76.06", "Beji"),
    ("32.76.06.1001", "Beji"),
    ("32.76.06.1004", "Kemiri Muka"),
    ("75", "Gorontalo"),
    ("75.01", "Kabupaten Gorontalo"),
    ("75.71", "Kota Gorontalo"),
]


def places(some: Iterable[tuple[str, str]] = SOME) -> list[regions.Place]:
    """A small tree of true regions."""
    known = dict(some)
    made = []
    for code, name in known.items():
        path = ", ".join([name, *(known[up] for up in reversed(regions.above(code)))])
        level = code.count(".") + 1
        postal = "16423" if level == 4 else ""
        words = f"{regions.folded(path)} {postal}".strip()
        made.append(regions.Place(code, level, name, path, postal, regions.bare(name), words))
    return made


class Tree(People):
    """The people, and a small tree of regions."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        actions.load_regions(at=NOON, places=places(), source="a few")

    def live(self, name: str, *, region: str = "", code: str = "") -> Customer:
        return actions.add(by=self.dimas, at=LATER, name=name, region=region, region_code=code)

    def inside(self, code: str) -> set[str]:
        found = in_region(code)
        assert found is not None
        return set(customers_for(self.dimas).filter(found[1]).values_list("name", flat=True))


class ReadTest(Tree):
    def test_a_free_text_means_a_region_only_where_there_is_no_doubt(self) -> None:
        cases = {
            "Kota Bandung": "32.73",
            "kab. bandung": "32.04",
            "Bandung": "",  # the city or the regency around it
            "DEPOK": "32.76",
            "Jakarta Selatan": "31.74",
            "Kota Adm. Jakarta Selatan": "31.74",
            "DKI Jakarta": "31",
            "Gorontalo": "75",  # the province holds both others of its name
            "Jabar": "32",
            "Beji, Depok": "32.76.06",
            "Kemiri Muka, Kec. Beji, Kota Depok, Jawa Barat": "32.76.06.1004",
            "Jl. Melati 5, Depok": "32.76",
            "Beji": "",  # districts of one name are many: alone it means none for certain
            "Kuala Lumpur": "",
            "": "",
            ",": "",
        }
        assert {text: meaning(text) for text in cases} == cases

    def test_hostile_texts_mean_nothing_and_break_nothing(self) -> None:
        for text in HOSTILE_NAMES:
            assert meaning(text) == ""
            assert find_regions(text) == []

    def test_texts_are_read_once_and_a_persons_word_outlives_a_new_edition(self) -> None:
        Customer.objects.create(name="Maria", region="Kota Bandung", created_at=NOON, updated_at=NOON)
        Customer.objects.create(name="Kadek", region="Bandung", created_at=NOON, updated_at=NOON)
        assert actions.read_regions(at=NOON) == 2
        assert actions.read_regions(at=NOON) == 0
        assert self.inside("32") == {"Maria"}
        actions.explain_region(by=self.dimas, at=LATER, text="Bandung", code="32.73")
        assert self.inside("32.73") == {"Maria", "Kadek"}
        assert actions.load_regions(at=LATER, places=places(SOME[2:]), source="a newer") == 10
        assert Region.objects.filter(pk="31").exists(), "a region somebody may live in stays"
        assert list(RegionSpelling.objects.values_list("spelling", flat=True)) == ["Bandung"]

    def test_the_same_edition_is_loaded_once(self) -> None:
        assert actions.load_regions(at=LATER, places=places(), source="a few") == 0

    def test_a_region_that_does_not_exist_explains_nothing(self) -> None:
        with pytest.raises(actions.NoSuchRegion):
            actions.explain_region(by=self.dimas, at=LATER, text="Bandung", code="99")
        with pytest.raises(PermissionDenied):
            actions.explain_region(by=self.bayu, at=LATER, text="Bandung", code="32.73")


class FindTest(Tree):
    def found(self, q: str) -> list[str]:
        return [one.code for one in find_regions(q)]

    def test_any_words_of_the_path_find_a_region_the_larger_first(self) -> None:
        assert self.found("beji") == ["32.76.06", "32.76.06.1001", "32.76.06.1004"]
        assert self.found("kec. beji") == ["32.76.06"]
        assert self.found("desa beji, depok") == ["32.76.06.1001", "32.76.06.1004"]
        assert self.found("16423") == ["32.76.06.1001", "32.76.06.1004"]
        assert self.found("be") == []


class LiveTest(Tree):
    def test_customers_are_found_at_every_level_whether_chosen_or_typed(self) -> None:
        self.live("Maria", region="Kemiri Muka, Beji, Kota Depok, Jawa Barat", code="32.76.06.1004")
        self.live("Kadek", region="Depok")
        self.live("Wayan", region="Bandung")
        assert self.inside("32") == {"Maria", "Kadek"}
        assert self.inside("32.76") == {"Maria", "Kadek"}
        assert self.inside("32.76.06") == {"Maria"}
        assert self.inside("31") == set()
        assert in_region("32.99") is None
        assert in_region("3") is None

    def test_another_text_takes_the_code_of_the_former_away(self) -> None:
        maria = self.live("Maria", region="Kota Depok, Jawa Barat", code="32.76")
        actions.edit(by=self.dimas, at=LATER, customer=maria, region="Kuala Lumpur")
        maria.refresh_from_db()
        assert (maria.region, maria.region_code) == ("Kuala Lumpur", "")
        changes = self.told(maria)[-1][1]["changes"]
        assert changes == {"region": ["Kota Depok, Jawa Barat", "Kuala Lumpur"]}

    def test_counts_add_up_from_the_village_to_the_province(self) -> None:
        self.live("Maria", region="Kemiri Muka", code="32.76.06.1004")
        self.live("Kadek", region="Depok")
        self.live("Wayan", region="DKI")
        top = distribution(self.dimas)
        assert [(one.region.code, one.customers) for one in top.shares] == [("32", 2), ("31", 1)]
        assert top.elsewhere == 1, "Siti, of whom nothing is known"
        city = distribution(self.dimas, "32.76")
        assert [(one.region.code, one.customers) for one in city.shares] == [("32.76.06", 1)]
        assert (city.elsewhere, [one.code for one in city.above]) == (1, ["32"])
        assert distribution(self.bayu).shares == []

    def test_the_worker_counts_for_the_page_of_a_large_firm(self) -> None:
        self.live("Maria", region="Depok")
        assert actions.count_regions(at=LATER) == 3
        tally = dict(RegionTally.objects.values_list("code", "customers"))
        assert tally == {"": 1, "32": 1, "32.76": 1}
        assert actions.count_regions(at=LATER_STILL) == 3

    def test_a_filter_offers_the_way_up_and_what_lies_below(self) -> None:
        self.live("Wayan", region="Bandung")
        assert [code for code, _words in region_choices("")] == ["31", "75", "32", "Bandung"]
        assert [code for code, _words in region_choices("32.76")] == ["32", "32.76", "32.76.06"]


class MergedTest(Tree):
    def test_a_merge_takes_the_code_of_the_region_it_keeps_and_counts_one(self) -> None:
        maria, double = self.live("Maria"), self.live("Maria G", region="Kota Depok, Jawa Barat", code="32.76")
        done = actions.merge(by=self.rani, at=LATER, survivor=maria, others=[double])
        maria.refresh_from_db()
        assert (maria.region, maria.region_code) == ("Kota Depok, Jawa Barat", "32.76")
        actions.count_regions(at=LATER)
        assert RegionTally.objects.get(pk="32.76").customers == 1
        actions.unmerge(by=self.rani, at=LATER_STILL, merge=done)
        maria.refresh_from_db()
        assert maria.region_code == ""


class RegionPageTest(Tree):
    def setUp(self) -> None:
        self.sign_in()

    def test_a_region_is_found_picked_and_kept_with_its_code(self) -> None:
        answer = self.client.get(reverse("find_region"), {"region": "kemiri"})
        self.assertContains(answer, "Kemiri Muka, Beji, Kota Depok, Jawa Barat")
        picked = self.client.get(reverse("find_region"), {"pick": "32.76.06.1004"})
        self.assertContains(picked, 'name="region_code" value="32.76.06.1004"')
        self.client.post(
            reverse("add_customer"),
            {"kind": "PERSON", "role": "EXTERNAL", "name": "Maria", "region_code": "32.76.06.1004"},
        )
        maria = Customer.objects.get(name="Maria")
        assert (maria.region_code, maria.region) == ("32.76.06.1004", "Kemiri Muka, Beji, Kota Depok, Jawa Barat")
        self.assertContains(self.client.get(reverse("edit_customer", args=[maria.pk])), 'value="32.76.06.1004"')

    def test_what_the_tree_does_not_have_stays_as_typed(self) -> None:
        form = {"kind": "PERSON", "role": "EXTERNAL", "name": "Maria", "region": "Kuala Lumpur", "region_code": "99.99"}
        self.client.post(reverse("add_customer"), form)
        maria = Customer.objects.get(name="Maria")
        assert (maria.region_code, maria.region) == ("", "Kuala Lumpur")

    def test_the_list_is_narrowed_at_any_level(self) -> None:
        self.live("Maria", region="Depok")
        for value, seen in [("32", True), ("32.76", True), ("31", False), ("Depok", True), ("Solo", False)]:
            answer = self.client.get(reverse("customers"), {"region": value})
            assert ("Maria" in answer.content.decode()) == seen, value
        self.assertContains(self.client.get(reverse("customer_filters"), {"region": "32"}), "– Kota Depok")

    def test_the_map_leads_down_the_tree_and_to_the_list(self) -> None:
        self.live("Maria", region="Depok")
        self.live("<script>alert(1)</script>", region="<script>alert(1)</script>")
        top = self.client.get(reverse("regions"))
        self.assertContains(top, "?within=32")
        self.assertContains(top, reverse("customers") + "?region=32")
        self.assertNotContains(top, "<script>alert")
        self.assertContains(self.client.get(reverse("regions"), {"within": "32"}), "Kota Depok")
        self.assertContains(self.client.get(reverse("regions"), {"within": "nonsense"}), "Jawa Barat")

    def test_a_text_is_explained_once_for_all(self) -> None:
        self.live("Wayan", region="Bandung")
        url = reverse("explain_region")
        self.assertContains(self.client.get(url, {"text": "Bandung"}), "What “Bandung” means")
        self.assertContains(self.client.post(url, {"text": "Bandung"}), "Choose a region", status_code=422)
        self.assertRedirects(self.client.post(url, {"text": "Bandung", "region_code": "32.73"}), reverse("regions"))
        assert self.inside("32.73") == {"Wayan"}
        assert self.client.get(url).status_code == 404


class KeepTest(People):
    def test_the_worker_loads_the_whole_tree_to_the_village(self) -> None:
        actions.add(by=self.dimas, at=LATER, name="Maria", region="Kab. Sleman")
        app.tasks["customers.keep_regions"].func()
        assert Region.objects.count() > 90_000
        assert Region.objects.get(pk="32.76.06.1004").path.endswith("Beji, Kota Depok, Jawa Barat")
        assert RegionSpelling.objects.get(pk="Kab. Sleman").code == "34.04"
        assert [one.code for one in find_regions("kemiri muka depok")] == ["32.76.06.1004"]
        assert RegionTally.objects.get(pk="34").customers == 1
