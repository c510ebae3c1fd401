"""Who gets which prospect: rules in turn and by load, working hours, terms for the answer, and idle prospects."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.tests.pages import form_on
from setia.customers.models import Customer, Mention, TimelineEntry
from setia.orders.tests.shop import LATER, NOON
from setia.sales import actions, queries, tasks
from setia.sales.models import Prospect, SalesDesk, ShareRule
from setia.sales.tests.test_prospects import ProspectTest
from setia.web.tests.test_customers import FewerThan

WIB = ZoneInfo("Asia/Jakarta")


class SharingTest(ProspectTest):
    def setUp(self) -> None:
        User.objects.filter(pk=self.dimas.pk).update(role=User.Role.MANAGER)
        self.boss = User.objects.get(pk=self.dimas.pk)
        self.sign_in(self.boss)

    def rule(self, *people: User, **facts: Any) -> ShareRule:
        facts = {"name": "All", "way": "TURN"} | facts
        return actions.set_rule(by=self.boss, at=NOON, rule=None, people=people or (self.sari, self.budi), **facts)

    def nobodys(self, count: int = 1, **facts: Any) -> list[Prospect]:
        """Prospects that came by a form: nobody looks after them."""
        region, came = facts.pop("region", ""), facts
        made = [
            actions.capture(by=None, at=NOON, name=f"Prospek {number}", region=region, how="FORM", **came)
            for number in range(count)
        ]
        assert not Customer.objects.filter(pk__in=[one.customer_id for one in made], owner__isnull=False).exists()
        return made

    def owners(self, made: list[Prospect]) -> list[User | None]:
        return [Customer.objects.get(pk=one.customer_id).owner for one in made]


class ShareTest(SharingTest):
    def test_people_are_taken_in_turn_and_the_turn_goes_on_the_next_time(self) -> None:
        self.rule()
        first, then = self.nobodys(3), self.nobodys(1)
        assert actions.share(at=NOON, customer_ids=[one.customer_id for one in first]) == 3
        assert self.owners(first) == [self.sari, self.budi, self.sari]
        actions.share(at=LATER)
        assert self.owners(then) == [self.budi]
        assert actions.share(at=LATER) == 0
        line = AuditEntry.objects.filter(verb="prospect.shared_out").earliest("id")
        assert (line.data["count"], line.data["people"]) == (3, sorted([self.sari.pk, self.budi.pk]))
        told = TimelineEntry.objects.filter(customer=first[0].customer_id, kind="EDITED").get()
        assert told.data["changes"]["owner"] == ["", "Sari Lestari"]
        assert Mention.objects.filter(user=self.sari).count() == 2

    def test_who_has_fewest_open_ones_gets_the_next_and_nobody_more_than_the_rule_allows(self) -> None:
        for number in range(2):
            self.captured(f"Milik Budi {number}", by=self.budi)
        self.rule(way="LOAD", most_open=3)
        made = self.nobodys(6)
        assert actions.share(at=NOON) == 4
        assert self.owners(made).count(self.sari) == 3
        assert self.owners(made).count(self.budi) == 1
        assert self.owners(made).count(None) == 2

    def test_the_first_rule_that_fits_by_region_source_or_interest_counts(self) -> None:
        self.rule(self.budi, name="Medan", regions=["medan"])
        self.rule(self.sari, name="Machines", interests=["mesin"], sources=["fair"])
        cases: list[tuple[dict[str, Any], User | None]] = [
            ({"region": "Kota Medan"}, self.budi),
            ({"note": "Mau Mesin espresso", "source": "Fair"}, self.sari),
            ({"note": "Mau mesin", "source": "Google"}, None),
            ({}, None),
        ]
        made = [(self.nobodys(**facts), owner) for facts, owner in cases]
        actions.share(at=NOON)
        for one, owner in made:
            assert self.owners(one) == [owner]

    def test_nobody_gets_any_who_is_away_or_gone_or_not_at_work_where_that_matters(self) -> None:
        self.rule(at_work=True)
        actions.set_work_time(
            by=self.boss, at=NOON, person=self.sari, away_until_date=datetime(2026, 11, 19, tzinfo=WIB).date()
        )
        made = self.nobodys(2)
        night = datetime(2026, 11, 19, 20, 0, tzinfo=WIB)
        assert actions.share(at=night) == 0
        assert actions.share(at=NOON) == 2
        assert self.owners(made) == [self.budi, self.budi]
        User.objects.filter(pk=self.budi.pk).update(is_active=False)
        self.nobodys()
        assert actions.share(at=NOON) == 0

    def test_many_are_given_out_by_a_few_statements_however_many_they_are(self) -> None:
        self.rule()
        self.nobodys(21)
        with self.assertNumQueries(FewerThan(27)):
            assert actions.share(at=NOON) == 21
        assert not Prospect.objects.exclude(customer_owner=F("customer__owner")).exists()

    def test_what_a_form_brings_is_given_out_at_once(self) -> None:
        self.rule()
        fields = {"name": "MUST", "whatsapp": "MUST"}
        form = actions.make_form(by=self.boss, at=NOON, title="Demo", fields=fields, language="en")
        sent = actions.submit(at=NOON, form=form, answers={"name": "Wulan Ayu", "whatsapp": "081234567890"})
        assert sent.customer is not None
        assert Customer.objects.get(pk=sent.customer.pk).owner == self.sari


class ClockTest(SharingTest):
    def test_an_answer_is_due_after_so_many_working_minutes(self) -> None:
        terms = SalesDesk(response_minutes=120)
        monday = datetime(2026, 11, 16, 9, 0, tzinfo=WIB)
        cases = [
            (monday, monday + timedelta(hours=2)),
            (monday.replace(hour=16), datetime(2026, 11, 17, 9, 0, tzinfo=WIB)),
            (monday.replace(hour=3), monday.replace(hour=10)),
            (datetime(2026, 11, 20, 16, 30, tzinfo=WIB), datetime(2026, 11, 23, 9, 30, tzinfo=WIB)),
            (datetime(2026, 11, 21, 12, 0, tzinfo=WIB), datetime(2026, 11, 23, 10, 0, tzinfo=WIB)),
        ]
        for at, due in cases:
            assert queries.after_work(at, minutes=120, hours=terms, tz=WIB) == due, at
        assert queries.due_of(monday.astimezone(UTC), SalesDesk(response_minutes=None)) is None
        plain = SalesDesk(response_minutes=60, business_hours=False)
        assert queries.due_of(monday, plain) == monday + timedelta(hours=1)

    def test_a_prospect_is_late_once_its_term_has_passed_and_answered_for_good(self) -> None:
        actions.change_desk(by=self.boss, at=NOON, response_minutes=30, business_hours=False)
        one = self.captured(at=NOON - timedelta(days=30))
        assert one.due_at == one.captured_at + timedelta(minutes=30)
        page = reverse("prospects")
        self.assertContains(self.client.get(page), "late")
        actions.touch(by=self.boss, at=one.captured_at + timedelta(minutes=20), prospect=one)
        self.assertContains(self.client.get(page), "answered after 20 minutes")


class IdleTest(SharingTest):
    def test_an_idle_prospect_goes_to_somebody_else_after_a_warning(self) -> None:
        self.rule()
        actions.change_desk(by=self.boss, at=NOON, idle_days=10, warn_days=3)
        one, kept = self.captured("Wulan", by=self.sari), self.captured("Joko", by=self.sari)
        assert actions.follow_idle(at=NOON + timedelta(days=6)) == {}
        warned = actions.follow_idle(at=NOON + timedelta(days=8))
        assert sorted(warned[self.sari.pk]) == ["Joko", "Wulan"]
        assert actions.follow_idle(at=NOON + timedelta(days=8)) == {}, "once is enough"
        actions.touch(by=self.sari, at=NOON + timedelta(days=9), prospect=kept)
        actions.follow_idle(at=NOON + timedelta(days=12))
        assert self.owners([one, kept]) == [self.budi, self.sari]
        assert AuditEntry.objects.get(verb="prospect.shared_out").data["idle"] is True

    def test_where_nobody_else_is_there_it_stays(self) -> None:
        self.rule(self.sari)
        actions.change_desk(by=self.boss, at=NOON, idle_days=2, warn_days=1)
        one = self.captured(by=self.sari)
        actions.follow_idle(at=NOON + timedelta(days=2))
        actions.follow_idle(at=NOON + timedelta(days=4))
        assert self.owners([one]) == [self.sari]

    def test_whoever_is_about_to_lose_some_gets_a_letter(self) -> None:
        actions.change_desk(by=self.boss, at=NOON, idle_days=1, warn_days=1)
        self.captured("Wulan Ayu", by=self.sari, at=NOON - timedelta(days=400))
        tasks.follow_prospects()
        assert mail.outbox[-1].to == ["sari@kopi.id"]
        assert "Wulan Ayu" in mail.outbox[-1].body


class PagesTest(SharingTest):
    def test_terms_rules_and_hours_are_set_on_their_pages(self) -> None:
        page = reverse("sharing")
        sent = form_on(self.client.get(page)) | {"days": ["1", "2"], "idle_days": "14", "until_time": "07:00"}
        self.assertContains(self.client.post(page, sent), "Work ends after it begins.", status_code=422)
        assert self.client.post(page, sent | {"until_time": "16:00"}).status_code == 302
        assert (queries.desk().days, queries.desk().idle_days) == ("12", 14)
        add = reverse("add_share_rule")
        rule = {"name": "Medan", "people": [str(self.sari.pk)], "way": "TURN", "regions": "Medan, Binjai"}
        assert self.client.post(add, rule).status_code == 302
        made = ShareRule.objects.get()
        assert made.regions == ["Medan", "Binjai"]
        edit = reverse("edit_share_rule", args=[made.pk])
        assert self.client.post(edit, rule | {"people": [str(self.budi.pk)]}).status_code == 302
        assert [one.user for one in made.members.all()] == [self.budi]
        hours = reverse("work_time", args=[self.budi.pk])
        away = {"days": ["1"], "from_time": "08:00", "until_time": "12:00", "away_until_date": "2099-01-01"}
        assert self.client.post(hours, away).status_code == 302
        self.assertContains(self.client.get(page), "1 day")
        self.nobodys(region="Medan")
        self.client.post(reverse("share_out"))
        assert Prospect.objects.filter(customer__owner=None).count() == 1, "Budi is away"
        self.client.post(reverse("remove_share_rule", args=[made.pk]))
        self.assertContains(self.client.get(page), "No rule yet")

    def test_a_rep_sets_none_of_it(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.share_now(by=self.sari, at=NOON)
        self.sign_in(self.sari)
        assert self.client.get(reverse("sharing")).status_code == 403
