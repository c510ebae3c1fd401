"""A time that was agreed ends: somebody renews it, and may think better of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.models import Event
from setia.subscriptions import actions, queries
from setia.subscriptions.models import Subscription
from setia.subscriptions.terms import as_long_again
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery, noon

END, NEXT = date(2026, 12, 19), date(2027, 1, 19)


def test_the_end_suggested_is_as_long_again_in_whole_periods() -> None:
    assert as_long_again(date(2026, 1, 31), date(2026, 7, 31), "MONTH", None) == date(2027, 1, 31)
    assert as_long_again(date(2026, 1, 1), date(2027, 1, 1), "QUARTER", None) == date(2028, 1, 1)
    assert as_long_again(date(2026, 1, 1), date(2026, 1, 20), "MONTH", None) == date(2026, 2, 20), "at least one"
    assert as_long_again(date(2026, 1, 1), date(2026, 2, 12), "DAYS", 14) == date(2026, 3, 26)


class RenewTest(Roastery):
    def setUp(self) -> None:
        super().setUp()
        self.one = self.subscribe(self.siti, TODAY, ends_date=END)

    def test_its_page_suggests_an_end_and_the_subscription_goes_on_after_the_old_one(self) -> None:
        page = reverse("renew_subscription", args=[self.one.pk])
        self.assertContains(self.client.get(page), 'value="2027-01-19"')
        early = self.client.post(page, {"how": "UNTIL", "ends_date": "2026-12-19"})
        self.assertContains(early, "Choose a day after", status_code=422)
        self.assertContains(self.client.post(page, {"how": "UNTIL"}), "Say until which day", status_code=422)
        assert self.client.post(page, {"how": "UNTIL", "ends_date": "2027-01-19"}).status_code == 302
        actions.roll_over(at=noon(END + timedelta(days=1)))
        self.one.refresh_from_db()
        assert (self.one.status, self.one.ends_date, self.one.renewed_from_date) == ("ACTIVE", NEXT, END)
        assert AuditEntry.objects.get(verb="subscription.renewed_term").data == {
            "was": "2026-12-19",
            "until": "2027-01-19",
        }
        assert Event.objects.filter(name="subscription.renewed_term", payload__subscription_id=self.one.pk).exists()

    def test_until_somebody_cancels_is_a_renewal_too(self) -> None:
        page = reverse("renew_subscription", args=[self.one.pk])
        self.client.post(page, {"how": "OPEN", "ends_date": "2027-01-19"})
        self.one.refresh_from_db()
        assert (self.one.ends_date, self.one.renewed_from_date) == (None, END)
        assert self.client.get(page).status_code == 302, "what has no end is not renewed"

    def test_taken_back_in_time_the_old_end_counts_again(self) -> None:
        actions.renew(by=self.dimas, at=NOON, subscription=self.one, ends_date=NEXT)
        record = reverse("subscription", args=[self.one.pk])
        self.assertContains(self.client.get(record), "Take the renewal back")
        self.client.post(reverse("take_renewal_back", args=[self.one.pk]))
        actions.roll_over(at=noon(END))
        self.one.refresh_from_db()
        assert (self.one.status, self.one.ended_date, self.one.renewed_from_date) == ("EXPIRED", END, None)
        assert AuditEntry.objects.filter(verb="subscription.renewal_taken_back").count() == 1

    def test_it_is_not_taken_back_once_the_old_end_has_passed_or_it_was_cancelled(self) -> None:
        actions.renew(by=self.dimas, at=NOON, subscription=self.one, ends_date=NEXT)
        with pytest.raises(actions.NotNow):
            actions.take_renewal_back(by=self.dimas, at=noon(END), subscription=self.one)
        actions.cancel(by=self.dimas, at=NOON, subscription=self.one, reason="PRICE", at_period_end=True)
        with pytest.raises(actions.NotNow):
            actions.take_renewal_back(by=self.dimas, at=NOON, subscription=self.one)
        actions.keep(by=self.dimas, at=NOON, subscription=self.one)
        self.one.refresh_from_db()
        assert (self.one.ends_date, self.one.renewed_from_date) == (None, None), "what was agreed is not known any more"

    def test_the_list_holds_what_ends_soon_and_nobody_has_renewed(self) -> None:
        self.subscribe(self.maria, TODAY)
        leaving = self.subscribe(self.maria, TODAY, ends_date=END)
        actions.cancel(by=self.dimas, at=NOON, subscription=leaving, reason="PRICE", at_period_end=True)
        page = self.client.get(reverse("endings"))
        self.assertContains(page, reverse("renew_subscription", args=[self.one.pk]))
        self.assertNotContains(page, reverse("renew_subscription", args=[leaving.pk]))
        with self.assertNumQueries(6):
            self.client.get(reverse("endings"))
        renewed = actions.renew(by=self.dimas, at=NOON, subscription=self.one, ends_date=date(2027, 12, 19))
        within = {"within": "90", "plan": str(renewed.plan_id)}
        self.assertContains(self.client.get(reverse("endings"), within), "Nothing ends in this time")

    def test_whoever_sees_only_their_own_customers_renews_no_other_s(self) -> None:
        self.client.force_login(self.sari)
        for name in ("renew_subscription", "take_renewal_back"):
            assert self.client.post(reverse(name, args=[self.one.pk]), {"how": "OPEN"}).status_code == 404
        assert not queries.endings_due(self.sari, {}, today=TODAY).exists()
        agent = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.take_renewal_back(by=agent, at=NOON, subscription=self.one)
        assert Subscription.objects.get(pk=self.one.pk).ends_date == END
