"""The pages: lists with filters and budgets, records, forms, a customer's part."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from setia.core.queries import today
from setia.core.tests.pages import form_on
from setia.subscriptions import actions, queries
from setia.subscriptions.models import Plan, Subscription, Unit
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery
from setia.web.tests.test_customers import FewerThan


def rows_of(answer: Any) -> list[dict[str, str]]:
    """What an export holds, the first of its lines as names."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


class SubscriptionsTest(Roastery):
    def numbers(self, **params: str) -> list[str]:
        found, _chips = queries.narrow_subscriptions(self.dimas, queries.subscriptions_for(self.dimas), params)
        return sorted(found.values_list("number", flat=True))

    def test_filters_come_from_the_address(self) -> None:
        first = self.subscribe(self.siti, TODAY, number="KL-1")
        self.subscribe(self.maria, TODAY, number="KL-2", plan=self.yearly)
        actions.change(by=self.dimas, at=NOON, subscription=first, price=Decimal(1))
        gone = self.subscribe(self.maria, TODAY, number="TX-3")
        actions.cancel(by=self.dimas, at=NOON, subscription=gone, reason="PRICE")
        leaving = self.subscribe(self.siti, TODAY, number="TX-4")
        actions.cancel(by=self.dimas, at=NOON, subscription=leaving, reason="MOVED", at_period_end=True)
        assert self.numbers(status="CANCELLED") == ["TX-3"]
        assert self.numbers(status="RUNNING") == ["KL-1", "KL-2", "TX-4"]
        assert self.numbers(status="LEAVING") == ["TX-4"]
        assert self.numbers(plan=str(self.yearly.pk)) == ["KL-2"]
        assert self.numbers(reason="PRICE") == ["TX-3"]
        assert self.numbers(customer=str(self.siti.pk)) == ["KL-1", "TX-4"]
        assert self.numbers(changed="1") == ["KL-1"]
        assert self.numbers(q="kl") == ["KL-1", "KL-2"]
        Subscription.objects.filter(pk=first.pk).update(source="shop")
        assert self.numbers(q="kl") == ["KL-1", "KL-2"], "a number of another system is found as well"
        for nonsense in ({"status": "X"}, {"plan": "x"}, {"customer": "9" * 30}):
            assert len(self.numbers(**nonsense)) == 4

    def test_the_list_is_sorted_two_ways_in_at_most_eight_queries(self) -> None:
        self.subscribe(self.siti, TODAY - timedelta(days=3), number="KL-OLD", price=Decimal(900_000))
        self.subscribe(self.maria, TODAY, number="KL-NEW")
        for sort, first, second in (("", "KL-NEW", "KL-OLD"), ("monthly", "KL-OLD", "KL-NEW")):
            with self.assertNumQueries(FewerThan(6)):
                page = self.client.get(reverse("subscriptions"), {"sort": sort}).content.decode()
            assert page.index(first) < page.index(second)

    def test_a_subscription_shows_its_terms_its_steps_and_its_periods(self) -> None:
        one = self.subscribe(self.siti, TODAY, number="KL-1")
        actions.change(by=self.dimas, at=NOON, subscription=one, day=date(2027, 1, 1), price=Decimal(150_000))
        with self.assertNumQueries(FewerThan(6)):
            answer = self.client.get(reverse("subscription", args=[one.pk]))
        for text in ("Siti Nurhaliza", "Beans every month", "Rp120,000", "Other terms from", "19 Dec 2026"):
            self.assertContains(answer, text)

    def test_one_is_entered_by_the_form(self) -> None:
        form = form_on(self.client.get(reverse("add_subscription"), {"customer": str(self.siti.pk)}))
        assert form["customer"] == str(self.siti.pk)
        form |= {"plan": str(self.beans.pk), "quantity": "2", "discount": "10"}
        answer = self.client.post(reverse("add_subscription"), form)
        one = Subscription.objects.get()
        self.assertRedirects(answer, reverse("subscription", args=[one.pk]))
        assert (one.customer, one.quantity, one.price, one.discount) == (self.siti, 2, 120_000, 10)  # type: ignore[comparison-overlap]

    def test_what_is_wrong_on_the_form_is_said(self) -> None:
        self.subscribe(self.siti, TODAY, number="KL-1")
        empty = form_on(self.client.get(reverse("add_subscription"))) | {"customer_q": "Sit"}
        self.assertContains(self.client.post(reverse("add_subscription"), empty), "required", status_code=422)
        right = empty | {"customer": str(self.siti.pk), "plan": str(self.beans.pk), "customer_q": ""}
        taken = self.client.post(reverse("add_subscription"), right | {"number": "KL-1"})
        self.assertContains(taken, "belongs to", status_code=422)
        early = self.client.post(reverse("add_subscription"), right | {"ends_date": "2020-01-01"})
        self.assertContains(early, "Choose a day after", status_code=422)
        none = self.client.post(reverse("add_subscription"), right | {"quantity": "0"})
        self.assertContains(none, "above zero", status_code=422)

    def test_it_is_changed_paused_resumed_cancelled_and_kept_by_its_pages(self) -> None:
        one = self.subscribe(self.siti, today(at=timezone.now()), at=timezone.now())
        change = reverse("change_subscription", args=[one.pk])
        self.client.post(change, form_on(self.client.get(change)) | {"price": "130.000"})
        one.refresh_from_db()
        assert one.price == Decimal(130_000)
        assert self.client.get(reverse("pause_subscription", args=[one.pk])).status_code == 200
        early = self.client.post(reverse("pause_subscription", args=[one.pk]), {"resumes_date": "2020-01-01"})
        assert early.status_code == 422
        for name, fields, status in (
            ("pause_subscription", {}, "PAUSED"),
            ("resume_subscription", {}, "ACTIVE"),
            ("cancel_subscription", {"reason": "UNPAID", "when": "END"}, "ACTIVE"),
            ("keep_subscription", {}, "ACTIVE"),
            ("cancel_subscription", {"reason": "UNPAID", "when": "NOW"}, "CANCELLED"),
            ("resume_subscription", {}, "CANCELLED"),
        ):
            answer = self.client.post(reverse(name, args=[one.pk]), fields)
            self.assertRedirects(answer, reverse("subscription", args=[one.pk]))
            one.refresh_from_db()
            assert one.status == status, name

    def test_the_second_of_two_keeps_what_was_typed_and_may_save_again(self) -> None:
        one = self.subscribe(self.siti, today(at=timezone.now()), at=timezone.now())
        change = reverse("change_subscription", args=[one.pk])
        mine = form_on(self.client.get(change)) | {"quantity": "5"}
        actions.change(by=self.dimas, at=timezone.now(), subscription=one, discount=Decimal(5))
        answer = self.client.post(change, mine)
        self.assertContains(answer, "Somebody else changed this", status_code=409)
        self.client.post(change, form_on(answer))
        one.refresh_from_db()
        assert one.quantity == 5

    def test_a_planned_change_is_dropped_by_a_button(self) -> None:
        one = self.subscribe(self.siti, TODAY)
        later = today(at=timezone.now()) + timedelta(days=5)
        actions.change(by=self.dimas, at=timezone.now(), subscription=one, day=later, price=Decimal(1))
        self.client.post(reverse("drop_planned_change", args=[one.pk]))
        one.refresh_from_db()
        assert one.planned_date is None

    def test_the_export_honours_the_filters_and_no_cell_is_a_formula(self) -> None:
        self.subscribe(self.siti, TODAY, number="KL-1", note="=2+5")
        self.subscribe(self.maria, TODAY, number="TX-2")
        rows = rows_of(self.client.get(reverse("export_subscriptions"), {"q": "KL"}))
        assert [(row["Number"], row["A month"], row["Note"]) for row in rows] == [("KL-1", "120000", "'=2+5")]

    def test_a_customer_s_page_shows_what_they_have(self) -> None:
        one = self.subscribe(self.siti, TODAY)
        self.install(self.siti, "AB-77")
        answer = self.client.get(reverse("customer_base", args=[self.siti.pk]))
        self.assertContains(answer, "Beans every month")
        self.assertContains(answer, "AB-77")
        self.assertContains(self.client.get(reverse("customer", args=[self.siti.pk])), "customer_base" and "/of/")
        self.client.force_login(self.sari)
        assert self.client.get(reverse("customer_base", args=[self.siti.pk])).status_code == 404
        assert self.client.get(reverse("subscription", args=[one.pk])).status_code == 404

    def test_empty_lists_say_what_to_do(self) -> None:
        self.assertContains(self.client.get(reverse("subscriptions")), "No subscriptions yet")
        self.assertContains(self.client.get(reverse("subscriptions"), {"q": "x"}), "No subscription fits")
        self.assertContains(self.client.get(reverse("units")), "No installed units yet")
        Plan.objects.all().delete()
        self.assertContains(self.client.get(reverse("add_subscription")), "No plan to subscribe to yet")
        self.assertContains(self.client.get(reverse("plans")), "No plans yet")


class PlanPagesTest(Roastery):
    def test_a_plan_is_made_changed_archived_and_put_back(self) -> None:
        new = {"name": "Fortnight", "code": "two", "price": "75.000", "period": "DAYS", "days": "14"}
        self.client.get(reverse("add_plan"))
        self.assertRedirects(self.client.post(reverse("add_plan"), new), reverse("plans"))
        plan = Plan.objects.get(code="TWO")
        assert (plan.days, plan.price) == (14, Decimal(75_000))
        edit = reverse("edit_plan", args=[plan.pk])
        self.client.post(edit, form_on(self.client.get(edit)) | {"name": "Two weeks"})
        plan.refresh_from_db()
        assert plan.name == "Two weeks"
        self.client.post(reverse("archive_plan", args=[plan.pk]))
        self.assertNotContains(self.client.get(reverse("plans")), "Two weeks")
        self.assertContains(self.client.get(reverse("plans"), {"archived": "1"}), "Two weeks")
        self.client.post(reverse("restore_plan", args=[plan.pk]))
        self.assertContains(self.client.get(reverse("plans")), "Two weeks")
        for wrong in (new, new | {"code": "three", "days": ""}):
            assert self.client.post(reverse("add_plan"), wrong).status_code == 422


class UnitPagesTest(Roastery):
    def serials(self, **params: str) -> list[str]:
        found, _chips = queries.narrow_units(self.dimas, queries.units_for(self.dimas), params, today=TODAY)
        return sorted(found.values_list("serial", flat=True))

    def test_filters_come_from_the_address(self) -> None:
        self.install(self.siti, "AB-1", next_service_date=TODAY, warranty_until_date=TODAY)
        self.install(self.maria, "AB-2", next_service_date=TODAY + timedelta(days=20))
        gone = self.install(self.maria, "CD-3", warranty_until_date=TODAY - timedelta(days=1))
        assert self.serials() == ["AB-1", "AB-2", "CD-3"]
        assert self.serials(service="DUE") == ["AB-1"]
        assert self.serials(service="SOON") == ["AB-1", "AB-2"]
        assert self.serials(warranty="YES") == ["AB-1"]
        assert self.serials(warranty="ENDING") == ["AB-1"]
        assert self.serials(warranty="NO") == ["AB-2", "CD-3"]
        assert self.serials(q="b-2") == ["AB-2"]
        assert self.serials(q="ab") == ["AB-1", "AB-2"]
        assert self.serials(customer=str(self.siti.pk)) == ["AB-1"]
        assert self.serials(product=str(self.machine.pk)) == ["AB-1", "AB-2", "CD-3"]
        actions.retire_unit(by=self.dimas, at=NOON, unit=gone, day=TODAY)
        assert self.serials(retired="1") == ["CD-3"]

    def test_the_list_is_sorted_three_ways_in_at_most_eight_queries(self) -> None:
        self.install(self.siti, "AB-1", next_service_date=date(2027, 1, 1))
        self.install(self.maria, "AB-2", next_service_date=date(2026, 12, 1), installed_date=date(2026, 1, 1))
        for sort, first, second, most in (("", "AB-1", "AB-2", 5), ("service", "AB-2", "AB-1", 6)):
            with self.assertNumQueries(most):
                page = self.client.get(reverse("units"), {"sort": sort}).content.decode()
            assert page.index(first) < page.index(second)

    def test_a_unit_is_entered_corrected_served_and_taken_out_of_use(self) -> None:
        form = form_on(self.client.get(reverse("add_unit"), {"customer": str(self.siti.pk)}))
        form |= {"product": str(self.machine.pk), "serial": "ab-9", "service_every_months": "6"}
        answer = self.client.post(reverse("add_unit"), form)
        unit = Unit.objects.get()
        self.assertRedirects(answer, reverse("unit", args=[unit.pk]))
        assert self.client.post(reverse("add_unit"), form).status_code == 422
        edit = reverse("edit_unit", args=[unit.pk])
        self.client.post(edit, form_on(self.client.get(edit)) | {"place": "Dapur"})
        service = reverse("add_service", args=[unit.pk])
        self.client.post(service, form_on(self.client.get(service)) | {"done": "Ganti segel"})
        with self.assertNumQueries(FewerThan(5)):
            page = self.client.get(reverse("unit", args=[unit.pk]))
        for text in ("Dapur", "Ganti segel", "AB-9", "Siti Nurhaliza"):
            self.assertContains(page, text)
        retire = reverse("retire_unit", args=[unit.pk])
        assert self.client.post(retire, {"day": "1999-01-01"}).status_code == 422
        self.client.post(retire, form_on(self.client.get(retire)))
        self.assertContains(self.client.get(reverse("unit", args=[unit.pk])), "out of use")
        self.client.post(reverse("unretire_unit", args=[unit.pk]))
        unit.refresh_from_db()
        assert unit.retired_date is None

    def test_the_export_has_a_row_per_unit(self) -> None:
        self.install(self.siti, "AB-1", place="@SUM(A1)")
        rows = rows_of(self.client.get(reverse("export_units")))
        assert [(row["Serial number"], row["Product code"], row["Place"]) for row in rows] == [
            ("AB-1", "LM-1", "'@SUM(A1)")
        ]
