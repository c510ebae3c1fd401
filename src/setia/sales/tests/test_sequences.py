"""Sequences of follow-ups: templates, what runs, what ends it by itself, and how each of that is taken back."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from setia.accounts.models import AuditEntry, User
from setia.core.models import Event
from setia.customers import actions as customers
from setia.customers.actions import erase, merge, unmerge
from setia.customers.models import TimelineEntry
from setia.sales import actions, queries
from setia.sales.actions import Step
from setia.sales.models import ANSWERS, Activity, FollowUp, Opportunity, Prospect, Sequence
from setia.sales.tests.selling import LATER, NEXT_DAY, NOON, TODAY, Selling

STEPS = (
    Step("CALL", "Ask what they thought", days=2),
    Step("EMAIL", "Send the offer again", days=3, note="With the new price"),
    Step("VISIT", "Pass by", days=10, counted="START"),
)
SOON = NOON + timedelta(days=4)


class Following(Selling):
    """A sequence for the stage of the offer that starts by itself, one for the pipeline, one for prospects."""

    offered: Sequence
    kept: Sequence
    asked: Sequence

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()

        def made(name: str, **facts: object) -> Sequence:
            usual = {"ends_on": list(ANSWERS), "working_days": False, "steps": STEPS, **facts}
            return actions.add_sequence(by=cls.dimas, at=NOON, name=name, **usual)  # type: ignore[arg-type]

        cls.offered = made("After the offer", pipeline=cls.pipeline, stage=cls.offer, starts_itself=True)
        cls.kept = made("Keep warm", pipeline=cls.pipeline)
        cls.asked = made("First talk", status="NEW")

    def begun(self, one: Opportunity | None = None, *, by: User | None = None) -> FollowUp:
        one = one or self.chance()
        return actions.start_follow_up(by=by or self.dimas, at=NOON, sequence=self.kept, opportunity=one)

    def planned(self, one: FollowUp) -> list[tuple[str, str, date | None]]:
        """What is open of it: kind, words, day."""
        rows = Activity.objects.filter(customer=one.customer_id, done_at=None, cancelled_at=None).order_by("id")
        return [(each.kind, each.title, each.due_date) for each in rows]

    def done(self, title: str, *, outcome: str = "", at: datetime = LATER) -> Activity:
        one = Activity.objects.get(title=title, done_at=None, cancelled_at=None)
        actions.finish_activity(by=self.dimas, at=at, activity=one, outcome=outcome)
        return one

    def prospect(self) -> Prospect:
        made = customers.add(by=self.dimas, at=NOON, name="Rina Wulandari", owner=self.dimas)
        return actions.start(by=self.dimas, at=NOON, customer=made)


class TemplateTest(Following):
    def test_its_steps_are_kept_in_order_and_replaced_as_a_whole(self) -> None:
        steps = list(self.kept.steps.order_by("position").values_list("position", "kind", "title", "days", "counted"))
        assert steps[0] == (1, "CALL", "Ask what they thought", 2, "BEFORE")
        assert steps[2] == (3, "VISIT", "Pass by", 10, "START")
        new = (Step("TASK", " "), Step("CALL", "Call again", days=5))
        actions.edit_sequence(by=self.dimas, at=LATER, sequence=self.kept, steps=new, name="Keep them warm")
        assert [one.title for one in self.kept.steps.order_by("position")] == [
            str(Activity.Kind.TASK.label),
            "Call again",
        ]
        told = AuditEntry.objects.get(verb="sequence.edited").data
        assert told == {"changes": {"name": ["Keep warm", "Keep them warm"]}, "fields": ["steps"]}
        actions.edit_sequence(by=self.dimas, at=NEXT_DAY, sequence=self.kept, steps=new, name="Keep them warm")
        assert AuditEntry.objects.filter(verb="sequence.edited").count() == 1

    def test_what_cannot_be_meant_is_refused(self) -> None:
        def add(**facts: object) -> None:
            actions.add_sequence(by=self.dimas, at=NOON, **{"name": "X", "steps": STEPS, **facts})  # type: ignore[arg-type]

        with pytest.raises(actions.NameTaken):
            add(name="keep WARM")
        with pytest.raises(actions.NoSteps):
            add(steps=())
        with pytest.raises(actions.NotOfPipeline):
            add(pipeline=self.pipeline, starts_itself=True)
        other = actions.add_pipeline(by=self.dimas, at=NOON, name="Projects")
        with pytest.raises(actions.NotOfPipeline):
            add(pipeline=other, stage=self.offer)
        with pytest.raises(PermissionDenied):
            actions.add_sequence(by=self.sari, at=NOON, name="Mine", steps=STEPS)

    def test_put_away_it_starts_no_more_and_what_runs_goes_on(self) -> None:
        one = self.chance()
        self.begun(one)
        actions.archive_sequence(by=self.dimas, at=NOON, sequence=self.kept)
        self.done("Ask what they thought")
        assert [what for _kind, what, _day in self.planned(FollowUp.objects.get())] == ["Send the offer again"]
        with pytest.raises(actions.DoesNotFit):
            self.begun(self.chance())
        actions.restore_sequence(by=self.dimas, at=LATER, sequence=self.kept)
        self.begun(self.chance())

    def test_a_step_falls_so_many_days_or_working_days_later_and_never_before_today(self) -> None:
        thursday, friday, monday = TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=4)
        assert queries.step_day(thursday, 2, earliest=thursday) == TODAY + timedelta(days=2)
        assert queries.step_day(thursday, 2, earliest=thursday, working="12345") == monday
        assert queries.step_day(thursday, 1, earliest=thursday, working="12345") == friday
        assert queries.step_day(TODAY + timedelta(days=2), 0, earliest=thursday, working="12345") == monday
        assert queries.step_day(thursday - timedelta(days=30), 3, earliest=thursday) == thursday
        assert queries.step_day(thursday, 1, earliest=thursday, working="7") == TODAY + timedelta(days=3)


class RunningTest(Following):
    def test_started_by_hand_it_plans_a_step_at_a_time_for_who_has_the_opportunity(self) -> None:
        one = self.begun()
        first = Activity.objects.get()
        assert (first.kind, first.title, first.due_date) == ("CALL", "Ask what they thought", date(2026, 11, 21))
        assert (first.owner, first.by, first.customer, first.opportunity) == (
            self.dimas,
            None,
            self.siti,
            one.opportunity,
        )
        self.done("Ask what they thought", at=SOON)  # the 23rd
        assert self.planned(one) == [("EMAIL", "Send the offer again", date(2026, 11, 26))]
        assert Activity.objects.get(kind="EMAIL").note == "With the new price"
        self.done("Send the offer again", at=SOON)
        assert self.planned(one) == [("VISIT", "Pass by", date(2026, 11, 29))]  # ten days after the start
        self.done("Pass by", at=SOON)
        one.refresh_from_db()
        assert (one.state, one.why, one.closed_at) == ("DONE", "", SOON)
        kinds = TimelineEntry.objects.filter(customer=self.siti, kind__startswith="FOLLOW_UP").order_by("id")
        assert [each.kind for each in kinds] == ["FOLLOW_UP_STARTED", "FOLLOW_UP_DONE"]
        events = Event.objects.filter(name__startswith="follow_up.").order_by("id")
        assert [each.name for each in events] == ["follow_up.started", "follow_up.done"]
        assert AuditEntry.objects.get(verb="follow_up.started").by == self.dimas

    def test_the_same_sequence_runs_once_and_only_where_it_fits(self) -> None:
        one = self.chance()
        self.begun(one)
        with pytest.raises(actions.RunsAlready):
            self.begun(one)
        with pytest.raises(actions.DoesNotFit):  # it is for another stage
            actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.offered, opportunity=one)
        with pytest.raises(actions.DoesNotFit):  # it is for prospects
            actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.asked, opportunity=one)

    def test_it_starts_by_itself_when_an_opportunity_enters_the_stage_and_that_is_taken_back_with_the_step(
        self,
    ) -> None:
        one = self.chance()
        actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.offer)
        run = FollowUp.objects.get()
        assert (run.sequence, run.started_by, run.opportunity) == (self.offered, None, one)
        assert len(self.planned(run)) == 1
        step = one.changes.order_by("-id")[0]
        actions.undo_step(by=self.dimas, at=NEXT_DAY, opportunity=one, step=step.pk)
        run.refresh_from_db()
        assert (run.state, run.why) == ("ENDED", "UNDONE")
        assert self.planned(run) == []
        entered = self.chance(stage=self.offer)
        assert FollowUp.objects.get(closed_at=None).opportunity == entered

    def test_it_ends_with_the_stage_and_goes_on_when_the_move_is_taken_back(self) -> None:
        one = self.chance(stage=self.offer)
        keeps = self.begun(one)
        actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.need)
        run = FollowUp.objects.get(sequence=self.offered)
        keeps.refresh_from_db()
        assert (run.why, keeps.state) == ("MOVED", "RUNNING")
        assert len(self.planned(run)) == 1
        step = one.changes.order_by("-id")[0]
        actions.undo_step(by=self.dimas, at=NEXT_DAY, opportunity=one, step=step.pk)
        run.refresh_from_db()
        assert (run.state, run.why, run.closed_at) == ("RUNNING", "", None)
        assert len(self.planned(run)) == 2

    def test_won_or_lost_it_ends_and_opened_again_it_goes_on(self) -> None:
        one = self.chance()
        run = self.begun(one)
        actions.lose_opportunity(by=self.dimas, at=LATER, opportunity=one, reason=self.reason)
        run.refresh_from_db()
        assert (run.state, run.why, self.planned(run)) == ("ENDED", "LOST", [])
        with pytest.raises(actions.DoesNotFit):
            actions.resume_follow_up(by=self.dimas, at=LATER, follow_up=run)
        actions.reopen_opportunity(by=self.dimas, at=NEXT_DAY, opportunity=one)
        run.refresh_from_db()
        assert run.state == "RUNNING"
        assert len(self.planned(run)) == 1
        actions.win_opportunity(by=self.dimas, at=SOON, opportunity=one, order=False)
        run.refresh_from_db()
        assert (run.why, self.planned(run)) == ("WON", [])

    def test_it_ends_when_they_answer_and_that_is_taken_back_with_the_activity(self) -> None:
        run = self.begun()
        call = self.done("Ask what they thought", outcome="REACHED")
        run.refresh_from_db()
        assert (run.state, run.why, self.planned(run)) == ("ENDED", "ANSWERED", [])
        actions.reopen_activity(by=self.dimas, at=NEXT_DAY, activity=call)
        run.refresh_from_db()
        assert (run.state, run.position) == ("RUNNING", 1)
        assert [what for _kind, what, _day in self.planned(run)] == ["Ask what they thought"]
        self.done("Ask what they thought", outcome="UNREACHED", at=SOON)
        assert [what for _kind, what, _day in self.planned(run)] == ["Send the offer again"]

    def test_any_talk_with_the_customer_is_an_answer_but_one_about_another_opportunity(self) -> None:
        one, other = self.chance(), self.chance(title="Cups")
        run = self.begun(one)
        log = actions.log_activity
        log(by=self.dimas, at=LATER, kind="CALL", outcome="WANTS", opportunity=other)
        run.refresh_from_db()
        assert run.state == "RUNNING"
        log(by=self.dimas, at=LATER, kind="CALL", outcome="UNREACHED", customer=self.siti)
        run.refresh_from_db()
        assert run.state == "RUNNING"
        log(by=self.dimas, at=LATER, kind="CALL", outcome="LATER", customer=self.siti)
        run.refresh_from_db()
        assert (run.state, run.why) == ("ENDED", "ANSWERED")

    def test_which_answers_end_it_is_the_managers_to_say(self) -> None:
        actions.edit_sequence(by=self.dimas, at=NOON, sequence=self.kept, ends_on=["REFUSED"])
        run = self.begun()
        self.done("Ask what they thought", outcome="REACHED")
        assert [what for _kind, what, _day in self.planned(run)] == ["Send the offer again"]

    def test_an_activity_opened_again_takes_the_step_after_it_back(self) -> None:
        run = self.begun()
        call = self.done("Ask what they thought")
        actions.reopen_activity(by=self.dimas, at=NEXT_DAY, activity=call)
        run.refresh_from_db()
        assert run.position == 1
        assert [what for _kind, what, _day in self.planned(run)] == ["Ask what they thought"]
        self.done("Ask what they thought", at=SOON)
        assert [what for _kind, what, _day in self.planned(run)] == ["Send the offer again"]

    def test_paused_it_plans_nothing_until_it_is_taken_up(self) -> None:
        run = self.begun()
        actions.pause_follow_up(by=self.dimas, at=LATER, follow_up=run)
        assert self.planned(run) == []
        with pytest.raises(actions.NotSo):
            actions.pause_follow_up(by=self.dimas, at=LATER, follow_up=run)
        with pytest.raises(actions.NotSo):
            actions.skip_step(by=self.dimas, at=LATER, follow_up=run)
        later = NOON + timedelta(days=30)
        actions.resume_follow_up(by=self.dimas, at=later, follow_up=run)
        assert self.planned(run) == [("CALL", "Ask what they thought", date(2026, 12, 19))]

    def test_a_step_left_out_is_followed_by_the_next_and_can_be_taken_back(self) -> None:
        run = self.begun()
        actions.skip_step(by=self.dimas, at=LATER, follow_up=run)
        assert [what for _kind, what, _day in self.planned(run)] == ["Send the offer again"]
        shown = queries.follow_ups_of(self.dimas, opportunity=run.opportunity).running[0]
        assert [step.state for step in shown.steps] == ["SKIPPED", "OPEN", "COMING"]
        assert shown.back
        actions.unskip_step(by=self.dimas, at=NEXT_DAY, follow_up=run)
        assert [what for _kind, what, _day in self.planned(run)] == ["Ask what they thought"]
        with pytest.raises(actions.NotSo):
            actions.unskip_step(by=self.dimas, at=NEXT_DAY, follow_up=run)
        actions.cancel_activity(by=self.dimas, at=SOON, activity=Activity.objects.get(kind="CALL"))
        assert [what for _kind, what, _day in self.planned(run)] == ["Send the offer again"]

    def test_ended_by_hand_it_can_be_taken_up_again_unless_it_was_started_anew(self) -> None:
        run = self.begun()
        actions.end_follow_up(by=self.dimas, at=LATER, follow_up=run)
        run.refresh_from_db()
        assert (run.state, run.why, self.planned(run)) == ("ENDED", "HAND", [])
        actions.resume_follow_up(by=self.dimas, at=NEXT_DAY, follow_up=run)
        assert len(self.planned(run)) == 1
        actions.end_follow_up(by=self.dimas, at=NEXT_DAY, follow_up=run)
        self.begun(run.opportunity)
        with pytest.raises(actions.RunsAlready):
            actions.resume_follow_up(by=self.dimas, at=SOON, follow_up=run)

    def test_the_next_step_goes_to_whoever_has_the_opportunity_by_then(self) -> None:
        one = self.chance(self.wayan)
        run = self.begun(one)
        actions.edit_opportunity(by=self.dimas, at=NOON, opportunity=one, owner=self.sari)
        self.done("Ask what they thought")
        assert Activity.objects.get(kind="EMAIL").owner == self.sari
        User.objects.filter(pk=self.sari.pk).update(is_active=False)
        self.done("Send the offer again")
        assert Activity.objects.get(kind="VISIT").owner == self.dimas  # who started it
        assert run.started_by == self.dimas

    def test_working_days_are_those_of_the_firm(self) -> None:
        actions.edit_sequence(by=self.dimas, at=NOON, sequence=self.kept, working_days=True)
        run = self.begun()
        assert self.planned(run)[0][2] == date(2026, 11, 23)  # from Thursday two working days: Monday


class ProspectsSequenceTest(Following):
    def test_turned_down_a_prospects_sequence_ends_and_taken_back_it_goes_on(self) -> None:
        one = self.prospect()
        run = actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.asked, prospect=one)
        assert (run.customer, run.opportunity, len(self.planned(run))) == (one.customer, None, 1)
        actions.qualify(by=self.dimas, at=LATER, prospect=one, status="UNQUALIFIED", reason="SPAM")
        run.refresh_from_db()
        assert (run.why, self.planned(run)) == ("REJECTED", [])
        actions.undo_qualifying(by=self.dimas, at=NEXT_DAY, prospect=one)
        run.refresh_from_db()
        assert (run.state, len(self.planned(run))) == ("RUNNING", 1)

    def test_who_buys_is_followed_up_no_more(self) -> None:
        one = self.prospect()
        run = actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.asked, prospect=one)
        self.sell(one.customer, at=LATER)
        actions.settle(customer_ids=[one.customer_id], at=LATER)
        run.refresh_from_db()
        assert (run.why, self.planned(run)) == ("BOUGHT", [])

    def test_of_two_that_run_for_one_person_one_goes_on_and_an_unmerge_parts_them(self) -> None:
        mine, twin = self.prospect(), self.prospect()
        runs = [
            actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.asked, prospect=one) for one in (mine, twin)
        ]
        done = merge(by=self.dimas, at=LATER, survivor=mine.customer, others=[twin.customer])
        assert FollowUp.objects.filter(customer=mine.customer, closed_at=None).get() == runs[0]
        unmerge(by=self.dimas, at=NEXT_DAY, merge=done)
        assert FollowUp.objects.filter(customer=twin.customer, closed_at=None).get() == runs[1]

    def test_a_merge_takes_an_opportunitys_sequence_along(self) -> None:
        twin = customers.add(by=self.dimas, at=NOON, name="Siti again", owner=self.dimas)
        run = self.begun(self.chance(twin))
        merge(by=self.dimas, at=LATER, survivor=self.siti, others=[twin])
        self.done("Ask what they thought")
        run.refresh_from_db()
        assert run.customer == self.siti
        assert Activity.objects.get(kind="EMAIL").customer == self.siti

    def test_an_erasure_ends_what_runs(self) -> None:
        one = self.prospect()
        run = actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.asked, prospect=one)
        erase(by=None, at=LATER, customer=one.customer)
        run.refresh_from_db()
        assert (run.state, run.why) == ("ENDED", "ERASED")
        assert self.planned(run) == []


class GateTest(Following):
    def test_a_colleague_of_another_team_neither_sees_nor_touches_it(self) -> None:
        run = self.begun()
        with pytest.raises(Http404):
            queries.get_follow_up_for(self.sari, run.pk)
        hers = actions.start_follow_up(
            by=self.sari, at=NOON, sequence=self.kept, opportunity=self.chance(self.wayan, by=self.sari)
        )
        assert list(queries.follow_ups_for(self.sari)) == [hers]
        assert Activity.objects.get(customer=self.wayan).owner == self.sari

    def test_who_may_plan_nothing_starts_nothing(self) -> None:
        reads = User.objects.create_user("ani@kopi.id", None, name="Ani", role=User.Role.ANALYST)
        with pytest.raises(PermissionDenied):
            self.begun(by=reads)

    def test_the_part_of_a_page_asks_the_same_for_many(self) -> None:
        one = self.chance(stage=self.offer)
        self.begun(one)
        with CaptureQueriesContext(connection) as asked:
            found = queries.follow_ups_of(self.dimas, opportunity=one)
        assert len(found.running) == 2
        assert len(asked) <= 4
