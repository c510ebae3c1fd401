"""Revisions and complaints: open until somebody says that they are done."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from setia.accounts.models import AuditEntry, User
from setia.core.queries import current_firm
from setia.core.tests.pages import form_on
from setia.customers.models import Customer
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.service import actions, queries
from setia.service.models import Concern
from setia.web.tests.test_customers import FewerThan

TODAY = date(2026, 11, 19)


class ConcernTest(Shop):
    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def raised(self, customer: Customer, **facts: Any) -> Concern:
        facts = {"kind": "REVISION", "words": "Meja bar terlalu tinggi", "raised_date": TODAY, **facts}
        return actions.add_concern(by=self.dimas, at=NOON, customer=customer, **facts)

    def found(self, **params: str) -> list[Concern]:
        rows, _chips = queries.narrow_concerns(self.dimas, queries.concerns_for(self.dimas), params)
        return list(rows.order_by("id"))

    def test_one_is_open_until_it_is_settled_and_may_be_opened_again(self) -> None:
        one = self.raised(self.siti, resolver=self.dimas)
        assert one.is_open
        actions.settle_concern(by=self.dimas, at=LATER, concern=one, answer=" Kaki dipotong ")
        one.refresh_from_db()
        assert (one.closed_at, one.closed_by, one.answer) == (LATER, self.dimas, "Kaki dipotong")
        with pytest.raises(actions.StandsOtherwise):
            actions.settle_concern(by=self.dimas, at=LATER, concern=one)
        actions.reopen_concern(by=self.dimas, at=LATER, concern=one)
        one.refresh_from_db()
        assert (one.is_open, one.answer) == (True, "")
        with pytest.raises(actions.StandsOtherwise):
            actions.reopen_concern(by=self.dimas, at=LATER, concern=one)
        said = AuditEntry.objects.filter(about="concern").order_by("id").values_list("verb", flat=True)
        assert list(said) == ["concern.added", "concern.settled", "concern.reopened"]

    def test_it_is_never_about_another_customers_contract(self) -> None:
        other = actions.add_contract(by=self.dimas, at=NOON, customer=self.maria, title="Kebun", from_date=TODAY)
        with pytest.raises(actions.OtherCustomersContract):
            self.raised(self.siti, contract=other)

    def test_the_list_holds_who_waits_longest_first_and_is_narrowed_by_the_address(self) -> None:
        late = self.raised(self.siti, kind="COMPLAINT", raised_date=date(2026, 10, 1), resolver=self.dimas)
        new = self.raised(self.maria)
        actions.settle_concern(by=self.dimas, at=LATER, concern=self.raised(self.maria))
        assert self.found() == [late, new]
        assert self.found(kind="COMPLAINT") == [late]
        assert self.found(who="ME") == [late]
        assert self.found(who="NOBODY") == [new]
        assert len(self.found(done="1")) == 1
        assert self.found(customer=str(self.maria.pk)) == [new]
        assert self.found(kind="X", who="X", customer="x") == [late, new]
        with self.assertNumQueries(FewerThan(6)):
            page = self.client.get(reverse("concerns")).content.decode()
        assert page.index("Siti Nurhaliza") < page.index("Maria Goretti")

    def test_what_was_promised_and_is_not_done_is_late_and_can_be_asked_for(self) -> None:
        today = current_firm().day_of(timezone.now())
        early, later = today - timedelta(days=9), today - timedelta(days=2)
        second = self.raised(self.siti, raised_date=early, due_date=later)
        first = self.raised(self.maria, raised_date=early, due_date=early)
        self.raised(self.maria, raised_date=early, due_date=today)
        self.raised(self.siti, raised_date=early)
        assert self.found(late="1") == [second, first]
        page = self.client.get(reverse("concerns"), {"late": "1"})
        self.assertContains(page, "late: promised for", count=2)
        text = page.content.decode()
        assert text.index("Maria Goretti") < text.index("Siti Nurhaliza")
        actions.settle_concern(by=self.dimas, at=LATER, concern=first)
        assert self.found(late="1") == [second]
        self.assertContains(self.client.get(reverse("served", args=[self.siti.pk])), "late: promised for", count=1)
        edit = reverse("edit_concern", args=[second.pk])
        sent = form_on(self.client.get(edit))
        before = {"due_date": (early - timedelta(days=1)).isoformat()}
        self.assertContains(self.client.post(edit, sent | before), "before the day it was said", status_code=422)
        assert self.client.post(edit, sent | {"due_date": ""}).status_code == 302
        second.refresh_from_db()
        assert second.due_date is None

    def test_the_pages_write_one_down_change_it_and_settle_it(self) -> None:
        add = reverse("add_concern", args=[self.siti.pk])
        sent = form_on(self.client.get(add)) | {"kind": "COMPLAINT", "words": "<b>Telat</b> dua hari"}
        assert self.client.post(add, sent | {"words": " "}).status_code == 422
        assert self.client.post(add, sent).status_code == 302
        one = Concern.objects.get()
        piece = self.client.get(reverse("served", args=[self.siti.pk]))
        self.assertContains(piece, "&lt;b&gt;Telat&lt;/b&gt; dua hari")
        self.assertContains(piece, "Dimas Prasetyo resolves it")
        edit = reverse("edit_concern", args=[one.pk])
        assert self.client.post(edit, form_on(self.client.get(edit)) | {"resolver": ""}).status_code == 302
        self.assertContains(self.client.get(reverse("served", args=[self.siti.pk])), "nobody resolves it yet")
        self.client.post(reverse("settle_concern", args=[one.pk]), {"answer": "Dikirim ulang"})
        self.assertContains(self.client.get(edit), "Dikirim ulang")
        self.client.post(reverse("reopen_concern", args=[one.pk]))
        one.refresh_from_db()
        assert one.is_open

    def test_whoever_sees_only_their_own_customers_sees_none_of_others(self) -> None:
        one = self.raised(self.siti)
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        assert not queries.concerns_for(sari).exists()
        self.client.force_login(sari)
        assert self.client.post(reverse("settle_concern", args=[one.pk])).status_code == 404
