from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers import actions
from setia.customers.models import Customer, TimelineEntry
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People


class EditTest(People):
    def test_only_what_differs_is_saved_and_told_from_what_to_what(self) -> None:
        actions.edit(
            by=self.dimas,
            at=LATER,
            customer=self.siti,
            name="Siti Nurhaliza",
            region="Bandung",
            birthday=date(1990, 3, 14),
            industry=actions.industry_named("Batik"),
        )
        assert self.told(self.siti)[1:] == [
            (
                "EDITED",
                {"changes": {"region": ["", "Bandung"], "birthday": ["", "1990-03-14"], "industry": ["", "Batik"]}},
            )
        ]
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.updated_at) == ("Bandung", LATER)

    def test_the_audit_trail_holds_names_of_fields_and_no_details(self) -> None:
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, region="Bandung", gender="FEMALE")
        assert AuditEntry.objects.get(verb="customer.edited").data == {"fields": ["gender", "region"]}

    def test_saving_without_a_change_leaves_no_trace(self) -> None:
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, name="Siti Nurhaliza")
        self.siti.refresh_from_db()
        assert self.siti.updated_at == NOON
        assert len(self.told(self.siti)) == 1

    def test_the_second_of_two_who_edit_at_once_is_told_and_overwrites_nothing(self) -> None:
        seen_by_both = version_of(self.siti.updated_at)
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, version=seen_by_both, region="Bandung")
        with pytest.raises(ChangedMeanwhile) as refused:
            actions.edit(by=self.rani, at=LATER_STILL, customer=self.siti, version=seen_by_both, region="Jakarta")
        self.siti.refresh_from_db()
        assert self.siti.region == "Bandung"
        assert refused.value.version == version_of(LATER)

    def test_a_change_of_another_fact_from_a_stale_copy_keeps_both(self) -> None:
        stale = Customer.objects.get(pk=self.siti.pk)
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, region="Bandung")
        actions.edit(by=self.rani, at=LATER_STILL, customer=stale, gender="FEMALE")
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.gender) == ("Bandung", "FEMALE")

    def test_a_number_in_use_is_refused(self) -> None:
        maria = actions.add(by=self.dimas, at=NOON, name="Maria", number="C-2")
        with pytest.raises(actions.NumberTaken):
            actions.edit(by=self.dimas, at=LATER, customer=maria, number="C-1")

    def test_a_long_note_is_repeated_on_the_timeline_only_in_its_beginning(self) -> None:
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, notes="x" * 5000)
        told = TimelineEntry.objects.get(kind="EDITED").data["changes"]["notes"][1]
        assert (len(told), told[-1]) == (300, "…")

    def test_an_industry_is_one_in_any_case(self) -> None:
        assert actions.industry_named("Batik") == actions.industry_named(" batik ")
        assert actions.industry_named("  ") is None

    def test_somebody_who_left_the_firm_edits_nothing(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.edit(by=self.bayu, at=LATER, customer=self.siti, region="Bandung")


class EditPageTest(People):
    def setUp(self) -> None:
        self.sign_in()
        self.url = reverse("edit_customer", args=[self.siti.pk])

    def filled(self) -> dict[str, str]:
        """The form as it stands on the page."""
        return form_on(self.client.get(self.url))

    def test_a_member_edits_and_comes_back_to_the_record(self) -> None:
        answer = self.client.post(self.url, self.filled() | {"region": "Bandung"})
        self.assertRedirects(answer, reverse("customer", args=[self.siti.pk]))
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.name) == ("Bandung", "Siti Nurhaliza")

    def test_the_form_saved_as_it_is_changes_nothing(self) -> None:
        self.client.post(self.url, self.filled())
        assert [kind for kind, _ in self.told(self.siti)] == ["ADDED"]

    def test_the_second_of_two_sees_what_the_first_wrote_and_keeps_what_she_typed(self) -> None:
        hers = self.filled() | {"region": "Jakarta", "notes": "minta faktur"}
        actions.edit(by=self.rani, at=LATER, customer=self.siti, region="Bandung")
        answer = self.client.post(self.url, hers)
        self.assertContains(answer, "Somebody else changed this customer", status_code=409)
        self.assertContains(answer, "<dd>Bandung</dd>", status_code=409)
        self.assertContains(answer, 'value="Jakarta"', status_code=409)
        self.assertContains(answer, "minta faktur", status_code=409)
        self.client.post(self.url, form_on(answer))
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.notes) == ("Jakarta", "minta faktur")

    def test_who_is_not_there_is_not_found(self) -> None:
        assert self.client.get(reverse("edit_customer", args=[10**9])).status_code == 404
