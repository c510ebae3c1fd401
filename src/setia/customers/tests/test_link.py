from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from setia.customers import actions
from setia.customers.models import Customer, CustomerLink
from setia.customers.queries import relatives_for, sells_for
from setia.customers.tests.people import LATER, LATER_STILL, People


class Circle(People):
    """Beside Siti: Maria and Kadek sell, PT Rasa buys."""

    maria: Customer
    kadek: Customer
    rasa: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.maria, cls.kadek, cls.rasa = (
            actions.add(by=cls.dimas, at=LATER, name=name)
            for name in ("Maria Goretti", "Kadek Ayu", "PT Rasa Nusantara")
        )

    def link(self, customer: Customer, kind: str, other: Customer, **more: date | None) -> CustomerLink | None:
        return actions.link(by=self.dimas, at=LATER, customer=customer, kind=kind, other=other, **more)  # type: ignore[arg-type]

    def around(self, customer: Customer) -> list[tuple[str, str]]:
        customer.refresh_from_db()
        with translation.override("en"):
            return [(one.reads, one.customer.display_name) for one in relatives_for(self.dimas, customer)]


class LinkTest(Circle):
    def test_a_link_reads_from_both_ends_and_both_timelines_tell(self) -> None:
        self.link(self.siti, "WORKS_AT", self.rasa)
        self.link(self.siti, "FAMILY", self.maria)
        assert self.around(self.siti) == [("family of", "Maria Goretti"), ("works at", "PT Rasa Nusantara")]
        assert self.around(self.rasa) == [("employs", "Siti Nurhaliza")]
        assert self.around(self.maria) == [("family of", "Siti Nurhaliza")]
        kind, data = self.told(self.rasa)[-1]
        assert (kind, data["way"], data["name"]) == ("LINKED", "from", "Siti Nurhaliza")

    def test_who_referred_whom_is_one_fact_however_it_is_said(self) -> None:
        assert self.link(self.siti, "REFERRED_BY", self.maria) is None
        self.siti.refresh_from_db()
        assert (self.siti.recommended_by, self.siti.acquisition) == (self.maria, "RECOMMENDED")
        assert self.around(self.maria) == [("has recommended", "Siti Nurhaliza")]

    def test_a_circle_of_sellers_is_refused_however_long(self) -> None:
        self.link(self.siti, "SELLS_FOR", self.maria)
        self.link(self.maria, "SELLS_FOR", self.kadek)
        for upper, lower in [(self.kadek, self.siti), (self.maria, self.siti)]:
            with pytest.raises(actions.SellsInACircle):
                self.link(upper, "SELLS_FOR", lower)
        assert sells_for(self.siti) == [self.maria, self.kadek]
        self.link(self.siti, "SELLS_FOR", self.kadek)
        assert sells_for(self.siti) == [self.maria, self.kadek], "two ways up to one principal are no circle"

    def test_a_pair_is_linked_once_family_from_either_side(self) -> None:
        self.link(self.siti, "FAMILY", self.maria)
        self.link(self.siti, "WORKS_AT", self.rasa)
        for one, kind, other in [(self.maria, "FAMILY", self.siti), (self.siti, "WORKS_AT", self.rasa)]:
            with pytest.raises(actions.LinkTaken):
                self.link(one, kind, other)

    def test_nobody_is_linked_to_themselves_nor_from_later_to_earlier(self) -> None:
        with pytest.raises(actions.LinkToOneself):
            self.link(self.siti, "FAMILY", self.siti)
        with pytest.raises(actions.DatesReversed):
            self.link(self.siti, "WORKS_AT", self.rasa, from_date=date(2026, 2, 1), to_date=date(2026, 1, 1))

    def test_a_link_taken_back_is_gone_and_told_once(self) -> None:
        made = self.link(self.siti, "WORKS_AT", self.rasa)
        assert made is not None
        for at in (LATER, LATER_STILL):
            actions.unlink(by=self.dimas, at=at, link=made)
        assert self.around(self.siti) == []
        assert [kind for kind, _ in self.told(self.siti)].count("UNLINKED") == 1

    def test_links_follow_a_merge_and_come_back_after_it(self) -> None:
        self.link(self.kadek, "SELLS_FOR", self.rasa)
        self.link(self.kadek, "FAMILY", self.maria)
        self.link(self.siti, "FAMILY", self.maria)
        done = actions.merge(by=self.rani, at=LATER, survivor=self.siti, others=[self.kadek])
        assert self.around(self.siti) == [("family of", "Maria Goretti"), ("sells for", "PT Rasa Nusantara")]
        actions.unmerge(by=self.rani, at=LATER_STILL, merge=done)
        assert self.around(self.kadek) == [("family of", "Maria Goretti"), ("sells for", "PT Rasa Nusantara")]
        assert self.around(self.siti) == [("family of", "Maria Goretti")]

    def test_somebody_who_left_the_firm_links_nobody(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.link(by=self.bayu, at=LATER, customer=self.siti, kind="FAMILY", other=self.maria)
        assert relatives_for(self.bayu, self.siti) == []


class LinkPageTest(Circle):
    def setUp(self) -> None:
        self.sign_in()
        self.page = reverse("related", args=[self.siti.pk])

    def test_somebody_is_linked_from_the_other_end_and_taken_back(self) -> None:
        add = reverse("add_link", args=[self.rasa.pk])
        form = {"how": "WORKS_AT.from", "other": self.siti.pk, "words": "Pembeli", "from_date": "2024-03-01"}
        self.assertRedirects(self.client.post(add, form), reverse("related", args=[self.rasa.pk]))
        made = CustomerLink.objects.get()
        assert (made.customer, made.other, made.words) == (self.siti, self.rasa, "Pembeli")
        answer = self.client.get(self.page)
        self.assertContains(answer, "works at")
        self.assertContains(answer, "since 1 Mar 2024")
        self.client.post(reverse("remove_link", args=[self.siti.pk, made.pk]))
        assert not CustomerLink.objects.exists()

    def test_what_cannot_be_is_told_in_the_piece_of_the_page(self) -> None:
        add = reverse("add_link", args=[self.siti.pk])
        self.link(self.maria, "SELLS_FOR", self.siti)
        cases = {
            "already sells for the other": {"how": "SELLS_FOR.to", "other": self.maria.pk},
            "another customer than this one": {"how": "FAMILY.to", "other": self.siti.pk},
            "choose somebody from the list": {"how": "FAMILY.to"},
            "It ends before it begins": {
                "how": "FAMILY.to",
                "other": self.rasa.pk,
                "from_date": "2026-02-01",
                "to_date": "2026-01-01",
            },
        }
        for words, form in cases.items():
            answer = self.client.post(add, form, headers={"HX-Request": "true"})
            self.assertContains(answer, words, status_code=422)
            self.assertNotContains(answer, "<html", status_code=422)

    def test_a_link_is_reached_only_through_its_own_ends(self) -> None:
        made = self.link(self.maria, "FAMILY", self.rasa)
        assert made is not None
        assert self.client.post(reverse("remove_link", args=[self.siti.pk, made.pk])).status_code == 404
