"""Contracts, revisions and complaints over the interface."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from setia.accounts.models import AuditEntry, User
from setia.api.events import EVENTS, links_of
from setia.api.tests.people import Program, Shop, token_of
from setia.core.models import Event
from setia.core.queries import today
from setia.service.models import Concern, Contract


class ContractsTest(Shop):
    def setUp(self) -> None:
        super().setUp()
        self.desk = self.till
        self.desk.post("/customers", {"name": "Toko Kedua", "number": "C-2"})
        self.today = today(at=timezone.now())

    def agree(self, **more: Any) -> dict[str, Any]:
        body = {"customer_number": "C-1", "title": "Bar kopi", "from_date": self.today.isoformat(), **more}
        found: dict[str, Any] = self.desk.post("/contracts", body).json()
        return found

    def complain(self, **more: Any) -> Any:
        return self.desk.post(
            "/concerns", {"customer_number": "C-1", "kind": "COMPLAINT", "words": "Datang terlambat", **more}
        )

    def test_a_contract_is_entered_read_changed_renewed_and_taken_away(self) -> None:
        until = self.today + timedelta(days=30)
        one = self.agree(until_date=until.isoformat(), value="12500000.50", responsible=self.rani.email)
        assert (one["value"], one["responsible"], one["source"]) == ("12500000.5", self.rani.email, "")
        key = one["id"]
        at = f"/contracts/{key}"
        tag = self.desk.get(at)["ETag"]
        assert self.desk.patch(at, {"complexity": "COMPLEX", "responsible": None}, If_Match=tag).status_code == 200
        self.assert_problem(self.desk.patch(at, {"title": "x"}, If_Match=tag), 412, "changed-meanwhile")
        self.assert_problem(self.desk.patch(at, {"title": ""}), 422, "invalid")
        self.assert_problem(self.desk.patch(at, {"until_date": "2000-01-01"}), 422, "invalid")
        assert self.desk.get(at).json()["responsible"] is None
        assert [row["id"] for row in self.desk.get("/contracts?state=ENDING").json()["items"]] == [one["id"]]
        made = self.desk.post(f"/contracts/{key}/renew", {"title": "Bar kopi II"}).json()
        assert (made["follows_id"], made["title"], made["complexity"]) == (one["id"], "Bar kopi II", "COMPLEX")
        assert made["from_date"] == (until + timedelta(days=1)).isoformat()
        self.assert_problem(self.desk.post(f"/contracts/{key}/renew", {}), 409, "in-the-way")
        assert self.desk.delete(f"/contracts/{made['id']}").status_code == 204
        assert self.desk.get(at).json()["followed_by_id"] is None
        assert AuditEntry.objects.filter(verb__startswith="contract.").count() == 4

    def test_a_complaint_is_written_down_settled_and_opened_again(self) -> None:
        contract = self.agree()
        one = self.complain(contract_id=contract["id"]).json()
        assert (one["raised_date"], one["closed_at"]) == (self.today.isoformat(), None)
        key = one["id"]
        at = f"/concerns/{key}"
        assert self.desk.patch(at, {"kind": "REVISION"}).json()["kind"] == "REVISION"
        done = self.desk.post(f"/concerns/{key}/settle", {"answer": "Diganti"}).json()
        assert done["answer"] == "Diganti"
        assert done["closed_at"]
        self.assert_problem(self.desk.post(f"/concerns/{key}/settle", {}), 409, "in-the-way")
        assert [row["id"] for row in self.desk.get("/concerns?done=true").json()["items"]] == [one["id"]]
        assert self.desk.post(f"/concerns/{key}/reopen", {}).json()["answer"] == ""
        self.assert_problem(self.desk.post(f"/concerns/{key}/reopen", {}), 409, "in-the-way")

    def test_what_is_wrong_is_told_where_it_is(self) -> None:
        theirs = self.agree(customer_number="C-2")
        for more, pointer in [
            ({"contract_id": theirs["id"]}, "/contract_id"),
            ({"contract_id": 987654}, "/contract_id"),
            ({"words": "  "}, "/words"),
            ({"raised_date": "1066-10-14"}, "/raised_date"),
            ({"customer_number": "C-9"}, "/customer_number"),
            ({"resolver": "siapa@kopi.id"}, "/resolver"),
        ]:
            answer = self.complain(**more)
            self.assert_problem(answer, 422, "invalid")
            assert answer.json()["errors"][0]["pointer"] == pointer, more
        assert not Concern.objects.exists()

    def test_the_same_request_with_the_same_key_enters_one(self) -> None:
        body = {"customer_number": "C-1", "title": "Bar", "from_date": "2026-01-01"}
        first = self.desk.post("/contracts", body, Idempotency_Key="k-1")
        again = self.desk.post("/contracts", body, Idempotency_Key="k-1")
        assert (first.json(), again.status_code, Contract.objects.count()) == (again.json(), 201, 1)
        self.assert_problem(
            self.desk.post("/contracts", body | {"title": "x"}, Idempotency_Key="k-1"), 422, "key-reused"
        )

    def test_a_token_without_the_scope_and_somebody_elses_customers_stay_closed(self) -> None:
        one = self.agree()
        reader = Program(token_of(self.rani, "service.view")[1])
        self.assert_problem(reader.post("/contracts", {}), 403, "scope-missing")
        assert reader.get(f"/contracts/{one['id']}").status_code == 200
        User.objects.filter(pk=self.dimas.pk).update(role_id="SALES")  # who sees their own customers only
        self.assert_problem(self.desk.get(f"/contracts/{one['id']}"), 404, "not-found")
        assert self.desk.get("/contracts").json()["items"] == []

    def test_what_happens_to_them_can_be_told_to_other_systems(self) -> None:
        contract = self.agree()
        self.complain(contract_id=contract["id"])
        for name in ("contract.added", "concern.added"):
            event = Event.objects.get(name=name)
            assert name in EVENTS
            links = links_of(event.payload, "https://setia.kopi.id")
            about = name.partition(".")[0]
            assert links[about] == f"https://setia.kopi.id/api/v1/{about}s/{event.payload[f'{about}_id']}"
            assert "customer" in links
