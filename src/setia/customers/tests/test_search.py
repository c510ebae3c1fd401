"""Finding customers: by part of a name, by number, by any contact point in any spelling; lists and their filters."""

from unittest import mock

from django.test import TestCase
from django.urls import reverse

from setia.accounts.models import User
from setia.core.keyset import page
from setia.customers import actions, queries
from setia.customers.models import Customer, RegionSpelling
from setia.customers.tests.people import HOSTILE_NAMES, NOON


class SearchTest(TestCase):
    """Siti and Maria are people, Rasa Nusantara is a firm, number 88 has no name."""

    dimas: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.dimas = dimas = User.objects.create_user("dimas@kopi.id", None)
        actions.add(
            by=dimas,
            at=NOON,
            name="Raden Ajeng Siti Nurhaliza",
            number="C-1001",
            gender="FEMALE",
            region="Bandung",
            contacts=[("WHATSAPP", "0812-2045-7781"), ("EMAIL", "siti@kusuma.id"), ("INSTAGRAM", "@batik.kusuma")],
        )
        actions.add(by=dimas, at=NOON, name="Maria Goretti", number="C-1002", contacts=[("PHONE", "0813-9999-7781")])
        actions.add(
            by=dimas, at=NOON, name="PT Rasa Nusantara", kind="COMPANY", industry=actions.industry_named("Boga")
        )
        actions.add(by=dimas, at=NOON, number="88")

    def found(self, q: str) -> list[str]:
        return sorted(c.name or str(c.number) for c in queries.matching(queries.customers_for(self.dimas), q).customers)

    def test_any_part_of_a_name_finds_it_in_any_case(self) -> None:
        for q in ["nurhaliza", "SITI", "jeng sit", "  siti   nur "]:
            assert self.found(q) == ["Raden Ajeng Siti Nurhaliza"], q

    def test_one_or_two_characters_are_the_beginning_of_a_name(self) -> None:
        assert self.found("ma") == ["Maria Goretti"]
        assert self.found("ri") == []
        assert self.found("88") == ["88"]

    def test_a_phone_number_is_found_however_it_is_typed_from_its_beginning_or_its_end(self) -> None:
        for q in ["0812", "0812-2045", "+62 812 2045", "62812204", "812-2045-7781", "6281220457781"]:
            assert self.found(q) == ["Raden Ajeng Siti Nurhaliza"], q
        assert self.found("7781") == ["Maria Goretti", "Raden Ajeng Siti Nurhaliza"]

    def test_an_address_a_handle_and_the_firm_s_number_find_their_customer(self) -> None:
        for q in ["siti@kusuma", "batik.kus", "c-1001", "1001"]:
            assert self.found(q) == ["Raden Ajeng Siti Nurhaliza"], q

    def test_signs_that_mean_something_to_a_database_mean_nothing_here(self) -> None:
        for q in ["%%%", "_____", "\\", "' OR 1=1 --", "...", "\x00x", *HOSTILE_NAMES]:
            assert self.found(q) == [], q

    def test_an_empty_text_leaves_the_list_as_it_is(self) -> None:
        assert len(self.found("  ")) == 4

    def test_a_text_that_matches_too_many_is_not_looked_up_but_finds_the_same(self) -> None:
        everybody = queries.customers_for(self.dimas)
        few = [queries.matching(everybody, q) for q in ["7781", "nurhaliza", "1002"]]
        one = "setia.customers.queries.search"
        with mock.patch(f"{one}.COUNTED", 0), mock.patch.dict(f"{one}.LOOKED_UP", name=0, number=0, contact=0):
            many = [queries.matching(everybody, q) for q in ["7781", "nurhaliza", "1002"]]
        assert [m.counted.exact for m in (*few, *many) if m.counted] == [True] * 3 + [False] * 3
        assert [set(m.customers) for m in few] == [set(m.customers) for m in many]

    def test_a_beginning_that_too_many_names_have_is_not_looked_up_but_finds_the_same(self) -> None:
        everybody = queries.customers_for(self.dimas)
        few = queries.matching(everybody, "ma")
        with mock.patch.dict("setia.customers.queries.search.LOOKED_UP", name=0):
            many = queries.matching(everybody, "ma")
        assert (few.keys is None, many.keys is None) == (False, True)
        assert set(few.customers) == set(many.customers) == {Customer.objects.get(number="C-1002")}

    def test_everybody_but_those_out_of_sight_are_found_by_their_contacts_as_those_in_sight_are(self) -> None:
        maria = Customer.objects.get(number="C-1002")
        listed = queries.narrow(queries.customers_for(self.dimas), {})[0]
        for change in ["nothing", "archived", "merged away"]:
            if change == "archived":
                actions.archive(by=self.dimas, at=NOON, customer=maria)
            if change == "merged away":
                Customer.objects.filter(pk=maria.pk).update(
                    archived_at=None, merged_into=Customer.objects.get(number="88")
                )
            found = {
                frozenset(queries.matching(listed, "7781", but=but).keys or [])
                for but in [None, queries.out_of_sight()]
            }
            assert len(found) == 1, change
            assert any(maria.pk in keys for keys in found) == (change == "nothing")

    def test_one_way_to_match_that_goes_too_far_leaves_the_others_in_hand(self) -> None:
        everybody = queries.customers_for(self.dimas)
        one = "setia.customers.queries.search"
        few = set(queries.matching(everybody, "nurhaliza").customers)
        for kind in ["name", "number", "contact"]:
            with mock.patch.dict(f"{one}.LOOKED_UP", {kind: 0}):
                assert set(queries.matching(everybody, "nurhaliza").customers) == few, kind

    def test_the_search_box_puts_names_that_begin_with_the_text_first_in_one_query(self) -> None:
        actions.add(by=self.dimas, at=NOON, name="Nurhaliza Putri")
        with self.assertNumQueries(1):
            found = queries.search(queries.customers_for(self.dimas), "nurhaliza")
        assert [c.name for c in found] == ["Nurhaliza Putri", "Raden Ajeng Siti Nurhaliza"]
        shown = page(queries.legs_by_match(Customer.objects.all(), "nurhaliza"), size=1)
        assert shown.rows[0].name == "Nurhaliza Putri"

    def test_the_search_box_leaves_archived_customers_out(self) -> None:
        actions.archive(by=self.dimas, at=NOON, customer=Customer.objects.get(number="C-1001"))
        assert queries.search(queries.customers_for(self.dimas), "siti") == []

    def test_filters_come_from_the_address_and_are_said_in_words(self) -> None:
        everybody = queries.customers_for(self.dimas)
        firm = Customer.objects.get(kind="COMPANY")
        cases = {
            "kind": ("COMPANY", firm.name),
            "industry": (str(firm.industry_id), firm.name),
            "gender": ("FEMALE", "Raden Ajeng Siti Nurhaliza"),
            "region": ("Bandung", "Raden Ajeng Siti Nurhaliza"),
        }
        for key, (value, name) in cases.items():
            found, chips = queries.narrow(everybody, {key: value})
            assert [c.name for c in found] == [name], key
            assert [chip.key for chip in chips] == [key]
        assert "Boga" in [chip.value for chip in queries.narrow(everybody, {"industry": str(firm.industry_id)})[1]]

    def test_a_value_that_is_none_of_a_filter_s_is_no_filter(self) -> None:
        everybody = queries.customers_for(self.dimas)
        for params in [{"kind": "ROBOT"}, {"industry": "x"}, {"industry": "99999999999999999999"}, {"role": "'"}]:
            found, chips = queries.narrow(everybody, params)
            assert (found.count(), chips) == (4, []), params

    def test_archived_customers_are_shown_only_when_asked_for(self) -> None:
        maria = Customer.objects.get(number="C-1002")
        actions.archive(by=self.dimas, at=NOON, customer=maria)
        everybody = queries.customers_for(self.dimas)
        assert maria not in queries.narrow(everybody, {})[0]
        assert list(queries.narrow(everybody, {"archived": "1"})[0]) == [maria]

    def test_regions_are_those_in_use(self) -> None:
        assert queries.regions() == [("Bandung", "Bandung")]

    def test_a_region_only_of_somebody_merged_away_is_not_offered(self) -> None:
        maria, twin = Customer.objects.get(number="C-1002"), Customer.objects.get(number="88")
        Customer.objects.filter(pk=twin.pk).update(region="Atlantis")
        assert ("Atlantis", "Atlantis") in queries.regions()
        actions.merge(by=self.dimas, at=NOON, survivor=maria, others=[twin], choices={"region": maria.pk})
        assert queries.regions() == [("Bandung", "Bandung")]
        RegionSpelling.objects.create(spelling="Atlantis", code="")
        assert queries.unread_spellings() == []

    def test_a_picker_finds_picks_and_takes_back_in_four_queries(self) -> None:
        self.client.force_login(self.dimas)
        url, siti = reverse("find_customer"), Customer.objects.get(number="C-1001")
        with self.assertNumQueries(4):  # the firm, the session, the person, the customers
            answer = self.client.get(url, {"field": "customer", "customer_q": "0812"})
        self.assertContains(answer, "Raden Ajeng Siti Nurhaliza")
        self.assertNotContains(answer, "Maria")
        picked = self.client.get(url, {"field": "line-3-customer", "pick": str(siti.pk)})
        self.assertContains(picked, f'name="line-3-customer" value="{siti.pk}"')
        assert "HX-Trigger-After-Settle" not in picked, "who buys changes no sum: the lines being typed are left alone"
        self.assertContains(self.client.get(url, {"field": "customer", "pick": ""}), 'name="customer" value=""')

    def test_a_picker_answers_only_for_a_field_s_name(self) -> None:
        self.client.force_login(self.dimas)
        for field in ["", '"><script>', "a-b", "x" * 99]:
            assert self.client.get(reverse("find_customer"), {"field": field}).status_code == 404
