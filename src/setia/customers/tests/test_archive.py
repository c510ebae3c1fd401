import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from setia.customers import actions
from setia.customers.models import Customer
from setia.customers.tests.people import LATER, LATER_STILL, People


class ArchiveTest(People):
    def test_an_archived_customer_comes_back_as_it_was(self) -> None:
        actions.archive(by=self.dimas, at=LATER, customer=self.siti)
        self.siti.refresh_from_db()
        assert self.siti.archived_at == LATER
        actions.restore(by=self.rani, at=LATER_STILL, customer=self.siti)
        self.siti.refresh_from_db()
        assert self.siti.archived_at is None
        assert [kind for kind, _ in self.told(self.siti)] == ["ADDED", "ARCHIVED", "RESTORED"]

    def test_archiving_twice_is_told_once(self) -> None:
        actions.archive(by=self.dimas, at=LATER, customer=self.siti)
        actions.archive(by=self.rani, at=LATER_STILL, customer=self.siti)
        self.siti.refresh_from_db()
        assert self.siti.archived_at == LATER
        assert len(self.told(self.siti)) == 2

    def test_restoring_who_was_never_archived_changes_nothing(self) -> None:
        actions.restore(by=self.dimas, at=LATER, customer=self.siti)
        assert len(self.told(self.siti)) == 1

    def test_somebody_who_left_the_firm_archives_nobody(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.archive(by=self.bayu, at=LATER, customer=self.siti)


class ArchivePageTest(People):
    def test_a_member_archives_and_restores_by_a_button_never_by_a_link(self) -> None:
        self.sign_in()
        archive, restore = (reverse(name, args=[self.siti.pk]) for name in ("archive_customer", "restore_customer"))
        assert self.client.get(archive).status_code == 405
        self.client.post(archive)
        self.siti.refresh_from_db()
        assert self.siti.is_archived
        self.assertContains(self.client.get(reverse("customer", args=[self.siti.pk])), "This customer is archived.")
        self.client.post(restore)
        self.siti.refresh_from_db()
        assert not self.siti.is_archived

    def test_several_are_archived_at_once_and_the_list_is_where_one_comes_back_to(self) -> None:
        self.sign_in()
        maria = actions.add(by=self.dimas, at=LATER, name="Maria")
        url = reverse("archive_customers")
        ticked = {"id": [str(self.siti.pk), str(maria.pk), "x", "9" * 30], "next": "/customers/?sort=name"}
        answer = self.client.post(url, ticked, follow=True)
        self.assertRedirects(answer, "/customers/?sort=name")
        self.assertContains(answer, "2 customers were archived.")
        assert Customer.objects.filter(archived_at=None).count() == 0
        assert self.client.post(url, {"next": "https://elsewhere.example/"})["Location"] == reverse("customers")

    def test_a_form_without_its_token_changes_nothing(self) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.dimas)
        assert client.post(reverse("archive_customer", args=[self.siti.pk])).status_code == 403
        self.siti.refresh_from_db()
        assert not self.siti.is_archived
