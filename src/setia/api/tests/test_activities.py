"""Activities by program, and sequences of follow-ups started and ended by one."""

from typing import Any

from django.utils import timezone

from setia.accounts.models import Role, User
from setia.api.events import EVENTS, links_of
from setia.api.tests.people import Program, Shop, token_of
from setia.core.models import Event
from setia.sales import actions
from setia.sales.actions import Step, make_first_pipeline
from setia.sales.models import ANSWERS, Activity, FollowUp, Pipeline, Stage


class Activities(Shop):
    def plan(self, **more: Any) -> Any:
        return self.till.post("/activities", {"customer_number": "C-1", "title": "Ask about Gayo", **more})

    def test_one_is_planned_moved_and_done(self) -> None:
        made = self.plan(kind="VISIT", due_date="2030-01-31", place="Kemang")
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["kind"], told["state"], told["customer_id"]) == ("VISIT", "OPEN", self.siti.pk)
        assert told["owner_id"] == self.dimas.pk
        at = f"/activities/{told['id']}"
        assert made.headers["Location"].endswith(f"/api/v1{at}")
        moment = "2030-02-01T09:00:00+07:00"
        changed = self.till.patch(at, {"planned_at": moment, "duration_minutes": 45}, If_Match=made.headers["ETag"])
        assert changed.status_code == 200, changed.content
        assert changed.json()["due_date"] == "2030-02-01"
        assert self.till.patch(at, {"note": "x"}, If_Match=made.headers["ETag"]).status_code == 412
        later = self.till.patch(at, {"due_date": "2030-02-03"}).json()
        assert (later["due_date"], later["planned_at"]) == ("2030-02-03", "2030-02-03T02:00:00Z")
        done = self.till.post(f"{at}/done", {"outcome": "WANTS", "result": "Five kilos"}).json()
        assert (done["state"], done["outcome"], done["result"]) == ("DONE", "WANTS", "Five kilos")
        self.assert_problem(self.till.post(f"{at}/done", {}), 409, "in-the-way")
        assert self.till.post(f"{at}/reopen").json()["state"] == "OPEN"
        assert self.till.delete(at).json()["state"] == "CANCELLED"
        self.assert_problem(self.till.delete(at), 409, "in-the-way")
        events = Event.objects.filter(name__startswith="activity.")
        assert {one.name for one in events} <= set(EVENTS)
        assert links_of(events[0].payload, "https://x")["activity"].endswith(f"/api/v1{at}")

    def test_the_same_request_with_the_same_key_plans_one_and_what_is_wrong_is_said(self) -> None:
        body = {"customer_number": "C-1", "title": "Once"}
        first = self.till.post("/activities", body, Idempotency_Key="call-1")
        again = self.till.post("/activities", body, Idempotency_Key="call-1")
        assert first.json() == again.json()
        assert Activity.objects.count() == 1
        wrong: tuple[dict[str, Any], ...] = (
            {"customer_number": "nobody"},
            {"owner_id": 999_999},
            {"opportunity_id": 999_999},
            {"kind": "DANCE"},
            {"due_date": "0001-01-01"},
            {"duration_minutes": 0},
        )
        for more in wrong:
            self.assert_problem(self.plan(**more), 422, "invalid")

    def test_the_list_is_walked_page_by_page_in_each_of_its_states(self) -> None:
        keys = [self.plan(due_date=f"2030-01-0{day}").json()["id"] for day in (3, 1, 2)]
        self.till.post(f"/activities/{keys[1]}/done", {})
        first = self.till.get("/activities?limit=1").json()
        second = self.till.get(f"/activities?limit=1&cursor={first['next']}").json()
        assert [one["id"] for one in (*first["items"], *second["items"])] == [keys[2], keys[0]]
        assert second["next"] is None
        assert [one["id"] for one in self.till.get("/activities?state=DONE").json()["items"]] == [keys[1]]
        assert self.till.get("/activities?state=LATE").json()["items"] == []
        window = "/activities?from_date=2030-01-03&until_date=2030-01-03"
        assert [one["id"] for one in self.till.get(window).json()["items"]] == [keys[0]]
        assert self.till.get(f"/activities?owner_id={self.rani.pk}").json()["items"] == []
        assert len(self.till.get(f"/activities?customer_id={self.siti.pk}").json()["items"]) == 2

    def test_a_token_of_another_team_reads_and_changes_nothing(self) -> None:
        verbs = ["api.use", "customers.view", "sales.view", "sales.activities", "sales.delegate"]
        role = Role.objects.create(code="elsewhere", name="Elsewhere", sees="OWN", verbs=verbs)
        wati = User.objects.create_user("wati@kopi.id", None, name="Wati", role=role.pk)
        hers = Program(token_of(wati)[1])
        key = self.plan().json()["id"]
        assert hers.get("/activities").json()["items"] == []
        assert hers.get(f"/activities?customer_id={self.siti.pk}").json()["items"] == []
        self.assert_problem(hers.get(f"/activities/{key}"), 404, "not-found")
        self.assert_problem(hers.post(f"/activities/{key}/done", {}), 404, "not-found")
        self.assert_problem(hers.delete(f"/activities/{key}"), 404, "not-found")
        narrow = Program(token_of(self.rani, "sales.view")[1])
        self.assert_problem(narrow.post("/activities", {"title": "x"}), 403, "scope-missing")

    def test_a_sequence_is_started_read_and_ended(self) -> None:
        make_first_pipeline(at=timezone.now())
        stage = Stage.objects.order_by("position")[0]
        sequence = actions.add_sequence(
            by=self.rani,
            at=timezone.now(),
            name="Keep warm",
            pipeline=Pipeline.objects.get(),
            ends_on=list(ANSWERS),
            steps=[Step("CALL", "Ask them"), Step("EMAIL", "Write to them", days=3)],
        )
        listed = self.till.get("/sequences").json()["items"]
        assert [(one["id"], len(one["steps"])) for one in listed] == [(sequence.pk, 2)]
        deal = self.till.post("/opportunities", {"customer_number": "C-1", "title": "Beans", "stage_id": stage.pk})
        body = {"sequence_id": sequence.pk, "opportunity_id": deal.json()["id"]}
        made = self.till.post("/follow-ups", body, Idempotency_Key="follow-1")
        assert made.status_code == 201, made.content
        again = self.till.post("/follow-ups", body, Idempotency_Key="follow-1")
        assert (again.json(), FollowUp.objects.count()) == (made.json(), 1)
        at = f"/follow-ups/{made.json()['id']}"
        assert self.till.get(at).json()["state"] == "RUNNING"
        planned = self.till.get(f"/activities?customer_id={self.siti.pk}").json()["items"]
        assert [(one["title"], one["opportunity_id"]) for one in planned] == [("Ask them", deal.json()["id"])]
        self.assert_problem(self.till.post("/follow-ups", body), 409, "in-the-way")
        self.assert_problem(self.till.post("/follow-ups", {"sequence_id": sequence.pk}), 422, "invalid")
        self.assert_problem(self.till.post("/follow-ups", {**body, "sequence_id": 999_999}), 422, "invalid")
        ended = self.till.post(f"{at}/end").json()
        assert (ended["state"], ended["why"]) == ("ENDED", "HAND")
        self.assert_problem(self.till.post(f"{at}/end"), 409, "in-the-way")
        events = Event.objects.filter(name__startswith="follow_up.")
        assert {one.name for one in events} <= set(EVENTS)
        assert links_of(events[0].payload, "https://x")["follow_up"].endswith(f"/api/v1{at}")
