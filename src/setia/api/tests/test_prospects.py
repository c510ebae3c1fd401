"""Prospects through the interface: taken down once, given out, listed and qualified."""

from datetime import timedelta

from setia.accounts.models import Role, User
from setia.api.tests.people import NOON, Program, Shop, token_of
from setia.customers.models import Customer
from setia.sales import actions as sales
from setia.sales.models import Prospect

WULAN = {
    "name": "Ibu Wulan Ayu",
    "contacts": [{"kind": "WHATSAPP", "value": "0812 3456 7890"}],
    "source": "Landing page",
    "note": "Demo",
}


class ProspectsTest(Shop):
    def test_one_is_taken_down_with_its_source_and_found_in_the_list(self) -> None:
        answer = self.till.post("/prospects", WULAN)
        assert answer.status_code == 201, answer.content
        told = answer.json()
        assert (told["name"], told["how"], told["source"], told["owner"]) == ("Wulan Ayu", "API", "Landing page", None)
        assert self.till.get("/prospects?source=Landing+page&waiting=true").json()["items"] == [told]
        assert self.till.get("/prospects?status=WON").json()["items"] == []
        assert self.till.get(f"/prospects/{told['id']}").json() == told

    def test_somebody_who_is_here_is_named_and_taken_down_only_by_force(self) -> None:
        self.till.post("/prospects", WULAN)
        told = self.assert_problem(self.till.post("/prospects", WULAN), 409, "twins")
        assert len(told["candidates"]) == 1
        assert Prospect.objects.count() == 1
        assert self.till.post("/prospects?force=true", WULAN).status_code == 201

    def test_the_rules_say_who_looks_after_them(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, role=User.Role.SALES)
        sales.set_rule(by=self.rani, at=NOON - timedelta(days=1), rule=None, people=[sari], name="All")
        told = self.till.post("/prospects", WULAN).json()
        assert Customer.objects.get(pk=told["customer_id"]).owner == sari
        assert len(self.till.get("/prospects?owner=sari@kopi.id").json()["items"]) == 1
        assert self.till.get("/prospects?owner=nobody@kopi.id").status_code == 422

    def test_a_colleagues_prospect_is_nobodys_business_but_that_there_is_one(self) -> None:
        verbs = ["api.use", "customers.view", "customers.add", "sales.view", "sales.prospects"]
        Role.objects.create(code="own", name="Seller with a program", sees="OWN", verbs=verbs)
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role="own")
        self.till.post("/prospects", {**WULAN, "owner": "dimas@kopi.id"})
        hers = Program(token_of(sari)[1])
        told = self.assert_problem(hers.post("/prospects", WULAN), 409, "twins")
        assert told["candidates"] == []
        assert "Dimas Prasetyo" in told["detail"]
        assert hers.get("/prospects").json()["items"] == []

    def test_where_they_stand_is_said_with_a_reason_and_a_version(self) -> None:
        told = self.till.post("/prospects", WULAN).json()
        address = f"/prospects/{told['id']}/qualify"
        self.assert_problem(self.till.post(address, {"status": "UNQUALIFIED"}), 422, "invalid")
        done = self.till.post(address, {"status": "UNQUALIFIED", "reason": "NO_BUDGET"})
        assert (done.status_code, done.json()["reason"]) == (200, "NO_BUDGET")
        assert self.till.post(address, {"status": "WON"}).status_code == 422

    def test_nobody_and_nothing_is_told_where_it_is_missing(self) -> None:
        self.assert_problem(self.till.post("/prospects", {"source": "x"}), 422, "invalid")
        wrong = {"name": "Budi", "contacts": [{"kind": "EMAIL", "value": "a@"}]}
        told = self.assert_problem(self.till.post("/prospects", wrong), 422, "invalid")
        assert told["errors"][0]["pointer"] == "/contacts/0/value"
