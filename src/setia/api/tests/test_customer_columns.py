"""Own fields, tags, tax number and who is responsible, in and out by program."""

from setia.api.tests.people import Shop
from setia.customers import actions
from setia.customers.models import Customer, CustomField
from setia.customers.tests.people import NOON


class OwnFields(Shop):
    machine: CustomField
    target: CustomField

    def setUp(self) -> None:
        super().setUp()
        made = {
            label: actions.add_field(by=self.rani, at=NOON, label=label, type=kind, options=options, quick=False)
            for label, kind, options in (
                ("Mesin", "TEXT", []),
                ("Target", "MONEY", []),
                ("Sejak", "DATE", []),
                ("Sangrai", "CHOICE", ["Terang", "Gelap"]),
                ("Dibawa", "REFERENCE", []),
            )
        }
        self.machine, self.target = made["Mesin"], made["Target"]

    def test_what_is_written_is_read_back_as_it_was_written(self) -> None:
        own = {
            "mesin": "La Pavoni",
            "target": "1.125",
            "sejak": "2024-12-31",
            "sangrai": "Gelap",
            "dibawa": self.siti.pk,
        }
        body = {"name": "Ratna Dewi", "tax_number": "3273-0141-0788-0002", "tags": ["VIP", "Grosir"], "own": own}
        answer = self.till.post("/customers", body | {"owner": self.dimas.email})
        assert answer.status_code == 201, answer.content
        told = answer.json()
        assert told["own"] == own
        assert (told["tax_number"], told["tags"], told["owner"]) == (
            "3273014107880002",
            ["Grosir", "VIP"],
            self.dimas.email,
        )
        kept = Customer.objects.get(pk=told["id"])
        echoed = {name: told[name] for name in ("own", "tags", "tax_number", "owner")}
        same = self.till.patch(f"/customers/{kept.pk}", echoed)
        assert same.status_code == 200, same.content
        assert same.headers["ETag"] == answer.headers["ETag"], "what was read, written back, changes nothing"

    def test_a_field_left_out_stays_null_clears_it_and_tags_are_exactly_those_given(self) -> None:
        self.till.patch(f"/customers/{self.siti.pk}", {"own": {"mesin": "A", "target": 5}, "tags": ["VIP"]})
        before = self.till.get(f"/customers/{self.siti.pk}").headers["ETag"]
        answer = self.till.patch(f"/customers/{self.siti.pk}", {"own": {"mesin": None}, "tags": ["Grosir"]})
        assert (answer.json()["own"], answer.json()["tags"]) == ({"target": "5"}, ["Grosir"])
        assert answer.headers["ETag"] != before
        assert self.till.patch(f"/customers/{self.siti.pk}", {"region": "Bogor"}).json()["tags"] == ["Grosir"]

    def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_kept(self) -> None:
        for wrong, pointer in (
            ({"own": {"target": "banyak"}}, "/own/target"),
            ({"own": {"sangrai": "hijau"}}, "/own/sangrai"),
            ({"own": {"tiada": "x"}}, "/own/tiada"),
            ({"own": {"dibawa": 10**12}}, None),
            ({"tax_number": "12"}, "/tax_number"),
            ({"owner": "siapa@kopi.id"}, "/owner"),
            ({"tags": ["#"]}, "/tags"),
        ):
            told = self.assert_problem(
                self.till.patch(f"/customers/{self.siti.pk}", {"region": "X"} | wrong), 422, "invalid"
            )
            if pointer:
                assert told["errors"][0]["pointer"] == pointer
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.extra) == ("", {})

    def test_many_at_once_bring_them_too_and_again_change_nothing(self) -> None:
        items = [
            {"number": "C-1", "tags": ["VIP"], "own": {"mesin": "A"}, "owner": self.dimas.email},
            {"number": "C-2", "name": "Kusuma", "tax_number": "013002761093000", "own": {"target": 7}},
            {"number": "C-3", "name": "PT Kusuma", "tax_number": "01.300.276.1-093.000"},
        ]
        report = self.till.post("/customers/bulk", {"items": items}).json()
        assert [one["status"] for one in report["items"]] == ["updated", "created", "refused"], report
        assert report["items"][2]["code"] == "twins", "the same tax number under nearly the same name"
        again = self.till.post("/customers/bulk", {"items": items[:2]}).json()
        assert again["unchanged"] == 2

    def test_somebody_who_has_left_cannot_be_made_responsible(self) -> None:
        gone = type(self.dimas).objects.create_user("joko@kopi.id", None, name="Joko", is_active=False)
        answer = self.till.patch(f"/customers/{self.siti.pk}", {"owner": gone.email})
        assert answer.status_code == 403, answer.content
        self.siti.refresh_from_db()
        assert self.siti.owner is None
