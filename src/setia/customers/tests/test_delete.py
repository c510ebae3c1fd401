from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from setia.accounts.models import AuditEntry
from setia.customers import actions
from setia.customers.models import ContactPoint, Customer, TimelineEntry
from setia.customers.tests.people import LATER, NOON, People
from setia.orders.models import Order


class DeleteTest(People):
    def test_the_owner_deletes_a_customer_nothing_points_at_with_all_that_is_theirs(self) -> None:
        actions.delete(by=self.rani, at=LATER, customer=self.siti)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the commit will ask
        for model in (Customer, ContactPoint, TimelineEntry):
            assert not model.objects.exists(), model
        assert AuditEntry.objects.get(verb="customer.deleted").data == {"number": "C-1"}

    def test_a_customer_with_an_order_stays(self) -> None:
        Order.objects.create(
            number="1",
            customer=self.siti,
            ordered_at=NOON,
            day=NOON.date(),
            kind="PURCHASE",
            total=Decimal(1),
            created_at=NOON,
        )
        with pytest.raises(actions.StillReferenced):
            actions.delete(by=self.rani, at=LATER, customer=self.siti)
        assert ContactPoint.objects.filter(customer=self.siti).count() == 1
        assert not AuditEntry.objects.filter(verb="customer.deleted").exists()

    def test_who_recommended_others_may_go_and_the_others_stay(self) -> None:
        maria = actions.add(by=self.dimas, at=NOON, name="Maria", recommended_by=self.siti)
        actions.delete(by=self.rani, at=LATER, customer=self.siti)
        maria.refresh_from_db()
        assert maria.recommended_by is None

    def test_a_member_may_not_delete(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.delete(by=self.dimas, at=LATER, customer=self.siti)
        assert Customer.objects.filter(pk=self.siti.pk).exists()


class DeletePageTest(People):
    def setUp(self) -> None:
        self.url = reverse("delete_customer", args=[self.siti.pk])

    def test_the_owner_is_asked_and_then_it_is_gone(self) -> None:
        self.sign_in(self.rani)
        self.assertContains(self.client.get(self.url), "This cannot be undone")
        self.assertRedirects(self.client.post(self.url), reverse("customers"))
        assert not Customer.objects.exists()

    def test_a_customer_with_an_order_is_kept_and_the_page_says_what_to_do(self) -> None:
        Order.objects.create(
            number="1",
            customer=self.siti,
            ordered_at=NOON,
            day=NOON.date(),
            kind="FREE",
            total=Decimal(0),
            created_at=NOON,
        )
        self.sign_in(self.rani)
        self.assertContains(self.client.post(self.url), "Archive the customer instead", status_code=409)
        assert Customer.objects.exists()

    def test_a_member_is_told_who_may_and_refused(self) -> None:
        self.sign_in(self.dimas)
        self.assertContains(self.client.get(self.url), "Only an owner may delete")
        assert self.client.post(self.url).status_code == 403
        assert Customer.objects.exists()
