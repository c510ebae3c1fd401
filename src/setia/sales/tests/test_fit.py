"""The ideal customer: traits with weights, a score anybody can count by hand, and what buyers suggest."""

from typing import Any

from django.urls import reverse

from setia.customers.models import Customer
from setia.orders.models import Order
from setia.orders.tests.shop import LATER, NOON
from setia.sales import actions, queries
from setia.sales.models import FitTrait, Prospect
from setia.sales.tests.test_sharing import SharingTest


class FitTest(SharingTest):
    def trait(self, what: str, value: str, weight: int) -> FitTrait:
        return actions.set_trait(by=self.boss, at=NOON, what=what, value=value, weight=weight)

    def test_the_best_trait_met_of_each_kind_counts_out_of_its_heaviest(self) -> None:
        self.trait("REGION", "Medan", 6)
        self.trait("REGION", "Binjai", 3)
        self.trait("INTEREST", "mesin", 4)
        cases: list[tuple[dict[str, Any], int]] = [
            ({"region": "Kota Medan", "note": "Mau mesin"}, 100),
            ({"region": "Binjai Utara"}, 30),
            ({"region": "Bandung", "note": "MESIN kopi"}, 40),
            ({"region": "Bandung"}, 0),
        ]
        for number, (facts, score) in enumerate(cases):
            one = self.now(self.captured(f"Prospek {number}", **facts))
            assert one.fit == score, facts
        met = queries.fit_reasons(Prospect.objects.select_related("customer__industry").earliest("id"))
        assert [(one.trait.value, one.met) for one in met] == [("Medan", True), ("mesin", True), ("Binjai", False)]

    def test_a_changed_ideal_is_counted_for_all_and_none_leaves_no_score(self) -> None:
        one = self.captured(region="Medan")
        assert self.now(one).fit is None
        trait = self.trait("REGION", "medan", 5)
        actions.work_out_all_fits()
        assert self.now(one).fit == 100
        actions.remove_trait(by=self.boss, at=LATER, trait=trait)
        actions.work_out_all_fits()
        assert self.now(one).fit is None

    def test_buyers_suggest_traits_once_there_are_enough_of_them(self) -> None:
        def people(count: int, region: str) -> list[Customer]:
            made = [Customer(name=f"{region} {number}", region=region) for number in range(count)]
            for one in made:
                one.created_at = one.updated_at = NOON
            return Customer.objects.bulk_create(made)

        buyers = people(35, "Medan")
        people(65, "Bandung")
        assert queries.suggested_fit(self.boss) == []
        template = self.sell(self.siti)
        facts: dict[str, Any] = dict(Order.objects.filter(pk=template.pk).values().get())
        del facts["id"]
        rows = [Order(**{**facts, "number": f"T{one.pk}", "customer_id": one.pk}) for one in buyers]
        Order.objects.bulk_create(rows)
        found = queries.suggested_fit(self.boss)
        assert [(one.what, one.value, one.buyers) for one in found] == [("REGION", "Medan", 35)]
        assert found[0].share > found[0].of_all
        page = self.client.get(reverse("ideal_customer"))
        self.assertContains(page, "Take it over")
        sent = {"what": "REGION", "value": "Medan", "weight": "5"}
        assert self.client.post(reverse("ideal_customer"), sent).status_code == 302
        assert queries.suggested_fit(self.boss) == []
        trait = FitTrait.objects.get()
        self.client.post(reverse("remove_trait", args=[trait.pk]))
        assert not FitTrait.objects.exists()
        self.assertContains(
            self.client.post(reverse("ideal_customer"), {**sent, "weight": "99"}), "10", status_code=422
        )

    def test_the_record_tells_why(self) -> None:
        self.trait("REGION", "Medan", 5)
        one = self.captured(region="Medan")
        page = self.client.get(reverse("standing", args=[one.customer_id]))
        self.assertContains(page, "Why this fit")
        self.assertContains(page, "fits 100 of 100")
