"""Subscriptions, plans and units by program."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from setia.api.events import EVENTS, links_of
from setia.api.tests.people import Program, Shop, token_of
from setia.core.models import Event
from setia.core.queries import today
from setia.subscriptions.models import Plan, Subscription


class Subscriptions(Shop):
    def setUp(self) -> None:
        super().setUp()
        self.today = today(at=timezone.now())
        made = self.till.post("/plans", {"code": " beans ", "name": "Beans", "price": "120000"})
        assert made.status_code == 201, made.content
        self.plan = made.json()

    def _start(self, **more: Any) -> Any:
        body = {"customer_number": "C-1", "plan_code": "beans", "started_date": self.today.isoformat(), **more}
        return self.till.post("/subscriptions", body)

    def test_a_plan_is_changed_for_those_who_come_after_and_archived(self) -> None:
        assert (self.plan["code"], self.plan["price"], self.plan["period"]) == ("BEANS", "120000", "MONTH")
        one = self._start().json()
        key = self.plan["id"]
        changed = self.till.patch(f"/plans/{key}", {"price": "150000"})
        assert (changed.status_code, changed.json()["price"]) == (200, "150000")
        assert self.till.get(f"/subscriptions/{one['id']}").json()["price"] == "120000"
        self.assert_problem(self.till.post("/plans", {"code": "BEANS", "name": "?", "price": 1}), 409, "taken")
        self.assert_problem(
            self.till.post("/plans", {"code": "X", "name": "X", "price": 1, "period": "DAYS"}), 422, "invalid"
        )
        assert self.till.post(f"/plans/{key}/archive").json()["archived_at"]
        assert self.till.get("/plans").json()["items"] == []
        self.assert_problem(self._start(), 422, "invalid")
        assert self.till.post(f"/plans/{key}/restore").json()["archived_at"] is None

    def test_a_subscription_lives_its_life(self) -> None:
        made = self._start(quantity=2, number="S-1")
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["number"], told["monthly"], told["status"]) == ("S-1", "240000", "ACTIVE")
        at = f"/subscriptions/{told['id']}"
        changed = self.till.patch(at, {"price": "100000"}, If_Match=made.headers["ETag"])
        assert (changed.status_code, changed.json()["monthly"]) == (200, "200000")
        late = self.till.patch(at, {"price": "1"}, If_Match=made.headers["ETag"])
        self.assert_problem(late, 412, "changed-meanwhile")
        more = self.till.post("/plans", {"code": "more", "name": "More", "price": "300000"}).json()
        soon = (self.today + timedelta(days=3)).isoformat()
        planned = self.till.post(f"{at}/switch", {"plan_code": "more", "day": soon})
        assert planned.json()["planned"]["plan"] == str(more["id"])
        assert self.till.post(f"{at}/drop-planned-change").json()["planned"] == {}
        switched = self.till.post(f"{at}/switch", {"plan_id": more["id"]}).json()
        assert (switched["plan_code"], switched["monthly"]) == ("MORE", "600000")
        self.assert_problem(self.till.post(f"{at}/switch", {"plan_id": more["id"]}), 422, "invalid")
        assert self.till.post(f"{at}/pause", {}).json()["status"] == "PAUSED"
        assert self.till.post(f"{at}/resume").json()["status"] == "ACTIVE"
        assert self.till.post(f"{at}/cancel", {"reason": "PRICE"}).json()["ends_date"]
        assert self.till.post(f"{at}/keep").json()["ends_date"] is None
        over = self.till.post(f"{at}/cancel", {"reason": "PRICE", "at_period_end": False}).json()
        assert (over["status"], over["ended_date"]) == ("CANCELLED", self.today.isoformat())
        self.assert_problem(self.till.post(f"{at}/pause", {}), 409, "in-the-way")

    def test_a_fixed_time_is_renewed(self) -> None:
        ends = self.today + timedelta(days=20)
        one = self._start(ends_date=ends.isoformat()).json()
        at = f"/subscriptions/{one['id']}/renew"
        self.assert_problem(self.till.post(at, {"ends_date": ends.isoformat()}), 422, "invalid")
        later = (ends + timedelta(days=30)).isoformat()
        assert self.till.post(at, {"ends_date": later}).json()["ends_date"] == later
        key = one["id"]
        back = f"/subscriptions/{key}/take-renewal-back"
        assert self.till.post(back, {}).json()["ends_date"] == ends.isoformat()
        self.assert_problem(self.till.post(back, {}), 409, "in-the-way")
        assert self.till.post(at, {"ends_date": later}).json()["renewed_from_date"] == ends.isoformat()
        assert self.till.post(at, {}).json()["ends_date"] is None
        self.assert_problem(self.till.post(at, {}), 409, "in-the-way")

    def test_the_same_request_with_the_same_key_enters_one(self) -> None:
        body = {"customer_number": "C-1", "plan_id": self.plan["id"], "started_date": self.today.isoformat()}
        first = self.till.post("/subscriptions", body, Idempotency_Key="s-1")
        again = self.till.post("/subscriptions", body, Idempotency_Key="s-1")
        assert first.json() == again.json()
        assert Subscription.objects.count() == 1

    def test_the_list_comes_in_pages_and_by_filter(self) -> None:
        keys = {self._start().json()["id"] for _ in range(3)}
        first = self.till.get("/subscriptions?limit=2").json()
        second = self.till.get(f"/subscriptions?limit=2&cursor={first['next']}").json()
        assert {one["id"] for one in first["items"] + second["items"]} == keys
        assert second["next"] is None
        assert self.till.get("/subscriptions?status=PAUSED").json()["items"] == []
        assert len(self.till.get(f"/subscriptions?customer_id={self.siti.pk}&status=RUNNING").json()["items"]) == 3

    def test_what_is_wrong_is_said_where_it_is(self) -> None:
        told = self.assert_problem(self._start(customer_number="?"), 422, "invalid")
        assert told["errors"][0]["pointer"] == "/customer_number"
        told = self.assert_problem(self._start(plan_code="none"), 422, "invalid")
        assert told["errors"][0]["pointer"] == "/plan_code"
        told = self.assert_problem(self._start(started_date="1950-01-01"), 422, "invalid")
        assert told["errors"][0]["pointer"] == "/started_date"
        self._start(number="S-9")
        assert self.assert_problem(self._start(number="S-9"), 409, "taken")["candidates"]

    def test_a_token_does_what_its_scopes_say(self) -> None:
        one = self._start().json()
        looker = Program(token_of(self.dimas, "subscriptions.view", "customers.view")[1])
        assert looker.get(f"/subscriptions/{one['id']}").status_code == 200
        self.assert_problem(
            looker.post(f"/subscriptions/{one['id']}/cancel", {"reason": "PRICE"}), 403, "scope-missing"
        )

    def test_a_unit_is_entered_served_and_taken_out_of_use(self) -> None:
        self.till.post("/products", {"code": "LM-1", "name": "Mesin"})
        body = {"product_code": "lm-1", "customer_id": self.siti.pk, "serial": "sn-1", "installed_date": "2026-01-31"}
        made = self.till.post("/units", body | {"service_every_months": 1})
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["serial"], told["next_service_date"]) == ("SN-1", "2026-02-28")
        at = f"/units/{told['id']}"
        self.assert_problem(self.till.post("/units", body), 409, "taken")
        self.assert_problem(self.till.post("/units", {"serial": "X"}), 422, "invalid")
        assert self.till.patch(at, {"place": "Lantai 2"}).json()["place"] == "Lantai 2"
        served = self.till.post(f"{at}/services", {"day": "2026-03-01", "done": "Cleaned"})
        assert (served.status_code, served.json()["next_service_date"]) == (201, "2026-04-01")
        assert [one["id"] for one in self.till.get("/units?serial=sn-").json()["items"]] == [told["id"]]
        assert self.till.post(f"{at}/retire", {"day": "2026-05-01"}).json()["retired_date"] == "2026-05-01"
        self.assert_problem(self.till.post(f"{at}/retire", {"day": "2026-05-01"}), 409, "in-the-way")
        assert self.till.post(f"{at}/back").json()["retired_date"] is None

    def test_every_verb_here_is_told_to_webhooks_with_a_link(self) -> None:
        one = self._start().json()
        self.till.post(f"/subscriptions/{one['id']}/pause", {})
        names = set(Event.objects.values_list("name", flat=True))
        assert {"plan.added", "subscription.started", "subscription.paused"} <= names & set(EVENTS)
        assert links_of({"subscription_id": one["id"]}, "https://s") == {
            "subscription": f"https://s/api/v1/subscriptions/{one['id']}"
        }
        assert Plan.objects.count() == 1
