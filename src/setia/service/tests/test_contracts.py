"""Contracts with a client."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.tests.pages import form_on
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.service import actions, queries
from setia.service.models import Contract

TODAY = date(2026, 11, 19)


class ContractTest(Shop):
    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def agree(self, customer: Customer, **facts: Any) -> Contract:
        facts = {"title": "Bar kopi kantor", "from_date": date(2026, 1, 15), **facts}
        return actions.add_contract(by=self.dimas, at=NOON, customer=customer, **facts)

    def test_a_contract_runs_from_its_first_to_its_last_day(self) -> None:
        one = self.agree(self.siti, until_date=date(2026, 12, 14))
        assert [one.runs_on(day) for day in (date(2026, 1, 14), date(2026, 1, 15), date(2026, 12, 14))] == [
            False,
            True,
            True,
        ]
        assert (one.is_over(date(2026, 12, 14)), one.is_over(date(2026, 12, 15))) == (False, True)
        assert one.months == 11
        assert self.agree(self.siti, until_date=date(2026, 1, 20)).months == 1
        assert self.agree(self.siti).months is None
        with pytest.raises(actions.DatesReversed):
            self.agree(self.siti, until_date=date(2026, 1, 14))

    def test_a_change_is_told_field_by_field_and_a_title_is_only_named(self) -> None:
        one = self.agree(self.siti, value=Decimal(5_000_000))
        actions.edit_contract(
            by=self.dimas, at=LATER, contract=one, value=Decimal(6_000_000), responsible=self.dimas, title="Bar Siti"
        )
        entry = AuditEntry.objects.get(verb="contract.edited")
        assert entry.data == {
            "changes": {"responsible": ["", "Dimas Prasetyo"], "value": ["5000000", "6000000"]},
            "fields": ["title"],
        }
        with pytest.raises(actions.ChangedMeanwhile):
            actions.edit_contract(by=self.dimas, at=LATER, contract=one, version="old", number="K-1")

    def test_its_page_takes_what_was_typed_and_the_record_shows_it(self) -> None:
        add = reverse("add_contract", args=[self.siti.pk])
        sent = form_on(self.client.get(add)) | {"title": "Kebun mini", "value": "12.500.000", "complexity": "COMPLEX"}
        wrong = self.client.post(add, sent | {"from_date": "2026-11-19", "until_date": "2026-11-18"})
        self.assertContains(wrong, "ends before it begins", status_code=422)
        sent |= {"from_date": "2026-11-19", "until_date": "2027-11-18", "responsible": str(self.dimas.pk)}
        assert self.client.post(add, sent).status_code == 302
        one = Contract.objects.get(title="Kebun mini")
        assert (one.value, one.responsible) == (Decimal(12_500_000), self.dimas)
        piece = self.client.get(reverse("served", args=[self.siti.pk]), headers={"HX-Request": "true"})
        for words in ("Kebun mini", "12 months", "Complex", "Account manager: Dimas Prasetyo"):
            self.assertContains(piece, words)
        edit = reverse("edit_contract", args=[one.pk])
        stale = form_on(self.client.get(edit))
        assert self.client.post(edit, stale | {"number": "K-77"}).status_code == 302
        conflict = self.client.post(edit, stale | {"number": "K-78"})
        self.assertContains(conflict, "Somebody else changed this", status_code=409)
        self.client.post(reverse("remove_contract", args=[one.pk]))
        assert not Contract.objects.exists()

    def test_the_contract_that_follows_begins_the_day_after_and_is_as_long(self) -> None:
        terms = [
            (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31)),
            (date(2026, 1, 31), date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 27)),
            (date(2026, 1, 15), date(2026, 4, 14), date(2026, 4, 15), date(2026, 7, 14)),
        ]
        for first, final, next_first, next_final in terms:
            one = self.agree(self.siti, from_date=first, until_date=final, value=Decimal(9), responsible=self.dimas)
            made = actions.renew_contract(by=self.dimas, at=LATER, contract=one)
            assert (made.from_date, made.until_date, made.value) == (next_first, next_final, Decimal(9))
            assert (made.follows, made.responsible, made.customer_id) == (one, self.dimas, self.siti.pk)
        with pytest.raises(actions.CannotRenew):
            actions.renew_contract(by=self.dimas, at=LATER, contract=one)
        with pytest.raises(actions.CannotRenew):
            actions.renew_contract(by=self.dimas, at=LATER, contract=self.agree(self.siti))

    def test_it_is_renewed_on_its_page_and_taken_away_again_the_old_one_can_be_renewed_anew(self) -> None:
        one = self.agree(self.siti, until_date=date(2026, 12, 14), number="K-1")
        page = reverse("renew_contract", args=[one.pk])
        form = form_on(self.client.get(page))
        assert (form["from_date"], form["until_date"]) == ("2026-12-15", "2027-11-14")
        assert self.client.post(page, form | {"number": "K-2", "value": "7.000.000"}).status_code == 302
        made = Contract.objects.get(follows=one)
        assert (made.number, made.value, made.title) == ("K-2", Decimal(7_000_000), one.title)
        assert AuditEntry.objects.get(verb="contract.renewed").data == {"follows": one.pk, "from": "2026-12-15"}
        piece = self.client.get(reverse("served", args=[self.siti.pk]), headers={"HX-Request": "true"})
        self.assertContains(piece, "renewed until")
        assert self.client.get(page).status_code == 302, "nothing is renewed twice"
        self.assertContains(self.client.get(reverse("edit_contract", args=[made.pk])), "renews another one")
        self.client.post(reverse("remove_contract", args=[made.pk]))
        assert self.client.get(page).status_code == 200

    def test_the_list_shows_what_ends_soonest_first_and_can_be_narrowed(self) -> None:
        endless = self.agree(self.siti)
        late = self.agree(self.siti, until_date=date(2027, 12, 31), responsible=self.dimas)
        today = date.today()
        soon = self.agree(self.maria, until_date=today + timedelta(days=30), from_date=today)
        over = self.agree(self.maria, from_date=date(2020, 1, 1), until_date=date(2020, 12, 31))

        def keys(**params: str) -> list[int]:
            page = self.client.get(reverse("contracts"), params).content.decode()
            return [int(key) for key in re.findall(r'data-href="/service/contracts/(\d+)/edit/"', page)]

        assert keys() == [soon.pk, late.pk, endless.pk]
        assert keys(state="ENDING") == [soon.pk]
        assert keys(state="OVER") == [over.pk]
        assert keys(who="ME", state="ALL") == [late.pk]
        assert keys(customer=str(self.maria.pk)) == [soon.pk]
        with self.assertNumQueries(6):
            self.client.get(reverse("contracts"), {"state": "ALL"})
        actions.renew_contract(by=self.dimas, at=LATER, contract=soon, until_date=date(2036, 1, 1))
        assert keys(state="ENDING") == []

    def test_a_merge_takes_it_along_and_an_unmerge_gives_it_back(self) -> None:
        one = self.agree(self.siti)
        merge = customers.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.siti])
        one.refresh_from_db()
        assert one.customer_id == self.maria.pk
        customers.unmerge(by=self.dimas, at=LATER, merge=merge)
        one.refresh_from_db()
        assert one.customer_id == self.siti.pk

    def test_whoever_sees_only_their_own_customers_sees_no_others_contract(self) -> None:
        self.agree(self.siti)
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        assert not queries.contracts_for(sari).exists()
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.add_contract(by=wati, at=NOON, customer=self.siti, title="x", from_date=TODAY)
