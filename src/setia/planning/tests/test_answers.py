"""Answers about products: found while one types, in both languages; kept up to date."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.catalogue import actions as catalogue
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile, version_of
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.planning import actions, queries
from setia.planning.models import Answer
from setia.web.tests.test_customers import FewerThan


class AnswerTest(Shop):
    giling: Answer
    ship: Answer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.giling = actions.add_answer(
            by=cls.dimas,
            at=NOON,
            question="Apakah biji kopi bisa digiling di toko?",
            answer="Bisa, gratis.\nSebutkan alatnya: V60, tubruk, espresso.",
            product=cls.gayo,
            tags="Giling,  seduh, giling",
        )
        cls.ship = actions.add_answer(
            by=cls.dimas, at=NOON, question="How long does shipping to Papua take?", answer="Seven to ten days."
        )

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def found(self, q: str) -> list[Answer]:
        return queries.find_answers(queries.answers_for(self.dimas), q)

    def test_an_answer_is_found_by_forms_of_its_words_in_both_languages(self) -> None:
        assert self.found("menggiling") == [self.giling]
        assert self.found("gilingan kopi") == [self.giling]
        assert self.found("ship") == [self.ship]
        assert self.found("shipped days") == [self.ship]

    def test_it_is_found_half_typed_and_with_a_slip(self) -> None:
        assert self.found("esp") == [self.giling]
        assert self.found("shipp") == [self.ship]
        assert self.found("shiping") == [self.ship]
        assert self.found("tubr") == [self.giling]
        assert self.found("%") == self.found("'; drop & | ! :* (") == self.found("qqqq") == []
        with self.assertNumQueries(1):
            self.found("kopi")

    def test_the_question_counts_before_the_answer(self) -> None:
        said = actions.add_answer(by=self.dimas, at=NOON, question="Berapa lama tahan?", answer="Biji kopi: dua bulan.")
        assert self.found("biji kopi") == [self.giling, said]

    def test_tags_are_small_once_and_parted(self) -> None:
        assert self.giling.tag_list == ["giling", "seduh"]

    def test_who_changes_it_says_that_it_holds_and_two_at_once_are_told(self) -> None:
        seen = version_of(self.ship.updated_at)
        changed = actions.edit_answer(by=self.dimas, at=LATER, one=self.ship, version=seen, answer="Ten days.")
        assert (changed.checked_at, changed.answer) == (LATER, "Ten days.")
        with pytest.raises(ChangedMeanwhile):
            actions.edit_answer(by=self.dimas, at=LATER, one=self.ship, version=seen, answer="Nine days.")
        entry = AuditEntry.objects.filter(verb="answer.edited").get()
        assert entry.data["changes"]["answer"] == ["Seven to ten days.", "Ten days."]

    def test_what_nobody_checked_for_half_a_year_is_listed_until_somebody_does(self) -> None:
        late = NOON + timedelta(days=queries.DUE_DAYS + 1)
        due, _chips = queries.narrow_answers(queries.answers_for(self.dimas), {"due": "1"}, at=late)
        assert set(due) == {self.giling, self.ship}
        actions.check_answer(by=self.dimas, at=late, answer=self.ship)
        assert set(due.all()) == {self.giling}

    def test_a_product_shows_its_own_answers_then_those_of_its_category(self) -> None:
        category = catalogue.category_named("Biji")
        catalogue.edit(by=self.dimas, at=NOON, product=self.gayo, category=category)
        self.gayo.refresh_from_db()
        general = actions.add_answer(
            by=self.dimas, at=LATER, question="Dipanggang kapan?", answer="Tiap Senin.", category_name="biji"
        )
        with self.assertNumQueries(1):
            assert queries.answers_on(self.dimas, self.gayo) == [self.giling, general]
        assert queries.answers_on(self.dimas, self.filters) == []
        page = self.client.get(reverse("product_answers", args=[self.gayo.pk]))
        self.assertContains(page, "Tiap Senin.")
        self.assertContains(self.client.get(reverse("product", args=[self.gayo.pk])), "product-answers")

    def test_the_pages_write_one_change_it_check_it_and_archive_it(self) -> None:
        add = reverse("add_answer")
        sent = form_on(self.client.get(add + f"?product={self.gayo.pk}"))
        assert sent["product"] == str(self.gayo.pk)
        both = sent | {"question": "<b>Asam?</b>", "answer": "Sedikit.", "category_name": "Biji"}
        assert self.client.post(add, both).status_code == 422
        assert self.client.post(add, both | {"category_name": "", "answer": " "}).status_code == 422
        assert self.client.post(add, both | {"category_name": ""}).status_code == 302
        one = Answer.objects.order_by("-id")[0]
        self.assertContains(self.client.get(reverse("answer", args=[one.pk])), "&lt;b&gt;Asam?&lt;/b&gt;")
        edit = reverse("edit_answer", args=[one.pk])
        stale = form_on(self.client.get(edit))
        assert self.client.post(edit, stale | {"answer": "Tidak."}).status_code == 302
        answer = self.client.post(edit, stale | {"answer": "Ya."})
        assert answer.status_code == 409
        for verb in ("check_answer", "archive_answer"):
            assert self.client.post(reverse(verb, args=[one.pk])).status_code == 302
        assert one not in queries.answers_on(self.dimas, self.gayo)
        self.client.post(reverse("restore_answer", args=[one.pk]))
        assert one in queries.answers_on(self.dimas, self.gayo)

    def test_the_list_searches_within_its_queries_and_the_palette_finds_an_answer(self) -> None:
        with self.assertNumQueries(FewerThan(8)):
            page = self.client.get(reverse("answers"))
        self.assertContains(page, "Papua")
        with self.assertNumQueries(FewerThan(6)):
            page = self.client.get(reverse("answers"), {"q": "giling"})
        self.assertNotContains(page, "Papua")
        self.assertContains(self.client.get(reverse("answers"), {"tag": "seduh"}), "digiling")
        palette = self.client.get(reverse("palette"), {"palette": "shipping", "at": "/"})
        self.assertContains(palette, reverse("answer", args=[self.ship.pk]))

    def test_an_analyst_reads_and_does_not_write(self) -> None:
        budi = User.objects.create_user("budi@kopi.id", None, name="Budi", role=User.Role.ANALYST)
        assert queries.answers_for(budi).count() == 2
        with pytest.raises(PermissionDenied):
            actions.add_answer(by=budi, at=NOON, question="?", answer="!")
