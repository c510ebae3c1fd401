from datetime import timedelta
from typing import Any

import pytest

from setia.accounts.models import AuditEntry
from setia.customers import actions, queries
from setia.customers.models import Consent, ContactPoint, Customer, CustomerTag, Merge, TimelineEntry
from setia.customers.tests.people import LATER, LATER_STILL, NOON
from setia.customers.tests.test_merge import Twins
from setia.intake.checksum import business_checksum
from setia.orders.models import Order


class UnmergeTest(Twins):
    def unmerged(self, merge: Merge) -> Merge:
        undone = actions.unmerge(by=self.dimas, at=LATER_STILL, merge=merge)
        for one in (self.siti, self.twin, self.maria, self.order):
            one.refresh_from_db()
        return undone

    def everything(self) -> str:
        """All business tables but the timeline, which only grows."""
        lines = business_checksum().splitlines()
        own = [list(model.objects.order_by("pk").values()) for model in (CustomerTag, ContactPoint, Consent)]
        return "\n".join([line for line in lines if "timeline" not in line] + [str(own)])

    def test_everything_is_as_it_was(self) -> None:
        for one, kind in ((self.siti, "WHATSAPP"), (self.twin, "EMAIL")):
            point = ContactPoint.objects.get(customer=one, kind=kind)
            actions.prefer_contact(by=self.dimas, at=NOON, contact=point)
            actions.tag_customer(by=self.dimas, at=NOON, customer=one, name="Regular")
        actions.tag_customer(by=self.dimas, at=NOON, customer=self.twin, name="Coffee")
        ContactPoint.objects.all().update(latest_run=7)
        Order.objects.all().update(latest_run=7, made_by_run=7)
        before, entries = self.everything(), TimelineEntry.objects.count()
        merge = self.merged(name=self.twin.pk, number=self.twin.pk, region=self.siti.pk)
        assert self.everything() != before
        self.unmerged(merge)
        assert self.everything() == before
        assert TimelineEntry.objects.count() == entries + 3, "one of the merge, one for each of the two of its undoing"

    def test_each_timeline_says_what_happened(self) -> None:
        merge = self.merged()
        self.unmerged(merge)
        kind, data = self.told(self.twin)[-1]
        assert kind == "UNMERGED"
        assert data["from"] == {"id": self.siti.pk, "name": "Siti Nurhaliza", "number": "C-1"}
        assert [kind for kind, _data in self.told(self.siti)] == ["ADDED", "MERGED", "UNMERGED"]
        verbs = AuditEntry.objects.filter(verb="customer.unmerged").order_by("id").values_list("about_id", flat=True)
        assert list(verbs) == [self.siti.pk, self.twin.pk]

    def test_what_was_edited_since_stays_with_the_survivor(self) -> None:
        merge = self.merged(name=self.twin.pk)
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, name="Siti Nurhaliza Putri")
        self.unmerged(merge)
        assert self.siti.name == "Siti Nurhaliza Putri"
        assert self.siti.region == "", "what nobody touched is back"
        assert self.twin.name == "Siti N."
        assert self.siti.updated_at == LATER_STILL

    def test_what_came_since_stays_with_the_survivor(self) -> None:
        merge = self.merged()
        since = self.bought(self.siti, "T-2")
        actions.note(by=self.dimas, at=LATER, customer=self.siti, body="Came by.")
        actions.add_contact(by=self.dimas, at=LATER, customer=self.siti, kind="EMAIL", text="new@example.id")
        self.unmerged(merge)
        since.refresh_from_db()
        assert (since.customer, self.order.customer) == (self.siti, self.twin)
        assert "NOTE" in [kind for kind, _data in self.told(self.siti)]
        assert ContactPoint.objects.get(value="new@example.id").customer == self.siti

    def test_an_order_somebody_moved_on_stays_where_it_was_put(self) -> None:
        merge = self.merged()
        Order.objects.filter(pk=self.order.pk).update(customer=self.maria)
        self.unmerged(merge)
        assert self.order.customer == self.maria

    def test_a_contact_removed_since_stays_removed(self) -> None:
        merge = self.merged()
        actions.remove_contact(by=self.dimas, at=LATER, contact=ContactPoint.objects.get(kind="EMAIL"))
        self.unmerged(merge)
        assert [point.kind for point in queries.contacts_of(self.twin)] == ["WHATSAPP"]

    def test_a_contact_the_other_has_already_stays_with_the_survivor(self) -> None:
        merge = self.merged()
        email = ContactPoint.objects.get(kind="EMAIL")
        actions.edit_contact(by=self.dimas, at=LATER, contact=email, kind="WHATSAPP", text="0811-1111-1111")
        ContactPoint.objects.filter(customer=self.twin).update(value="+6281111111111")
        self.unmerged(merge)
        email.refresh_from_db()
        assert email.customer == self.siti

    def test_a_number_given_to_somebody_else_since_is_not_taken_back(self) -> None:
        merge = self.merged(number=self.twin.pk)
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, number="C-9")
        actions.edit(by=self.dimas, at=LATER, customer=self.maria, number="K-77")
        self.unmerged(merge)
        assert (self.siti.number, self.twin.number, self.maria.number) == ("C-9", "C-1", "K-77")

    def test_the_newest_merge_comes_first(self) -> None:
        first = self.merged()
        second = actions.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.maria])
        with pytest.raises(actions.NewerFirst) as refused:
            self.unmerged(first)
        assert refused.value.merges == [second]
        self.unmerged(second)
        self.unmerged(first)
        assert not Customer.objects.filter(merged_into__isnull=False).exists()

    def test_a_survivor_merged_away_comes_back_before(self) -> None:
        before = self.everything()
        first = self.merged()
        second = actions.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.siti])
        with pytest.raises(actions.NewerFirst) as refused:
            self.unmerged(first)
        assert refused.value.merges == [second]
        self.unmerged(second)
        assert (self.twin.merged_into, self.order.customer) == (self.siti, self.siti)
        self.unmerged(first)
        assert self.everything() == before

    def test_once(self) -> None:
        merge = self.merged()
        self.unmerged(merge)
        with pytest.raises(actions.AlreadyUnmerged):
            self.unmerged(merge)

    def test_they_can_be_merged_again_and_apart_again(self) -> None:
        before = self.everything()
        for _again in range(2):
            self.unmerged(self.merged(name=self.twin.pk))
        assert self.everything() == before


class ConsentTest(Twins):
    def test_the_latest_answer_on_either_record_holds_and_each_has_its_own_back(self) -> None:
        mail: dict[str, Any] = {"purpose": "MARKETING", "channels": ["EMAIL"]}
        actions.grant(by=self.dimas, at=NOON, customer=self.siti, **mail)
        actions.withdraw(by=self.dimas, at=NOON + timedelta(minutes=5), customer=self.twin, **mail)
        actions.grant(by=self.dimas, at=NOON, customer=self.twin, purpose="SURVEY", channels=["WHATSAPP"])
        fields = ("customer", "purpose", "channel", "state", "at")
        before = set(Consent.objects.values_list(*fields))
        merge = self.merged()
        held = Consent.objects.filter(customer=self.siti).order_by("purpose").values_list("purpose", "state")
        assert list(held) == [("MARKETING", "WITHDRAWN"), ("SURVEY", "GRANTED")]
        assert len(queries.consent_history(self.siti)) == 3
        actions.unmerge(by=self.dimas, at=LATER_STILL, merge=merge)
        assert set(Consent.objects.values_list(*fields)) == before

    def test_a_no_said_while_they_were_one_stays_with_the_survivor(self) -> None:
        mail: dict[str, Any] = {"purpose": "MARKETING", "channels": ["EMAIL"]}
        actions.grant(by=self.dimas, at=NOON, customer=self.twin, **mail)
        merge = self.merged()
        actions.withdraw(by=self.dimas, at=LATER, customer=self.siti, **mail)
        actions.unmerge(by=self.dimas, at=LATER_STILL, merge=merge)
        states = {one.customer: one.state for one in Consent.objects.all()}
        assert states == {self.siti: "WITHDRAWN", self.twin: "GRANTED"}
