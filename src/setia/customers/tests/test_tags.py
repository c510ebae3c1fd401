import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry
from setia.customers import actions
from setia.customers.models import Customer, CustomerTag, Tag
from setia.customers.queries import tags, tags_of
from setia.customers.tests.people import HOSTILE_NAMES, LATER, LATER_STILL, People


class TagTest(People):
    maria: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.maria = actions.add(by=cls.dimas, at=LATER, name="Maria Goretti")

    def put(self, name: str, customer: Customer | None = None) -> Tag:
        return actions.tag_customer(by=self.dimas, at=LATER, customer=customer or self.siti, name=name)

    def names(self, customer: Customer) -> list[str]:
        return [tag.name for tag in tags_of(customer)]

    def test_a_tag_is_made_by_typing_it_and_told_once(self) -> None:
        first, again = self.put(" Grosir  kopi"), self.put("#grosir KOPI")
        assert (first, self.names(self.siti)) == (again, ["Grosir kopi"])
        assert self.told(self.siti)[1:] == [("TAGGED", {"tag": "Grosir kopi"})]

    def test_a_tag_without_a_word_is_refused(self) -> None:
        with pytest.raises(actions.EmptyTag):
            self.put(" # ")

    def test_a_tag_comes_off_once_and_the_others_stay(self) -> None:
        vip = self.put("VIP")
        self.put("Grosir")
        actions.untag_customer(by=self.rani, at=LATER, customer=self.siti, tag=vip)
        actions.untag_customer(by=self.rani, at=LATER_STILL, customer=self.siti, tag=vip)
        assert self.names(self.siti) == ["Grosir"]
        assert [kind for kind, _ in self.told(self.siti)].count("UNTAGGED") == 1

    def test_a_name_belongs_to_one_tag_in_any_case(self) -> None:
        vip, wholesale = self.put("VIP"), self.put("Grosir")
        with pytest.raises(actions.TagNameTaken) as taken:
            actions.edit_tag(by=self.rani, at=LATER, tag=wholesale, name="vip", colour="RED")
        assert taken.value.tag == vip
        renamed = actions.edit_tag(by=self.rani, at=LATER, tag=vip, name="Vip", colour="RED")
        assert (renamed.name, renamed.colour) == ("Vip", "RED")

    def test_a_merge_counts_the_customers_who_are_there_and_not_those_merged_away(self) -> None:
        wholesale, big = self.put("Grosir"), self.put("Partai besar", self.maria)
        twin = actions.add(by=self.dimas, at=LATER, name="Maria G.")
        self.put("Partai besar", twin)
        actions.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[twin])
        assert CustomerTag.objects.filter(tag=big, customer=twin).exists(), "it waits there for an unmerge"
        actions.merge_tag(by=self.rani, at=LATER, tag=big, into=wholesale)
        assert AuditEntry.objects.get(verb="tag.merged").data["customers"] == 1
        assert CustomerTag.objects.filter(tag=wholesale, customer=twin).exists()

    def test_a_merge_gives_everybody_the_other_tag_and_its_undo_takes_back_only_that(self) -> None:
        wholesale, big = self.put("Grosir"), self.put("Partai besar", self.maria)
        self.put("Grosir", self.maria)
        kadek = actions.add(by=self.dimas, at=LATER, name="Kadek Ayu")
        self.put("Partai besar", kadek)
        actions.merge_tag(by=self.rani, at=LATER, tag=big, into=wholesale)
        assert [self.names(one) for one in (self.siti, self.maria, kadek)] == [["Grosir"]] * 3
        assert tags() == [wholesale]
        actions.restore_tag(by=self.rani, at=LATER_STILL, tag=big)
        assert self.names(self.siti) == ["Grosir"]
        assert self.names(self.maria) == ["Grosir", "Partai besar"]
        assert self.names(kadek) == ["Partai besar"]

    def test_the_name_of_a_merged_tag_means_what_it_became(self) -> None:
        wholesale, big = self.put("Grosir"), self.put("Partai besar", self.maria)
        actions.merge_tag(by=self.rani, at=LATER, tag=big, into=wholesale)
        assert self.put("partai BESAR") == wholesale
        with pytest.raises(actions.TagGone):
            actions.merge_tag(by=self.rani, at=LATER, tag=wholesale, into=big)

    def test_a_tag_taken_away_comes_back_on_everybody_it_was_on(self) -> None:
        vip = self.put("VIP")
        actions.remove_tag(by=self.rani, at=LATER, tag=vip)
        assert (self.names(self.siti), tags()) == ([], [])
        actions.restore_tag(by=self.rani, at=LATER, tag=vip)
        assert self.names(self.siti) == ["VIP"]

    def test_a_tag_whose_name_was_given_away_meanwhile_does_not_come_back_as_a_double(self) -> None:
        vip = self.put("VIP")
        actions.remove_tag(by=self.rani, at=LATER, tag=vip)
        other = self.put("vip", self.maria)
        with pytest.raises(actions.TagNameTaken) as taken:
            actions.restore_tag(by=self.rani, at=LATER, tag=vip)
        assert taken.value.tag == other

    def test_somebody_who_left_the_firm_tags_nobody(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.tag_customer(by=self.bayu, at=LATER, customer=self.siti, name="VIP")
        with pytest.raises(PermissionDenied):
            actions.remove_tag(by=self.bayu, at=LATER, tag=self.put("VIP"))


class TagPageTest(People):
    def setUp(self) -> None:
        self.sign_in()
        self.add = reverse("tag_customer", args=[self.siti.pk])

    def piece(self, url: str, **data: str) -> str:
        return self.client.post(url, data, headers={"HX-Request": "true"}).content.decode()

    def test_a_tag_is_put_on_and_taken_off_in_its_piece_of_the_page_with_a_way_back(self) -> None:
        assert "VIP" in self.piece(self.add, name="VIP")
        vip = Tag.objects.get()
        answer = self.piece(reverse("untag_customer", args=[self.siti.pk, vip.pk]))
        assert "Put “VIP” back" in answer
        assert not CustomerTag.objects.exists()
        assert "Write the tag first" in self.piece(self.add, name=" ")

    def test_without_script_the_answer_is_the_record(self) -> None:
        record = reverse("customer", args=[self.siti.pk])
        self.assertRedirects(self.client.post(self.add, {"name": "VIP"}), record)
        self.assertContains(self.client.get(record), "VIP")

    def test_hostile_tags_are_text(self) -> None:
        for name in HOSTILE_NAMES:
            page = self.piece(self.add, name=name[:60])
            assert "<script>alert" not in page
        self.assertNotContains(self.client.get(reverse("tags")), "<script>alert")
        self.assertNotContains(self.client.get(reverse("tag_names")), "<script>alert")

    def test_the_list_is_narrowed_to_a_tag(self) -> None:
        actions.add(by=self.dimas, at=LATER, name="Maria Goretti")
        vip = actions.tag_customer(by=self.dimas, at=LATER, customer=self.siti, name="VIP")
        answer = self.client.get(reverse("customers"), {"tag": vip.pk})
        self.assertContains(answer, "Siti Nurhaliza")
        self.assertNotContains(answer, "Maria Goretti")
        self.assertContains(self.client.get(reverse("customers"), {"tag": "99999"}), "Maria Goretti")

    def test_a_tag_is_renamed_merged_taken_away_and_brought_back(self) -> None:
        vip = actions.tag_customer(by=self.dimas, at=LATER, customer=self.siti, name="VIP")
        big = actions.tag_customer(by=self.dimas, at=LATER, customer=self.siti, name="Grosir")
        edit = reverse("edit_tag", args=[vip.pk])
        self.assertContains(self.client.get(edit), "Merge into another tag")
        taken = self.client.post(edit, {"name": "grosir", "colour": "RED"})
        self.assertContains(taken, "There is a tag of this name", status_code=422)
        self.assertRedirects(self.client.post(edit, {"name": "Utama", "colour": "RED"}), reverse("tags"))
        answer = self.client.post(reverse("merge_tag", args=[big.pk]), {"into": vip.pk}, follow=True)
        self.assertContains(answer, "“Grosir” was merged")
        self.client.post(reverse("restore_tag", args=[big.pk]))
        answer = self.client.post(reverse("remove_tag", args=[big.pk]), follow=True)
        self.assertContains(answer, "taken away from all customers")
        assert [tag.name for tag in tags()] == ["Utama"]
        assert self.client.post(reverse("merge_tag", args=[vip.pk]), {"into": big.pk}).status_code == 404
