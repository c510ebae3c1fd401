"""Activities: planned, noted, done, put off, called off; on the person's day, the customer's record and timeline."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from setia.accounts.models import AuditEntry, Role, Team, User
from setia.core import keyset
from setia.core.models import Event
from setia.core.tests.pages import form_on
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.customers.queries import tell
from setia.customers.tests.people import LATER, NOON, People
from setia.sales import actions, queries
from setia.sales.models import Activity
from setia.web.tests.test_customers import FewerThan

TODAY = date(2026, 11, 19)  # a Thursday; NOON is twelve o'clock in Jakarta
DAY = timedelta(days=1)


class Busy(People):
    """Sari and Tono sell, each for their own customers; Wati leads Sari; Dimas sees everything and may plan for all."""

    sari: User
    tono: User
    wati: User
    budi: Customer
    maria: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.sari, cls.tono = (
            User.objects.create_user(f"{name.lower()}@kopi.id", None, name=name, role=User.Role.SALES)
            for name in ("Sari", "Tono")
        )
        cls.budi = customers.add(by=cls.sari, at=NOON, name="Budi Hartono")
        cls.maria = customers.add(by=cls.tono, at=NOON, name="Maria Goretti")
        Customer.objects.filter(pk=cls.budi.pk).update(owner=cls.sari)
        Customer.objects.filter(pk=cls.maria.pk).update(owner=cls.tono)
        cls.budi.refresh_from_db()
        cls.maria.refresh_from_db()

    def setUp(self) -> None:
        clock = mock.patch("django.utils.timezone.now", return_value=NOON)
        clock.start()
        self.addCleanup(clock.stop)
        english = translation.override("en")
        english.__enter__()
        self.addCleanup(english.__exit__, None, None, None)

    def planned(self, by: User | None = None, **facts: Any) -> Activity:
        facts = {"kind": "CALL", "title": "Tanya kopi Gayo", "due_date": TODAY, **facts}
        return actions.plan_activity(by=by or self.sari, at=NOON, **facts)


class ActivityTest(Busy):
    def test_one_planned_for_a_moment_is_due_on_the_firms_day_of_it(self) -> None:
        late_at_night = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)  # half past one in the morning in Jakarta
        one = self.planned(planned_at=late_at_night, due_date=None, duration_minutes=45)
        assert one.due_date == date(2026, 11, 20)
        assert one.ends_at == late_at_night + timedelta(minutes=45)
        assert (one.owner, one.by, one.state) == (self.sari, self.sari, "OPEN")
        assert self.planned(title=" ", kind="VISIT").title == "Visit"
        assert self.planned(due_date=None).due_date is None

    def test_done_it_stands_on_the_customers_timeline_and_opened_again_that_is_said_too(self) -> None:
        one = self.planned(customer=self.budi, note="Bawa contoh")
        actions.finish_activity(
            by=self.sari, at=LATER, activity=one, outcome="WANTS", result="Pesan 5 kg\nminggu depan"
        )
        one.refresh_from_db()
        assert (one.state, one.done_at, one.done_by, one.outcome) == ("DONE", LATER, self.sari, "WANTS")
        told = tell(customers_entries(self.budi)[0])
        assert (told.title, told.text) == ("Call", "Tanya kopi Gayo. They want it\nPesan 5 kg\nminggu depan")
        edited = actions.edit_activity(by=self.sari, at=LATER, activity=one, due_date=None)
        assert edited.due_date == TODAY  # what is done has a day
        with pytest.raises(actions.StandsOtherwise):
            actions.finish_activity(by=self.sari, at=LATER, activity=one)
        actions.reopen_activity(by=self.sari, at=LATER, activity=one)
        one.refresh_from_db()
        assert (one.state, one.outcome, one.result, one.done_by) == ("OPEN", "", "", None)
        assert tell(customers_entries(self.budi)[0]).title == "Call, opened again"
        with pytest.raises(actions.StandsOtherwise):
            actions.reopen_activity(by=self.sari, at=LATER, activity=one)
        said = AuditEntry.objects.filter(about="activity").order_by("id").values_list("verb", flat=True)
        assert list(said) == ["activity.planned", "activity.finished", "activity.reopened"]
        assert Event.objects.filter(name="activity.finished", payload__activity_id=one.pk).count() == 1

    def test_called_off_it_stands_nowhere_until_it_is_opened_again(self) -> None:
        one = self.planned()
        actions.cancel_activity(by=self.sari, at=LATER, activity=one)
        assert queries.my_day(self.sari, today=TODAY).empty
        with pytest.raises(actions.StandsOtherwise):
            actions.finish_activity(by=self.sari, at=LATER, activity=one)
        actions.reopen_activity(by=self.sari, at=LATER, activity=one)
        one.refresh_from_db()
        assert (one.state, one.revision) == ("OPEN", 2)

    def test_what_was_just_done_is_written_down_in_one_go_and_never_in_the_future(self) -> None:
        one = actions.log_activity(
            by=self.sari, at=NOON, kind="CALL", title="", customer=self.budi, outcome="UNREACHED", planned_at=LATER
        )
        assert (one.state, one.title, one.planned_at, one.due_date) == ("DONE", "Call", NOON, TODAY)
        assert customers_entries(self.budi)[0].kind == "ACTIVITY_DONE"

    def test_put_off_it_keeps_its_time_of_the_day(self) -> None:
        one = self.planned(planned_at=NOON)
        moved = actions.move_activity(by=self.sari, at=LATER, activity=one, due_date=TODAY + 3 * DAY)
        assert (moved.planned_at, moved.due_date, moved.revision) == (NOON + 3 * DAY, TODAY + 3 * DAY, 1)
        assert actions.move_activity(by=self.sari, at=LATER, activity=self.planned(), due_date=TODAY).revision == 0

    def test_it_is_for_a_colleague_only_from_who_may_plan_for_others_and_if_that_one_sees_the_customer(self) -> None:
        with pytest.raises(PermissionDenied):
            self.planned(owner=self.tono)
        assert self.planned(by=self.dimas, owner=self.tono, customer=self.maria).owner == self.tono
        for owner, customer in ((self.tono, self.budi), (self.bayu, None)):
            with pytest.raises(actions.NotForThem):
                self.planned(by=self.dimas, owner=owner, customer=customer)
        with pytest.raises(actions.NotForThem):
            self.planned(customer=self.maria)
        one = self.planned()
        for change in (actions.finish_activity, actions.cancel_activity):
            with pytest.raises(PermissionDenied):
                change(by=self.tono, at=LATER, activity=one)

    def test_who_may_not_plan_for_others_sees_a_colleagues_and_changes_nothing(self) -> None:
        agent = User.objects.create_user("ani@kopi.id", None, name="Ani", role=User.Role.AGENT)
        team = Team.objects.create(name="Toko")
        team.members.add(agent, self.sari)
        one = self.planned(customer=self.budi)
        self.sign_in(agent)
        page = self.client.get(reverse("activities"))
        self.assertContains(page, "Tanya kopi Gayo")
        self.assertNotContains(page, reverse("finish_activity", args=[one.pk]))
        assert self.client.post(reverse("finish_activity", args=[one.pk])).status_code == 403

    def test_the_erased_keep_no_words_and_nothing_to_do(self) -> None:
        one = self.planned(customer=self.budi, note="Alergi susu", place="Jl. Melati 5")
        customers.erase(by=self.rani, at=LATER, customer=self.budi)
        one.refresh_from_db()
        assert (one.title, one.note, one.place, one.state) == ("–", "", "", "CANCELLED")

    def test_a_merge_gives_them_to_the_survivor(self) -> None:
        one = self.planned(by=self.dimas, customer=self.budi, owner=self.dimas)
        customers.merge(by=self.rani, at=LATER, survivor=self.siti, others=[self.budi], choices={})
        one.refresh_from_db()
        assert one.customer == self.siti


class SeenTest(Busy):
    def test_ones_day_holds_what_is_late_today_and_coming_by_time_and_what_was_done(self) -> None:
        late = self.planned(due_date=TODAY - 3 * DAY)
        any_time = self.planned()
        at_three = self.planned(planned_at=NOON + timedelta(hours=3))
        at_one = self.planned(planned_at=NOON + timedelta(hours=1))
        soon = self.planned(due_date=TODAY + 7 * DAY)
        self.planned(due_date=TODAY + 8 * DAY)
        someday = self.planned(due_date=None)
        done = actions.log_activity(by=self.sari, at=NOON, kind="NOTE", title="Harga naik")
        self.planned(by=self.tono)
        day = queries.my_day(self.sari, today=TODAY)
        found = [[one.activity for one in some] for some in (day.late, day.today, day.someday, day.done)]
        assert found == [[late], [at_one, at_three, any_time], [someday], [done]]
        assert [(on, [one.activity for one in some]) for on, some in day.coming] == [(TODAY + 7 * DAY, [soon])]

    def test_a_person_sees_their_own_and_those_for_their_customers_and_nobody_elses(self) -> None:
        mine = self.planned(customer=self.budi)
        given = self.planned(by=self.dimas, customer=self.budi, owner=self.dimas)
        theirs = self.planned(by=self.tono, customer=self.maria)
        assert set(queries.activities_for(self.sari)) == {mine, given}
        assert set(queries.activities_done_by(self.sari)) == {mine}
        assert set(queries.activities_for(self.dimas)) == {mine, given, theirs}
        self.sign_in(self.sari)
        assert self.client.get(reverse("edit_activity", args=[theirs.pk])).status_code == 404
        assert self.client.post(reverse("finish_activity", args=[theirs.pk])).status_code == 404
        for name in ("my_day", "activities", "team_day"):
            self.assertNotContains(self.client.get(reverse(name)), "Maria Goretti")
        self.assertNotContains(self.client.get(reverse("activities"), {"customer": self.maria.pk}), "Maria Goretti")

    def test_the_customer_of_ones_own_activity_is_not_named_once_they_are_anothers(self) -> None:
        self.planned(customer=self.budi)
        Customer.objects.filter(pk=self.budi.pk).update(owner=self.tono)
        self.sign_in(self.sari)
        page = self.client.get(reverse("my_day"))
        self.assertContains(page, "a customer you do not see")
        self.assertNotContains(page, "Budi Hartono")

    def test_the_list_is_narrowed_by_its_address_and_pages_through_all(self) -> None:
        ahead = [self.planned(due_date=TODAY + number * DAY, title=f"Nr {number}") for number in range(-2, 3)]
        someday = self.planned(due_date=None, kind="TASK")
        done = actions.log_activity(by=self.tono, at=NOON, kind="VISIT", title="", customer=self.maria)
        choices = queries.activity_choices(self.dimas)

        def found(**params: str) -> list[Activity]:
            rows, _chips = queries.narrow_activities(self.dimas, params, today=TODAY, choices=choices)
            legs, cursor, all_rows = queries.activity_legs(rows, state=params.get("state", "")), "", []
            for _page in range(9):
                page = keyset.page(legs, size=2, cursor=cursor)
                all_rows += page.rows
                cursor = page.later
                if not cursor:
                    break
            return all_rows

        assert found() == [*ahead, someday]
        assert found(state="LATE") == ahead[:2]
        assert found(state="DONE") == [done]
        assert found(kind="TASK") == [someday]
        assert found(who=str(self.tono.pk)) == []
        assert found(state="DONE", who=str(self.tono.pk), customer=str(self.maria.pk)) == [done]
        assert found(kind="X", who="999999", state="X") == [*ahead, someday]

    def test_a_teams_list_is_asked_of_each_of_its_people_and_shows_the_same(self) -> None:
        ahead = [
            self.planned(self.dimas, due_date=TODAY + number * DAY, owner=owner)
            for number, owner in ((-1, self.sari), (0, self.dimas), (2, self.sari), (3, self.dimas))
        ]
        someday = self.planned(due_date=None, kind="TASK")
        others = self.planned(self.dimas, owner=self.tono)
        Team.objects.create(name="Barat").members.set([self.dimas, self.sari])
        Role.objects.create(code="leader", name="Leader", sees=Role.Sees.TEAM, verbs=["sales.view"])
        User.objects.filter(pk=self.dimas.pk).update(role="leader")
        leader = User.objects.get(pk=self.dimas.pk)
        owners = queries.listed_owners(leader, {})
        assert owners == sorted([self.dimas.pk, self.sari.pk])
        rows, _chips = queries.narrow_activities(leader, {}, today=TODAY, choices=queries.activity_choices(leader))
        legs = queries.activity_legs(rows, state="", owners=owners)
        first = keyset.page(legs, size=3)
        assert first.rows == ahead[:3]
        assert keyset.page(legs, size=3, cursor=first.later).rows == [ahead[3], someday]
        assert others not in rows
        for user, asked in ((leader, {"who": "ME"}), (leader, {"customer": "1"}), (self.sari, {})):
            assert queries.listed_owners(user, asked) == []

    def test_the_teams_day_counts_for_each_person_and_says_when_there_are_more(self) -> None:
        for days in (-1, -1, 0, 3, 30):
            self.planned(due_date=TODAY + days * DAY)
        actions.log_activity(by=self.sari, at=NOON, kind="CALL", title="")
        by_person = {one.person: one[1:] for one in queries.team_day(self.dimas, today=TODAY)}
        assert by_person[self.sari] == (2, 1, 1, 1)
        assert by_person[self.tono] == (0, 0, 0, 0)
        assert [one.person for one in queries.team_day(self.sari, today=TODAY)] == [self.sari]

    def test_pages_ask_few_questions(self) -> None:
        for number in range(12):
            self.planned(due_date=TODAY + (number - 4) * DAY, customer=self.budi)
        done = actions.log_activity(by=self.sari, at=NOON, kind="CALL", title="", customer=self.budi)
        self.sign_in(self.sari)
        pages = [
            (reverse("my_day"), 8),
            (f"{reverse('my_day')}?done={done.pk}", 9),
            (reverse("activities"), 8),
            (reverse("team_day"), 6),
            (reverse("customer_activities", args=[self.budi.pk]), 8),
        ]
        for address, most in pages:
            self.client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert self.client.get(address, headers={"HX-Request": "true"}).status_code == 200
            assert FewerThan(most) == len(asked), (address, len(asked))


class PageTest(Busy):
    def setUp(self) -> None:
        super().setUp()
        self.sign_in(self.sari)

    def test_one_is_planned_changed_and_kept_when_two_write_at_once(self) -> None:
        add = reverse("plan_activity")
        sent = form_on(self.client.get(add, {"customer": self.budi.pk})) | {
            "title": "<b>Kopi</b>",
            "planned_time": "09:30",
        }
        assert sent["customer"] == str(self.budi.pk)
        assert "owner" not in sent
        wrong = self.client.post(add, sent | {"due_date": ""})
        self.assertContains(wrong, "Say the day as well", status_code=422)
        assert self.client.post(add, sent | {"due_date": "2026-11-20", "customer": self.maria.pk}).status_code == 422
        assert self.client.post(add, sent | {"due_date": "2026-11-20", "duration_minutes": "30"}).status_code == 302
        one = Activity.objects.get()
        assert one.planned_at == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
        self.assertContains(self.client.get(reverse("my_day")), "&lt;b&gt;Kopi&lt;/b&gt;")
        edit = reverse("edit_activity", args=[one.pk])
        filled = form_on(self.client.get(edit))
        assert (filled["planned_time"], filled["duration_minutes"]) == ("09:30", "30")
        assert self.client.post(edit, filled | {"title": "Kopi"}).status_code == 302
        with mock.patch("django.utils.timezone.now", return_value=LATER):
            stale = self.client.post(edit, filled | {"place": "Kantor"})
        assert stale.status_code in (302, 409)

    def test_somebody_elses_change_in_between_is_told_and_what_was_typed_stays(self) -> None:
        one = self.planned(customer=self.budi)
        edit = reverse("edit_activity", args=[one.pk])
        filled = form_on(self.client.get(edit))
        actions.edit_activity(by=self.dimas, at=LATER, activity=one, title="Tanya dulu")
        told = self.client.post(edit, filled | {"place": "Kantor"})
        self.assertContains(told, "Somebody else changed this", status_code=409)
        assert form_on(told)["place"] == "Kantor"
        assert self.client.post(edit, form_on(told)).status_code == 302

    def test_what_is_done_on_ones_day_can_be_taken_back_there(self) -> None:
        one = self.planned(customer=self.budi)
        self.assertContains(self.client.get(reverse("my_day")), reverse("finish_activity", args=[one.pk]))
        answer = self.client.post(reverse("finish_activity", args=[one.pk]), {"outcome": "LATER", "result": "Januari"})
        page = self.client.get(answer["Location"])
        self.assertContains(page, "Done: Tanya kopi Gayo")
        self.assertContains(page, "Later, ask again")
        self.client.post(reverse("reopen_activity", args=[one.pk]))
        one.refresh_from_db()
        assert one.is_open
        self.client.post(reverse("move_activity", args=[one.pk]), {"due_date": "2026-11-23"})
        self.client.post(reverse("move_activity", args=[one.pk]), {"due_date": "never"})
        one.refresh_from_db()
        assert one.due_date == date(2026, 11, 23)
        answer = self.client.post(reverse("cancel_activity", args=[one.pk]))
        self.assertContains(self.client.get(answer["Location"]), "Called off: Tanya kopi Gayo")

    def test_on_the_record_one_line_plans_the_next_and_two_clicks_note_a_call(self) -> None:
        piece = {"HX-Request": "true"}
        here = reverse("customer_activities", args=[self.budi.pk])
        self.assertContains(self.client.get(here, headers=piece), "Nothing planned with them.")
        sent = {"kind": "VISIT", "title": "Antar contoh", "due_date": "2026-11-23"}
        answer = self.client.post(reverse("add_next", args=[self.budi.pk]), sent, headers=piece)
        self.assertContains(answer, "Antar contoh")
        wrong = self.client.post(
            reverse("add_next", args=[self.budi.pk]), sent | {"due_date": "0001-01-01"}, headers=piece
        )
        self.assertContains(wrong, "The year lies between", status_code=422)
        log = reverse("log_activity", args=[self.budi.pk])
        answer = self.client.post(log, {"kind": "CALL", "outcome": "REACHED"}, headers=piece)
        self.assertContains(answer, "Done: Call")
        assert self.client.post(log, {"outcome": "X"}, headers=piece).status_code == 422
        one = Activity.objects.get(kind="VISIT")
        answer = self.client.post(reverse("finish_activity", args=[one.pk]), {"place": "record"}, headers=piece)
        self.assertContains(answer, 'id="activities"')
        self.assertContains(answer, "Done: Antar contoh")
        assert self.client.post(log, {"kind": "CALL"}).status_code == 302  # without scripts, a page of its own
        record = self.client.get(reverse("customer", args=[self.budi.pk]), {"show": "activities"})
        self.assertContains(record, "Antar contoh")
        assert self.client.post(reverse("add_next", args=[self.maria.pk]), sent).status_code == 404


def customers_entries(customer: Customer) -> list[Any]:
    """The customer's timeline, the newest first."""
    from setia.customers.queries import entries_of

    return entries_of(customer, before=None, most=9)
