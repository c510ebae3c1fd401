"""Opportunities by program."""

from typing import Any

from django.utils import timezone

from setia.api.events import EVENTS, links_of
from setia.api.tests.people import Program, Shop, token_of
from setia.core.models import Event
from setia.sales.actions import make_first_pipeline
from setia.sales.models import Opportunity


class Opportunities(Shop):
    def setUp(self) -> None:
        super().setUp()
        make_first_pipeline(at=timezone.now())
        listed = self.till.get("/pipelines").json()
        self.stages = [one["id"] for one in listed["items"][0]["stages"]]
        self.reasons = [one["id"] for one in listed["lost_reasons"]]

    def _add(self, **more: Any) -> Any:
        return self.till.post("/opportunities", {"customer_number": "C-1", "title": "New branch", **more})

    def test_one_goes_from_stage_to_stage_and_becomes_an_order(self) -> None:
        lines = [{"description": "Machine", "quantity": 2, "unit_price": "1500.5"}]
        made = self._add(lines=lines)
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["status"], told["amount"], told["stage_id"]) == ("OPEN", "3001", self.stages[0])
        at = f"/opportunities/{told['id']}"
        self.assert_problem(self.till.post(f"{at}/move", {"stage_id": self.stages[1]}), 422, "invalid")
        changed = self.till.patch(at, {"expected_date": "2030-01-31"}, If_Match=made.headers["ETag"])
        assert changed.status_code == 200, changed.content
        assert self.till.patch(at, {"note": "x"}, If_Match=made.headers["ETag"]).status_code == 412
        seen = {"stage_id": self.stages[1], "seen_stage_id": self.stages[0]}
        assert self.till.post(f"{at}/move", seen).json()["stage_id"] == self.stages[1]
        self.assert_problem(self.till.post(f"{at}/move", seen), 409, "in-the-way")
        won = self.till.post(f"{at}/win", {}).json()
        assert won["status"] == "WON"
        assert self.till.get(f"/orders/{won['order_id']}").json()["total"] == "3001"
        assert [one["id"] for one in self.till.get("/opportunities?status=WON").json()["items"]] == [told["id"]]
        assert self.till.get("/opportunities").json()["items"] == []
        events = Event.objects.filter(name__startswith="opportunity.")
        assert {one.name for one in events} <= set(EVENTS)
        assert links_of(events[0].payload, "https://x")["opportunity"].endswith(f"/api/v1{at}")

    def test_one_is_lost_and_goes_on(self) -> None:
        at = f"/opportunities/{self._add().json()['id']}"
        self.assert_problem(self.till.post(f"{at}/lose", {"reason_id": 999_999}), 422, "invalid")
        assert self.till.post(f"{at}/lose", {"reason_id": self.reasons[0]}).json()["lost_reason_id"] == self.reasons[0]
        assert self.till.post(f"{at}/reopen").json()["status"] == "OPEN"
        self.assert_problem(self.till.post(f"{at}/win", {}), 409, "in-the-way")
        assert self.till.post(f"{at}/win", {"become": "ELSEWHERE"}).json()["order_id"] is None

    def test_the_same_request_with_the_same_key_enters_one_and_what_is_wrong_is_said(self) -> None:
        body = {"customer_number": "C-1", "title": "Once"}
        first = self.till.post("/opportunities", body, Idempotency_Key="deal-1")
        again = self.till.post("/opportunities", body, Idempotency_Key="deal-1")
        assert first.json() == again.json()
        assert Opportunity.objects.count() == 1
        for more in ({"title": ""}, {"stage_id": 999_999}, {"owner_id": 999_999}, {"lines": [{"quantity": 1}]}):
            self.assert_problem(self._add(**more), 422, "invalid")

    def test_a_token_that_may_not_enter_orders_wins_without_one(self) -> None:
        at = f"/opportunities/{self._add(amount='5').json()['id']}"
        _token, secret = token_of(self.rani, "sales.view", "sales.opportunities")
        narrow = Program(secret)
        self.assert_problem(narrow.post(f"{at}/win", {}), 403, "scope-missing")
        assert narrow.post(f"{at}/win", {"become": "ELSEWHERE"}).status_code == 200
