"""Activities that are done to win one opportunity: planned for it, shown on its page, and of no other customer."""

from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from setia.accounts.models import User
from setia.core.tests.pages import form_on
from setia.customers import actions as customers
from setia.customers.actions import merge, unmerge
from setia.sales import actions, queries
from setia.sales.models import Activity
from setia.sales.tests.selling import LATER, NEXT_DAY, NOON, TODAY, Selling


class ToWinTest(Selling):
    def planned(self, **facts: Any) -> Activity:
        return actions.plan_activity(by=self.dimas, at=NOON, **{"kind": "CALL", "due_date": TODAY, **facts})

    def test_planned_for_an_opportunity_it_is_for_its_customer_as_well(self) -> None:
        one = self.chance()
        made = self.planned(title="Ask about the machines", opportunity=one)
        assert (made.customer, made.opportunity) == (self.siti, one)
        page = self.client.get(reverse("opportunity_activities", args=[one.pk]))
        assert "Ask about the machines" in page.content.decode()
        listed = self.client.get(reverse("my_day")).content.decode()
        assert reverse("opportunity", args=[one.pk]) in listed

    def test_another_customers_opportunity_is_refused_and_a_new_customer_takes_it_away(self) -> None:
        one = self.chance()
        with pytest.raises(actions.OthersOpportunity):
            self.planned(customer=self.wayan, opportunity=one)
        made = self.planned(opportunity=one)
        changed = actions.edit_activity(by=self.dimas, at=LATER, activity=made, customer=self.wayan)
        assert (changed.customer, changed.opportunity) == (self.wayan, None)

    def test_it_is_chosen_on_the_form_and_a_mistake_is_named_there(self) -> None:
        one = self.chance()
        url = f"{reverse('plan_activity')}?opportunity={one.pk}"
        page = self.client.get(url)
        sent = form_on(page)
        assert sent["opportunity"] == str(one.pk)
        assert sent["customer"] == str(self.siti.pk)
        wrong = self.client.post(url, {**sent, "customer": self.wayan.pk})
        assert wrong.status_code == 422
        assert "another customer" in wrong.content.decode()
        right = self.client.post(url, {**sent, "title": "Show them the machine"})
        assert right["Location"] == reverse("opportunity", args=[one.pk])
        made = Activity.objects.get()
        assert (made.opportunity, made.customer) == (one, self.siti)
        kept = form_on(self.client.get(reverse("edit_activity", args=[made.pk])))
        assert kept["opportunity"] == str(one.pk)

    def test_the_picker_finds_open_ones_the_reader_sees(self) -> None:
        mine, hidden = (
            self.chance(title="Roaster for Siti"),
            self.chance(title="Roaster for Wayan", customer=self.wayan),
        )
        find = reverse("find_opportunity")
        found = self.client.get(find, {"field": "opportunity", "opportunity_q": "roas"}).content.decode()
        assert "Roaster for Siti" in found
        assert "Roaster for Wayan" in found
        self.client.force_login(self.sari)
        found = self.client.get(find, {"field": "opportunity", "opportunity_q": "roas"}).content.decode()
        assert "Roaster for Siti" not in found
        assert "Roaster for Wayan" in found
        assert self.client.get(find, {"field": "opportunity", "pick": str(mine.pk)}).status_code == 404
        assert hidden.title in self.client.get(find, {"field": "opportunity", "pick": str(hidden.pk)}).content.decode()

    def test_the_line_on_its_page_plans_and_what_is_done_there_brings_the_part_back(self) -> None:
        one = self.chance()
        sent = {"kind": "VISIT", "title": "Measure the counter", "due_date": "2026-11-20"}
        made = self.client.post(reverse("plan_to_win", args=[one.pk]), sent, headers={"HX-Request": "true"})
        assert "Measure the counter" in made.content.decode()
        activity = Activity.objects.get()
        assert (activity.kind, activity.opportunity) == ("VISIT", one)
        done = self.client.post(
            reverse("finish_activity", args=[activity.pk]), {"place": "opportunity"}, headers={"HX-Request": "true"}
        )
        assert "Undo" in done.content.decode()
        bad = self.client.post(reverse("plan_to_win", args=[one.pk]), {**sent, "due_date": "soon"})
        assert bad.status_code == 422

    def test_a_colleague_of_another_team_learns_nothing_of_it(self) -> None:
        one = self.chance()
        made = self.planned(opportunity=one, title="Secret offer")
        self.client.force_login(self.sari)
        assert self.client.get(reverse("opportunity_activities", args=[one.pk])).status_code == 404
        with pytest.raises(Http404):
            queries.get_activity_for(self.sari, made.pk)
        theirs = actions.plan_activity(by=self.sari, at=NOON, kind="CALL", customer=self.wayan)
        with pytest.raises(actions.OthersOpportunity):
            actions.edit_activity(by=self.sari, at=LATER, activity=theirs, opportunity=one, customer=self.wayan)

    def test_one_activity_is_found_by_its_key_and_judged_as_the_list_judges(self) -> None:
        owners = User.objects.create_user("nia@kopi.id", None, name="Nia", role=User.Role.SALES)
        for one in (self.planned(customer=self.wayan), self.planned(customer=self.siti), self.planned()):
            for person in (self.dimas, self.sari, owners):
                listed = queries.activities_for(person).filter(pk=one.pk).exists()
                assert queries.may_see_activity(person, one) is listed

    def test_merged_and_parted_it_stays_with_its_opportunity(self) -> None:
        twin = customers.add(by=self.dimas, at=NOON, name="Siti again")
        one = self.chance(customer=twin)
        made = self.planned(opportunity=one)
        done = merge(by=self.dimas, at=LATER, survivor=self.siti, others=[twin])
        made.refresh_from_db()
        one.refresh_from_db()
        assert (made.customer_id, one.customer_id, made.opportunity) == (self.siti.pk, self.siti.pk, one)
        unmerge(by=self.dimas, at=NEXT_DAY, merge=done)
        made.refresh_from_db()
        one.refresh_from_db()
        assert (made.customer_id, one.customer_id, made.opportunity) == (twin.pk, twin.pk, one)

    def test_its_page_asks_as_little_for_twelve_as_for_one(self) -> None:
        one = self.chance()
        for at in range(12):
            self.planned(opportunity=one, title=f"Call {at}")
        with CaptureQueriesContext(connection) as asked:
            self.client.get(reverse("opportunity_activities", args=[one.pk]), headers={"HX-Request": "true"})
        assert len(asked) <= 10, [each["sql"] for each in asked]
