"""Battle cards: what is said for another brand, what we answer, and prices side by side."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.tests.pages import form_on
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.planning import actions, queries
from setia.planning.models import Claim, Rival
from setia.web.tests.test_customers import FewerThan

TODAY = date(2026, 11, 19)


class RivalTest(Shop):
    kapal: Rival

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.kapal = actions.add_rival(by=cls.dimas, at=NOON, name=" Kopi  Kapal ", notes="Besar di pasar.")

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_a_name_is_one_rivals_however_it_is_written(self) -> None:
        assert self.kapal.name == "Kopi Kapal"
        with pytest.raises(actions.RivalNamed) as taken:
            actions.add_rival(by=self.dimas, at=NOON, name="kopi kapal")
        assert taken.value.rival == self.kapal

    def test_prices_are_compared_with_ours_and_the_newer_one_counts(self) -> None:
        for price in (Decimal(400_000), Decimal(346_500)):
            actions.note_price(
                by=self.dimas, at=NOON, rival=self.kapal, product=self.gayo, price=price, seen_date=TODAY
            )
        actions.note_price(
            by=self.dimas, at=NOON, rival=self.kapal, product=self.filters, price=Decimal(101_000), seen_date=TODAY
        )
        with self.assertNumQueries(3):
            (card,) = queries.battle_cards(self.dimas, [self.kapal.pk])
        assert [(one.noted.product, one.gap, one.share) for one in card.prices] == [
            (self.gayo, Decimal(-38_500), Decimal("-0.1")),
            (self.filters, Decimal(0), Decimal(0)),
        ]
        (narrow,) = queries.battle_cards(self.dimas, [self.kapal.pk], products=[self.filters.pk])
        assert [one.noted.product for one in narrow.prices] == [self.filters]
        actions.note_price(by=self.dimas, at=NOON, rival=self.kapal, product=self.gayo, price=None, seen_date=TODAY)
        assert [one.noted.product for one in queries.battle_cards(self.dimas, [self.kapal.pk])[0].prices] == [
            self.filters
        ]

    def test_the_pages_make_a_card_and_take_a_claim_off_it(self) -> None:
        card = reverse("rival", args=[self.kapal.pk])
        add = reverse("add_claim", args=[self.kapal.pk])
        assert self.client.post(add, {"claim": "Lebih murah", "answer": " "}).status_code == 422
        sent = {"claim": "<b>Lebih murah</b>", "answer": "Per cangkir sama.", "evidence": ""}
        assert self.client.post(add, sent).status_code == 302
        with self.assertNumQueries(FewerThan(9)):
            page = self.client.get(card)
        self.assertContains(page, "&lt;b&gt;Lebih murah&lt;/b&gt;")
        self.assertContains(page, "No evidence is noted yet.")
        one = Claim.objects.get()
        edit = reverse("edit_claim", args=[one.pk])
        stale = form_on(self.client.get(edit))
        assert self.client.post(edit, stale | {"evidence": "Uji 12 Oktober"}).status_code == 302
        assert self.client.post(edit, stale | {"evidence": "Uji lain"}).status_code == 409
        assert self.client.post(reverse("remove_claim", args=[one.pk])).status_code == 302
        assert not Claim.objects.exists()
        gone = AuditEntry.objects.get(verb="claim.removed")
        assert gone.data["answer"] == "Per cangkir sama."

    def test_the_pages_name_change_and_archive_a_rival_and_note_a_price(self) -> None:
        assert self.client.post(reverse("add_rival"), {"name": "KOPI KAPAL"}).status_code == 422
        assert self.client.post(reverse("add_rival"), {"name": "Kopi Bukit"}).status_code == 302
        edit = reverse("edit_rival", args=[self.kapal.pk])
        assert self.client.post(edit, form_on(self.client.get(edit)) | {"name": "Kapal Laut"}).status_code == 302
        self.assertContains(self.client.get(reverse("rivals")), "Kapal Laut")
        price = reverse("note_price", args=[self.kapal.pk]) + f"?product={self.gayo.pk}"
        sent = form_on(self.client.get(price)) | {"price": "350.000", "seen_date": "2026-11-01", "theirs": "Kapal 1 kg"}
        assert self.client.post(price, sent | {"seen_date": "2050-01-01"}).status_code == 422
        assert self.client.post(price, sent).status_code == 302
        self.assertContains(self.client.get(reverse("rival", args=[self.kapal.pk])), "cheaper than ours")
        self.client.post(reverse("archive_rival", args=[self.kapal.pk]))
        self.assertNotContains(self.client.get(reverse("rivals")), "Kapal Laut")
        assert queries.find_rivals(self.dimas, "kapal") == []
        self.client.post(reverse("restore_rival", args=[self.kapal.pk]))
        palette = self.client.get(reverse("palette"), {"palette": "kapal", "at": "/"})
        self.assertContains(palette, reverse("rival", args=[self.kapal.pk]))

    def test_an_agent_reads_cards_and_does_not_write_them(self) -> None:
        ayu = User.objects.create_user("ayu@kopi.id", None, name="Ayu", role=User.Role.AGENT)
        assert queries.get_rival_for(ayu, self.kapal.pk) == self.kapal
        with pytest.raises(PermissionDenied):
            actions.archive_rival(by=ayu, at=LATER, rival=self.kapal)

    def test_a_page_asks_for_the_cards_of_the_brands_it_met(self) -> None:
        actions.add_claim(by=self.dimas, at=NOON, rival=self.kapal, claim="Lebih murah", answer="Per cangkir sama.")
        piece = self.client.get(reverse("cards"), {"rival": [str(self.kapal.pk), "x", "9" * 30]})
        self.assertContains(piece, "Per cangkir sama.")
        self.assertContains(self.client.get(reverse("cards")), "No other brand was met here.")
