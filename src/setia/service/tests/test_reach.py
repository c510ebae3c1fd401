"""How far a customer's word reaches: the score, what it rests on, and the list."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.portraits.actions import refresh
from setia.portraits.models import Portrait, Refresh
from setia.service import actions
from setia.service.models import Reach
from setia.service.queries import Evidence, parts_of, reach_page
from setia.service.tasks import work_out_reach
from setia.web.tests.test_customers import FewerThan

TODAY = date(2026, 11, 19)


class ReachTest(Shop):
    """Siti recommended Wayan, who bought for five typical orders, and Kadek, who has not bought."""

    wayan: Customer
    kadek: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.wayan = customers.add(by=cls.dimas, at=NOON, name="Wayan Sudiarta", recommended_by=cls.siti)
        cls.kadek = customers.add(by=cls.dimas, at=NOON, name="Kadek Ayu", recommended_by=cls.siti)
        Refresh.objects.create(
            as_of_date=TODAY, models_json={"typical_order": 200_000}, started_at=NOON, finished_at=NOON
        )
        Portrait.objects.filter(pk=cls.wayan.pk).delete()
        Portrait.objects.create(
            customer=cls.wayan,
            as_of_date=TODAY,
            stage="RETENTION",
            purchases=4,
            spent=Decimal(1_100_000),
            returned=Decimal(-100_000),
            computed_at=NOON,
        )

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_each_part_counts_half_at_its_number_and_never_more_than_its_most(self) -> None:
        half = Evidence(1, buyers=3, spent=Decimal(2_000_000), linked=5, followers=10_000)
        assert [part.points for part in parts_of(half, typical=Decimal(200_000))] == [20, 15, 5, 10]
        whole = Evidence(1, buyers=10**6, spent=Decimal(10**12), linked=10**6, followers=10**9)
        assert [part.points for part in parts_of(whole, typical=Decimal(200_000))] == [40, 30, 10, 20]
        assert [part.points for part in parts_of(half, typical=None)] == [20, 0, 5, 10]
        assert sum(part.points for part in parts_of(Evidence(1, spent=Decimal(-5)), typical=Decimal(1))) == 0

    def test_a_refresh_of_the_portraits_works_the_scores_out_anew(self) -> None:
        refresh(by=None, at=NOON)
        assert ProcrastinateJob.objects.filter(task_name="service.work_out_reach").count() == 1
        work_out_reach()
        assert Reach.objects.get(customer=self.siti).brought == 2

    def test_what_is_recorded_is_counted_with_its_evidence(self) -> None:
        customers.link(by=self.dimas, at=NOON, customer=self.maria, other=self.siti, kind="FAMILY")
        customers.link(by=self.dimas, at=NOON, customer=self.siti, other=self.maria, kind="WORKS_AT")
        customers.link(
            by=self.dimas, at=NOON, customer=self.kadek, other=self.siti, kind="FAMILY", to_date=date(2026, 1, 1)
        )
        actions.note_followers(
            by=self.dimas, at=NOON, customer=self.siti, channel="INSTAGRAM", number=10_000, seen_date=TODAY
        )
        page = reach_page(self.dimas, self.siti, today=TODAY)
        assert page.evidence == Evidence(self.siti.pk, 2, 1, Decimal(1_000_000), 1, 10_000)
        assert [(part.kind, part.points) for part in page.parts] == [
            ("buyers", 10),
            ("spent", 10),
            ("linked", 2),
            ("followers", 10),
        ]
        assert page.score == 32
        assert Reach.objects.get(customer=self.siti).score == 32, "followers count at once"
        assert not reach_page(self.dimas, self.wayan, today=TODAY).known

    def test_the_night_works_out_everybody_and_forgets_who_lost_it(self) -> None:
        Reach.objects.create(
            customer=self.kadek,
            score=99,
            brought=1,
            buyers=1,
            spent=1,
            linked=0,
            followers=0,
            worked_out_at=NOON,
        )
        work_out_reach(0)
        assert dict(Reach.objects.values_list("customer", "score")) == {self.siti.pk: 20}

    def test_a_merge_gives_the_reach_to_the_survivor(self) -> None:
        actions.note_followers(
            by=self.dimas, at=NOON, customer=self.siti, channel="TIKTOK", number=500, seen_date=TODAY
        )
        merge = customers.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.siti])
        assert list(Reach.objects.values_list("customer", "brought", "followers")) == [(self.maria.pk, 2, 500)]
        customers.unmerge(by=self.dimas, at=LATER, merge=merge)
        assert list(Reach.objects.values_list("customer", "brought", "followers")) == [(self.siti.pk, 2, 500)]

    def test_who_sees_only_their_own_counts_only_those(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        Customer.objects.filter(pk__in=[self.siti.pk, self.kadek.pk]).update(owner=sari)
        page = reach_page(sari, self.siti, today=TODAY)
        assert (page.evidence.brought, page.evidence.spent) == (1, Decimal(0))
        self.client.force_login(sari)
        assert self.client.get(reverse("influence")).status_code == 403
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.note_followers(by=wati, at=NOON, customer=self.siti, channel="X", number=1, seen_date=TODAY)

    def test_followers_are_noted_changed_and_taken_away_on_their_page(self) -> None:
        address = reverse("note_followers", args=[self.siti.pk])
        assert self.client.post(address, {"channel": "INSTAGRAM", "number": "-1"}).status_code == 422
        for number, left in (("12000", [12_000]), ("13000", [13_000]), ("0", [])):
            sent = {"channel": "INSTAGRAM", "number": number, "seen_date": "2026-11-19"}
            self.assertRedirects(self.client.post(address, sent), reverse("served", args=[self.siti.pk]))
            page = reach_page(self.dimas, self.siti, today=TODAY)
            assert [one.number for one in page.followers] == left
        self.assertContains(self.client.get(reverse("served", args=[self.siti.pk])), "Recommended 2 customers")

    def test_the_list_holds_who_reaches_furthest_first(self) -> None:
        actions.work_out_reach(at=NOON)
        actions.note_followers(
            by=self.dimas, at=NOON, customer=self.maria, channel="GROUP", number=900_000, seen_date=TODAY
        )
        with self.assertNumQueries(FewerThan(4)):
            page = self.client.get(reverse("influence")).content.decode()
        assert page.index("Siti Nurhaliza") < page.index("Maria Goretti")
