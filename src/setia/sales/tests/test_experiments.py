"""Experiments weighed: the draw nobody chose, the counting nobody may narrow, and silence where there is too little."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.urls import reverse

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.orders.models import Order
from setia.orders.tests.shop import NOON, Shop
from setia.planning import actions as planning
from setia.planning.models import Enrolment, Experiment
from setia.planning.queries import drawn_for
from setia.sales import actions
from setia.sales.analysis import weigh

FIRST, FINAL = date(2026, 11, 1), date(2026, 11, 30)


class WeighTest(Shop):
    """Dimas looks after two hundred prospects."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        User.objects.filter(pk=cls.dimas.pk).update(role="OWNER")
        cls.dimas = User.objects.get(pk=cls.dimas.pk)
        Customer.objects.bulk_create(
            Customer(name=f"Calon {at}", owner=cls.dimas, created_at=NOON, updated_at=NOON) for at in range(200)
        )

    def begun(self, **facts: object) -> Experiment:
        stated = {"success": "FIRST_ORDER", "drawn_by": "LOT", "percent": 50, "from_date": FIRST, "until_date": FINAL}
        stated |= {"name": "Cicip gratis", "method": "Bawa contoh"}
        return planning.begin_experiment(by=self.dimas, at=NOON, people=[self.dimas], **{**stated, **facts})  # type: ignore[arg-type]

    def bought(self, customers: list[int], day: date = FINAL, total: int = 100) -> None:
        Order.objects.bulk_create(
            Order(
                number=f"{day}-{pk}",
                customer_id=pk,
                ordered_at=NOON + (day - NOON.date()),
                day=day,
                kind="PURCHASE",
                total=Decimal(total),
                created_at=NOON,
            )
            for pk in customers
        )

    def drawn(self, one: Experiment, *, treated: bool) -> list[int]:
        found = Enrolment.objects.filter(experiment=one, treated=treated).order_by("id")
        return list(found.values_list("customer", flat=True))

    def test_the_draw_is_a_number_of_the_keys_and_stays_as_drawn(self) -> None:
        one = self.begun(percent=30)
        for row in Enrolment.objects.filter(experiment=one):
            number = int(hashlib.md5(f"{one.pk}:{row.customer_id}".encode()).hexdigest()[:7], 16) % 100
            assert row.treated == (number < 30)
        before = set(Enrolment.objects.values_list("customer", "treated"))
        assert len(before) == Customer.objects.filter(owner=self.dimas).count() >= 200
        late = Customer.objects.create(name="Datang kemudian", owner=self.dimas, created_at=NOON, updated_at=NOON)
        assert planning.enrol(experiment=one, at=NOON) == 1
        assert {pair for pair in Enrolment.objects.values_list("customer", "treated") if pair[0] != late.pk} == before

    def test_who_bought_before_is_in_no_experiment_on_first_orders(self) -> None:
        known = Customer.objects.filter(name__startswith="Calon").order_by("id")[0].pk
        self.bought([known], FIRST - timedelta(days=1))
        assert not Enrolment.objects.filter(experiment=self.begun(), customer=known).exists()
        assert Enrolment.objects.filter(experiment=self.begun(success="AMOUNT"), customer=known).exists()

    def test_a_difference_is_told_with_its_interval_and_counts_everybody_who_was_drawn(self) -> None:
        one = self.begun()
        new, old = self.drawn(one, treated=True), self.drawn(one, treated=False)
        self.bought(new[:40] + old[:10])
        self.bought(old[10:90], FIRST - timedelta(days=1))  # before it began
        self.bought(old[20:60], FINAL + timedelta(days=1))  # after it was over
        found = actions.weigh_experiment(by=self.dimas, at=NOON, experiment=one)
        p1, p0 = 40 / len(new), 10 / len(old)
        assert (found["state"], found["treated"], found["held"]) == ("SHOWN", len(new), len(old))
        assert found["difference"] == pytest.approx(p1 - p0)
        by_hand = 1.972 * (p1 * (1 - p1) / (len(new) - 1) + p0 * (1 - p0) / (len(old) - 1)) ** 0.5
        assert found["high"] - found["difference"] == pytest.approx(by_hand, rel=0.01)
        one.refresh_from_db()
        assert one.result == found

    def test_money_is_weighed_with_its_returns(self) -> None:
        one = self.begun(success="AMOUNT")
        self.bought(self.drawn(one, treated=True), total=300)
        self.bought(self.drawn(one, treated=False), total=200)
        Order.objects.filter(total=200).update(total=F("total") + 50)
        assert actions.weigh_experiment(by=self.dimas, at=NOON, experiment=one)["difference"] == 50

    def test_too_few_customers_successes_or_colleagues_say_nothing(self) -> None:
        one = self.begun()
        self.bought(self.drawn(one, treated=True)[:4])
        assert actions.weigh_experiment(by=self.dimas, at=NOON, experiment=one)["state"] == "TOO_FEW"
        few = weigh([1.0] * 10 + [0.0] * 49, [True] * 29 + [False] * 30, [1] * 59, percent=50)
        assert few["state"] == "TOO_FEW"
        two = weigh([1.0, 0.0] * 50, [at % 4 < 2 for at in range(100)], [at % 4 for at in range(100)], percent=None)
        assert two["state"] == "TOO_FEW"

    def test_groups_no_fair_lot_would_give_show_no_difference(self) -> None:
        unfair = weigh([1.0, 0.0] * 100, [True] * 150 + [False] * 50, [1] * 200, percent=50)
        assert unfair["state"] == "UNFAIR"
        assert "difference" not in unfair

    def test_by_person_one_good_seller_counts_once(self) -> None:
        people = [at % 6 for at in range(600)]
        outcome = [1.0 if person == 0 or at % 10 == 0 else 0.0 for at, person in enumerate(people)]
        treated = [person < 3 for person in people]
        by_lot = weigh(outcome, treated, people, percent=50)
        by_person = weigh(outcome, treated, people, percent=None)
        assert by_lot["low"] > 0
        assert by_person["low"] < 0 < by_person["high"]
        with pytest.raises(planning.TwoGroups):
            self.begun(drawn_by="PERSON", tries=[self.dimas])

    def test_the_pages_begin_show_and_end_one_and_the_record_says_what_they_were_drawn_for(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"
        sent = {
            "name": "<b>Cicip</b>",
            "method": "Bawa contoh",
            "success": "FIRST_ORDER",
            "drawn_by": "LOT",
            "percent": "50",
        }
        sent |= {"people": str(self.dimas.pk), "from_date": "2026-11-01", "until_date": "2026-11-30"}
        add = reverse("add_experiment")
        assert self.client.get(add).status_code == 200
        assert self.client.post(add, sent | {"until_date": "2026-10-01"}).status_code == 422
        assert self.client.post(add, sent).status_code == 302
        one = Experiment.objects.get()
        page = reverse("experiment", args=[one.pk])
        assert self.client.post(reverse("weigh_experiment", args=[one.pk])).status_code == 302
        self.assertContains(self.client.get(page), "Too few to say anything.")
        self.assertContains(self.client.get(reverse("experiments")), "&lt;b&gt;Cicip&lt;/b&gt;")
        customer = self.drawn(one, treated=True)[0]
        assert drawn_for(customer, today=NOON.date())[0].treated
        self.client.post(reverse("end_experiment", args=[one.pk]), {"learnt": "Contoh membantu"})
        self.assertContains(self.client.get(page), "Contoh membantu")
        assert drawn_for(customer, today=NOON.date()) == []

    def test_a_seller_sees_those_they_take_part_in_and_weighs_none(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        one = self.begun()
        self.client.force_login(sari)
        assert self.client.get(reverse("experiment", args=[one.pk])).status_code == 404
        with pytest.raises(PermissionDenied):
            actions.weigh_experiment(by=sari, at=NOON, experiment=one)
