"""Many customers changed at once: by whose right, what is left out and why, stopped, killed, and taken back."""

from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.customers import actions, queries
from setia.customers.actions import bulk
from setia.customers.models import BulkRow, BulkRun, Customer, CustomerTag, TimelineEntry
from setia.web.tests.test_customers import NOON, PEOPLE, Base


class BulkTest(Base):
    """Dimas owns; Sari sells and sees her own customers: Siti and Maria. She may not assign."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        type(cls.sari.role).objects.filter(pk=cls.sari.role_id).update(sees="OWN")
        cls.sari = User.objects.get(pk=cls.sari.pk)
        Customer.objects.filter(pk__in=[cls.people[0].pk, cls.people[1].pk]).update(owner=cls.sari)
        actions.add_field(by=cls.dimas, at=NOON, label="Tier", type="CHOICE", options=["Gold", "Silver"], quick=False)

    sari: User

    def setUp(self) -> None:
        self.client.force_login(self.dimas)

    def ask(self, verb: str, value: dict[str, Any] | None = None, *, by: User | None = None) -> BulkRun:
        """A run over all customers this person sees, not worked off yet."""
        by = by or self.dimas
        return actions.ask_bulk(by=by, at=NOON, verb=verb, value=value or {}, customers=queries.customers_for(by))

    def done(self, run: BulkRun) -> tuple[int, int, int, int]:
        actions.work_bulk(run_id=run.pk)
        return queries.progress_of(run)

    def tier(self, number: int) -> str:
        fields = queries.custom_fields()
        customer = Customer.objects.get(pk=self.people[number].pk)
        return queries.in_words(fields[0], fields[0].of(customer))

    def test_ask_bulk_tags_those_ticked_and_history_and_audit_say_so(self) -> None:
        ticked = [one.pk for one in self.people[:2]]
        asked = f"{reverse('ask_bulk')}?id={ticked[0]}&id={ticked[1]}&address=kind%3DPERSON"
        page = self.client.get(asked).content.decode()
        assert page.count('name="id"') == 2
        form = {"id": ticked, "whose": "TICKED", "verb": "TAG", "name": "Wholesale"}
        answer = self.client.post(reverse("ask_bulk"), form)
        run = BulkRun.objects.get()
        assert answer.headers["Location"] == reverse("bulk_run", args=[run.pk])
        assert self.done(run) == (0, 2, 0, 0)
        assert set(CustomerTag.objects.values_list("customer", flat=True)) == set(ticked)
        assert TimelineEntry.objects.filter(kind="TAGGED", customer__in=ticked).count() == 2
        assert AuditEntry.objects.filter(verb="bulk.asked", data={"verb": "TAG", "customers": 2}).exists()

    def test_all_that_the_list_shows_are_changed_and_nobody_else(self) -> None:
        form = {"address": "kind=COMPANY", "whose": "ALL", "verb": "ARCHIVE"}
        self.client.post(reverse("ask_bulk"), form)
        assert self.done(BulkRun.objects.get()) == (0, 1, 0, 0)
        assert list(Customer.objects.exclude(archived_at=None).values_list("name", flat=True)) == [PEOPLE[3]]

    def test_a_value_that_does_not_fit_is_said_before_anything_begins(self) -> None:
        field = queries.custom_fields()[0].key
        form = {"whose": "ALL", "verb": "SET", "field": field, "value": "Bronze"}
        answer = self.client.post(reverse("ask_bulk"), form)
        assert answer.status_code == 422
        assert "Bronze" in answer.content.decode()
        assert self.client.post(reverse("ask_bulk"), {"whose": "ALL", "verb": "TAG", "name": " "}).status_code == 422
        assert not BulkRun.objects.exists()

    def test_who_may_not_change_something_is_not_offered_it_and_refused(self) -> None:
        self.client.force_login(self.sari)
        page = self.client.get(reverse("ask_bulk")).content.decode()
        assert 'value="TAG"' in page
        assert 'value="ASSIGN"' not in page
        with pytest.raises(PermissionDenied):
            self.ask("ASSIGN", {"owner": self.sari.pk}, by=self.sari)

    def test_customers_out_of_sight_by_then_are_left_out_with_the_reason(self) -> None:
        run = self.ask("TAG", {"name": "Mine"}, by=self.sari)
        assert run.total == 2
        Customer.objects.filter(pk=self.people[1].pk).update(owner=None)
        assert self.done(run) == (0, 1, 0, 1)
        assert BulkRow.objects.get(state="SKIPPED").reason == "GONE"
        self.client.force_login(self.sari)
        page = self.client.get(reverse("bulk_run", args=[run.pk])).content.decode()
        assert PEOPLE[1] not in page

    def test_the_record_of_somebody_erased_is_left_out_and_says_so(self) -> None:
        actions.erase(by=self.dimas, at=NOON, customer=self.people[2])
        for verb, value in (
            ("TAG", {"name": "Wholesale"}),
            ("SET", {"field": queries.custom_fields()[0].key, "value": "gold"}),
            ("ASSIGN", {"owner": self.dimas.pk}),
            ("ARCHIVE", {}),
        ):
            with self.subTest(verb=verb):
                run = self.ask(verb, value)
                assert self.done(run) == (0, 4, 0, 1)
                row = BulkRow.objects.get(run=run, state="SKIPPED")
                assert (row.customer_id, row.reason) == (self.people[2].pk, "ERASED")
                page = self.client.get(reverse("bulk_run", args=[run.pk])).content.decode()
                assert "data orangnya sudah dihapus" in page

    def test_an_erasure_takes_what_waits_of_that_person_out_of_the_run(self) -> None:
        run = self.ask("TAG", {"name": "Wholesale"})
        actions.erase(by=self.dimas, at=NOON, customer=self.people[2])
        assert self.done(run) == (0, 4, 0, 0)
        assert not CustomerTag.objects.filter(customer=self.people[2]).exists()

    def test_an_erasure_between_the_change_and_the_way_back_is_respected(self) -> None:
        run = self.ask("SET", {"field": queries.custom_fields()[0].key, "value": "gold"})
        assert self.done(run) == (0, 5, 0, 0)
        actions.erase(by=self.dimas, at=NOON, customer=self.people[2])
        back = actions.undo_bulk(by=self.dimas, at=NOON, run=run)
        assert self.done(back)[1] == 4
        assert not Customer.objects.get(pk=self.people[2].pk).extra

    def test_undo_bulk_restores_what_nobody_changed_since(self) -> None:
        actions.set_values(by=self.dimas, at=NOON, customer=self.people[0], values={"tier": "Silver"})
        field = queries.custom_fields()[0]
        run = self.ask("SET", {"field": field.key, "value": "gold"})
        assert self.done(run) == (0, 5, 0, 0)
        assert self.tier(0) == self.tier(1) == "Gold"
        actions.set_values(by=self.dimas, at=NOON, customer=self.people[1], values={"tier": "Silver"})
        self.client.post(reverse("undo_bulk", args=[run.pk]))
        back = BulkRun.objects.get(undoes=run)
        assert self.done(back) == (0, 4, 0, 1)
        assert [self.tier(number) for number in range(3)] == ["Silver", "Silver", ""]
        assert BulkRow.objects.get(run=back, state="SKIPPED").reason == "SINCE"
        with pytest.raises(actions.NotUndoable):
            actions.undo_bulk(by=self.dimas, at=NOON, run=run)

    def test_every_change_is_made_and_taken_back(self) -> None:
        tag = actions.make_tag(by=self.dimas, at=NOON, name="Wholesale")
        actions.tag_customer(by=self.dimas, at=NOON, customer=self.people[0], name="Wholesale")
        cases: list[tuple[str, dict[str, Any], tuple[int, int, int, int]]] = [
            ("TAG", {"name": "wholesale"}, (0, 4, 1, 0)),
            ("UNTAG", {"tag": tag.pk}, (0, 1, 4, 0)),
            ("ASSIGN", {"owner": self.sari.pk}, (0, 3, 2, 0)),
            ("ASSIGN", {"owner": None}, (0, 2, 3, 0)),
            ("ARCHIVE", {}, (0, 5, 0, 0)),
        ]
        for verb, value, expected in cases:
            before = self.world()
            with self.subTest(verb=verb, value=value):
                run = self.ask(verb, value)
                assert self.done(run) == expected
                assert self.world() != before
                assert self.done(actions.undo_bulk(by=self.dimas, at=NOON, run=run))[1] == expected[1]
                assert self.world() == before

    def world(self) -> list[Any]:
        """Whose, which tags, archived."""
        rows = Customer.objects.order_by("pk").values_list("owner", "archived_at", "extra")
        return [*rows, *CustomerTag.objects.order_by("customer", "tag").values_list("customer", "tag")]

    def test_a_killed_worker_s_run_goes_on_where_it_was(self) -> None:
        run = self.ask("TAG", {"name": "Wholesale"})
        real, calls = bulk._change, []

        def dies(*given: Any, **named: Any) -> None:
            calls.append(given)
            if len(calls) == 4:
                raise SystemExit
            real(*given, **named)

        with mock.patch("setia.customers.actions.bulk.BATCH", 2):
            with mock.patch("setia.customers.actions.bulk._change", dies), pytest.raises(SystemExit):
                actions.work_bulk(run_id=run.pk)
            assert queries.progress_of(run) == (3, 2, 0, 0)
            assert self.done(run) == (0, 5, 0, 0)
        assert TimelineEntry.objects.filter(kind="TAGGED").count() == 5
        run.refresh_from_db()
        assert run.state == "DONE"

    def test_cancel_bulk_leaves_the_rest_as_it_is(self) -> None:
        run = self.ask("ARCHIVE")
        self.client.post(reverse("cancel_bulk", args=[run.pk]))
        assert self.done(run) == (5, 0, 0, 0)
        assert not Customer.objects.exclude(archived_at=None).exists()

    def test_more_than_one_run_may_change_is_refused_whole(self) -> None:
        with mock.patch("setia.customers.actions.bulk.MOST", 4), pytest.raises(actions.TooManyCustomers):
            self.ask("ARCHIVE")
        assert not BulkRow.objects.exists()

    def test_follow_bulk_and_bulk_runs_are_their_asker_s_alone(self) -> None:
        run = self.ask("ARCHIVE")
        assert "hx-get" in self.client.get(reverse("follow_bulk", args=[run.pk])).content.decode()
        assert reverse("bulk_run", args=[run.pk]) in self.client.get(reverse("bulk_runs")).content.decode()
        self.done(run)
        assert self.client.get(reverse("follow_bulk", args=[run.pk])).headers["HX-Refresh"] == "true"
        self.client.force_login(self.sari)
        assert reverse("bulk_run", args=[run.pk]) not in self.client.get(reverse("bulk_runs")).content.decode()
        for name in ("bulk_run", "follow_bulk"):
            assert self.client.get(reverse(name, args=[run.pk])).status_code == 404
        for name in ("cancel_bulk", "undo_bulk"):
            assert self.client.post(reverse(name, args=[run.pk])).status_code == 404
