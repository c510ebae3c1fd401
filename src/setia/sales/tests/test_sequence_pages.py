"""Pages of sequences: arranged among the settings, started and led on the pages of opportunities and prospects."""

from typing import Any

from django.urls import reverse

from setia.core.tests.pages import form_on
from setia.sales import actions
from setia.sales.models import Activity, FollowUp, Sequence
from setia.sales.tests.selling import NOON
from setia.sales.tests.test_sequences import Following

PIECE = {"HX-Request": "true"}


class SettingsTest(Following):
    def test_a_manager_makes_a_sequence_with_steps_and_changes_it(self) -> None:
        sent = form_on(self.client.get(reverse("add_sequence")))
        sent |= {"name": "After the fair", "where": f"stage-{self.need.pk}", "starts_itself": "on"}
        sent |= {"step-0-title": "Thank them", "step-0-kind": "EMAIL", "step-0-days": "0"}
        sent |= {"step-2-title": "Call them", "step-2-days": "4", "step-2-counted": "START"}
        answer = self.client.post(reverse("add_sequence"), {**sent, "ends_on": ["WANTS", "REFUSED"]})
        assert answer["Location"] == reverse("sequences")
        made = Sequence.objects.get(name="After the fair")
        assert (made.pipeline, made.stage, made.starts_itself) == (self.pipeline, self.need, True)
        assert made.ends_on == ["WANTS", "REFUSED"]
        steps = made.steps.order_by("position").values_list("kind", "title", "days", "counted")
        assert list(steps) == [("EMAIL", "Thank them", 0, "BEFORE"), ("CALL", "Call them", 4, "START")]
        listed = self.client.get(reverse("sequences")).content.decode()
        assert "After the fair" in listed
        assert "4 days after the start" in listed
        page = reverse("edit_sequence", args=[made.pk])
        kept = form_on(self.client.get(page))
        assert kept["step-1-title"] == "Call them"
        changed = {**kept, "where": "prospect-NEW", "step-1-title": "Write to them", "ends_on": ["WANTS"]}
        del changed["starts_itself"]
        assert self.client.post(page, changed).status_code == 302
        made.refresh_from_db()
        assert (made.pipeline, made.stage, made.status) == (None, None, "NEW")
        late = self.client.post(page, {**changed, "name": "Otherwise"})  # an older version
        assert late.status_code == 409

    def test_steps_are_added_and_taken_away_without_judging_the_rest(self) -> None:
        page = reverse("edit_sequence", args=[self.kept.pk])
        sent = form_on(self.client.get(page))
        more = form_on(self.client.post(page, {**sent, "name": "", "do": "add"}))
        assert more["steps"] == "4"
        fewer = form_on(self.client.post(page, {**more, "do": "remove-0"}))
        assert (fewer["steps"], fewer["step-0-title"]) == ("3", "Send the offer again")

    def test_what_is_wrong_is_named_where_it_is(self) -> None:
        page = reverse("edit_sequence", args=[self.kept.pk])
        sent = form_on(self.client.get(page))
        taken = self.client.post(page, {**sent, "name": "first talk"})
        assert taken.status_code == 422
        assert "of this name already" in taken.content.decode()
        nowhere = self.client.post(page, {**sent, "starts_itself": "on"})
        assert "Choose the stage it starts in" in nowhere.content.decode()
        empty = self.client.post(page, {**sent, "steps": "0"})
        assert "at least one step" in empty.content.decode()

    def test_put_away_and_taken_back(self) -> None:
        self.client.post(reverse("archive_sequence", args=[self.kept.pk]))
        self.kept.refresh_from_db()
        assert self.kept.archived_at is not None
        self.client.post(reverse("restore_sequence", args=[self.kept.pk]))
        self.kept.refresh_from_db()
        assert self.kept.archived_at is None

    def test_who_may_not_arrange_them_is_refused(self) -> None:
        self.client.force_login(self.sari)
        assert self.client.get(reverse("sequences")).status_code == 403
        assert self.client.post(reverse("archive_sequence", args=[self.kept.pk])).status_code == 403


class RecordTest(Following):
    def post(self, name: str, key: int, **sent: Any) -> str:
        answer = self.client.post(reverse(name, args=[key]), sent, headers=PIECE)
        assert answer.status_code == 200, name
        return answer.content.decode()

    def test_on_an_opportunity_it_is_started_led_and_ended(self) -> None:
        one = self.chance()
        part = self.client.get(reverse("opportunity_sequences", args=[one.pk]), headers=PIECE).content.decode()
        assert "Keep warm" in part
        assert "After the offer" not in part
        part = self.post("start_opportunity_sequence", one.pk, sequence=self.kept.pk)
        assert "Ask what they thought" in part
        assert "Running" in part
        run = FollowUp.objects.get()
        assert "runs here already" in self.post("start_opportunity_sequence", one.pk, sequence=self.kept.pk)
        assert "left out" in self.post("skip_step", run.pk)
        assert "left out" not in self.post("unskip_step", run.pk)
        assert "Paused" in self.post("pause_follow_up", run.pk)
        assert "quicker" in self.post("skip_step", run.pk)
        assert "Running" in self.post("resume_follow_up", run.pk)
        assert "ended by hand" in self.post("end_follow_up", run.pk)
        assert "Running" in self.post("resume_follow_up", run.pk)
        whole = self.client.get(reverse("opportunity_sequences", args=[one.pk])).content.decode()
        assert "Follow-ups for" in whole
        plain = self.client.post(reverse("pause_follow_up", args=[run.pk]))
        assert plain["Location"] == reverse("opportunity", args=[one.pk])
        assert reverse("opportunity_sequences", args=[one.pk]) in self.client.get(plain["Location"]).content.decode()

    def test_on_a_prospects_record_it_is_started_and_told_in_the_timeline(self) -> None:
        one = self.prospect()
        whole = self.client.get(reverse("prospect_sequences", args=[one.pk])).content.decode()
        assert "First talk" in whole
        part = self.post("start_prospect_sequence", one.pk, sequence=self.asked.pk)
        assert "Running" in part
        assert "Choose a sequence" in self.post("start_prospect_sequence", one.pk, sequence=0)
        assert "for something else" in self.post("start_prospect_sequence", one.pk, sequence=self.kept.pk)
        record = self.client.get(reverse("customer", args=[one.customer_id])).content.decode()
        assert "Sequence of follow-ups started" in record
        assert Activity.objects.get().owner == self.dimas

    def test_a_colleague_of_another_team_finds_nothing_behind_the_addresses(self) -> None:
        one = self.chance()
        run = actions.start_follow_up(by=self.dimas, at=NOON, sequence=self.kept, opportunity=one)
        self.client.force_login(self.sari)
        assert self.client.get(reverse("opportunity_sequences", args=[one.pk])).status_code == 404
        for name in ("pause_follow_up", "resume_follow_up", "skip_step", "unskip_step", "end_follow_up"):
            assert self.client.post(reverse(name, args=[run.pk])).status_code == 404
        run.refresh_from_db()
        assert (run.state, run.updated_at) == ("RUNNING", NOON)
