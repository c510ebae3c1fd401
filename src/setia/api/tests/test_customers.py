"""Customers by program: read, add, change, and all that may go wrong."""

from setia.api.tests.people import Program, Shop, token_of
from setia.customers.models import Customer, TimelineEntry


class Reading(Shop):
    def test_the_till_reads_a_customer_with_contacts(self) -> None:
        answer = self.till.get(f"/customers/{self.siti.pk}")
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert told["name"] == "Siti Nurhaliza"
        assert told["contacts"][0]["value"] == "+6281220457781"
        assert (
            self.till.get(f"/customers/{self.siti.pk}", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
        )

    def test_the_list_goes_on_by_cursor_to_its_end_and_names_everybody_once(self) -> None:
        for number in range(7):
            assert self.till.post("/customers", {"name": f"Pembeli {number}"}).status_code == 201
        seen: list[str] = []
        cursor = ""
        while True:
            page = self.till.get(f"/customers?sort=name&limit=3&cursor={cursor}").json()
            seen += [one["name"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == [f"Pembeli {number}" for number in range(7)] + ["Siti Nurhaliza"]

    def test_a_cursor_is_good_for_its_own_list_alone(self) -> None:
        for number in range(3):
            self.till.post("/customers", {"name": f"Pembeli {number}"})
        cursor = self.till.get("/customers?limit=1").json()["next"]
        told = self.assert_problem(self.till.get(f"/customers?limit=1&kind=COMPANY&cursor={cursor}"), 422, "invalid")
        assert told["errors"][0]["pointer"] == "cursor"
        self.assert_problem(self.till.get(f"/customers?cursor={cursor}x"), 422, "invalid")
        self.assert_problem(self.till.get("/customers?cursor=WzAsMCwiYSJd"), 422, "invalid")

    def test_a_number_and_a_contact_find_exactly_their_customer(self) -> None:
        self.till.post("/customers", {"name": "Budi Santoso", "contacts": [{"kind": "EMAIL", "value": "Budi@Kopi.ID"}]})
        for query in ("number=C-1", "contact=081220457781", "contact=%2B62 812 2045 7781"):
            assert [one["id"] for one in self.till.get(f"/customers?{query}").json()["items"]] == [self.siti.pk], query
        assert [one["name"] for one in self.till.get("/customers?contact=budi@kopi.id").json()["items"]] == [
            "Budi Santoso"
        ]
        assert self.till.get("/customers?contact=nobody@kopi.id").json() == {"items": [], "next": None}

    def test_a_misspelt_filter_is_refused_and_not_passed_over(self) -> None:
        told = self.assert_problem(self.till.get("/customers?emial=siti"), 422, "invalid")
        assert told["errors"][0]["pointer"] == "emial"

    def test_the_list_costs_few_queries(self) -> None:
        with self.assertNumQueries(7):  # the firm, the token, its meter, its use, customers, contacts, tags
            self.till.get("/customers")


class Adding(Shop):
    def test_the_till_adds_a_customer_as_the_person_who_made_its_token(self) -> None:
        answer = self.till.post(
            "/customers",
            {
                "name": "Ibu Hj. Ratna Dewi, S.E.",
                "industry": "Kuliner",
                "birthday": "1980-05-01",
                "contacts": [{"kind": "WHATSAPP", "value": "0813 1111 2222"}, {"kind": "EMAIL", "value": "ratna@x.id"}],
            },
        )
        assert answer.status_code == 201, answer.content
        told = answer.json()
        assert (told["name"], told["call_name"], told["industry"]) == ("Ratna Dewi", "Ratna", "Kuliner")
        assert answer.headers["Location"] == f"/api/v1/customers/{told['id']}"
        entry = TimelineEntry.objects.get(customer=told["id"])
        assert (entry.kind, entry.by) == ("ADDED", self.dimas)

    def test_a_likely_double_is_named_and_added_only_by_force(self) -> None:
        body = {"name": "Ibu Siti Nurhaliza", "contacts": [{"kind": "PHONE", "value": "+62 812-2045-7781"}]}
        told = self.assert_problem(self.till.post("/customers", body), 409, "twins")
        assert [one["id"] for one in told["candidates"]] == [self.siti.pk]
        assert told["candidates"][0]["certainty"] >= 0.8
        assert told["candidates"][0]["why"]
        assert self.till.post("/customers?force=true", body).status_code == 201

    def test_what_is_wrong_is_said_with_its_place_in_both_languages(self) -> None:
        body = {"nama": "x", "kind": "ALIEN", "birthday": "yesterday", "contacts": [{"kind": "EMAIL"}]}
        told = self.assert_problem(self.till.post("/customers", body), 422, "invalid")
        assert {one["pointer"] for one in told["errors"]} == {"/nama", "/kind", "/birthday", "/contacts/0/value"}
        english = {one["pointer"]: one["detail"] for one in told["errors"]}
        indonesian = Program(self.secret, language="id").post("/customers", body).json()
        for one in indonesian["errors"]:
            assert one["detail"] != english[one["pointer"]], one
        assert indonesian["title"] != told["title"]

    def test_a_contact_that_is_none_is_refused_where_it_stands(self) -> None:
        body = {"name": "Budi", "contacts": [{"kind": "EMAIL", "value": "a@b.id"}, {"kind": "PHONE", "value": "zzz"}]}
        told = self.assert_problem(self.till.post("/customers", body), 422, "invalid")
        assert told["errors"][0]["pointer"] == "/contacts/1/value"
        twice = {
            "name": "Budi",
            "contacts": [{"kind": "EMAIL", "value": "a@b.id"}, {"kind": "EMAIL", "value": "A@B.id"}],
        }
        self.assert_problem(self.till.post("/customers", twice), 422, "invalid")
        assert not Customer.objects.filter(name="Budi").exists()

    def test_nobody_is_added_without_name_and_number_nor_with_a_number_that_is_taken(self) -> None:
        self.assert_problem(self.till.post("/customers", {"notes": "?"}), 422, "invalid")
        told = self.assert_problem(self.till.post("/customers", {"number": "C-1"}), 409, "taken")
        assert told["candidates"][0]["id"] == self.siti.pk


class Changing(Shop):
    def test_only_what_is_sent_changes(self) -> None:
        answer = self.till.patch(f"/customers/{self.siti.pk}", {"region": "Bandung"})
        assert answer.status_code == 200, answer.content
        self.siti.refresh_from_db()
        assert (self.siti.region, self.siti.name, self.siti.number) == ("Bandung", "Siti Nurhaliza", "C-1")

    def test_who_changes_an_old_version_is_told_and_changes_nothing(self) -> None:
        etag = self.till.get(f"/customers/{self.siti.pk}").headers["ETag"]
        first = self.till.patch(f"/customers/{self.siti.pk}", {"region": "Bandung"}, If_Match=etag)
        assert first.status_code == 200
        second = self.till.patch(f"/customers/{self.siti.pk}", {"region": "Bogor"}, If_Match=etag)
        self.assert_problem(second, 412, "changed-meanwhile")
        self.siti.refresh_from_db()
        assert self.siti.region == "Bandung"
        assert (
            self.till.patch(f"/customers/{self.siti.pk}", {"region": "Bogor"}, If_Match=first["ETag"]).status_code
            == 200
        )

    def test_contacts_are_added_corrected_preferred_and_removed(self) -> None:
        base = f"/customers/{self.siti.pk}/contacts"
        made = self.till.post(base, {"kind": "EMAIL", "value": "Siti@Kopi.id"})
        assert (made.status_code, made.json()["value"]) == (201, "siti@kopi.id")
        self.assert_problem(self.till.post(base, {"kind": "EMAIL", "value": "siti@kopi.id"}), 409, "taken")
        key = made.json()["id"]
        assert self.till.patch(f"{base}/{key}", {"kind": "EMAIL", "value": "s@kopi.id"}).json()["value"] == "s@kopi.id"
        assert self.till.post(f"{base}/{key}/prefer").json()["preferred"] is True
        assert self.till.get(base).json()["items"][0]["id"] == key
        assert self.till.delete(f"{base}/{key}").status_code == 204
        self.assert_problem(self.till.delete(f"{base}/{key}"), 404, "not-found")

    def test_a_customer_is_archived_and_taken_back(self) -> None:
        assert self.till.post(f"/customers/{self.siti.pk}/archive").json()["archived_at"] is not None
        assert self.till.get("/customers").json()["items"] == []
        assert len(self.till.get("/customers?archived=true").json()["items"]) == 1
        assert self.till.post(f"/customers/{self.siti.pk}/restore").json()["archived_at"] is None

    def test_a_note_is_written(self) -> None:
        assert self.till.post(f"/customers/{self.siti.pk}/notes", {"text": "Suka kopi susu"}).status_code == 204
        assert TimelineEntry.objects.filter(customer=self.siti, kind="NOTE", data__text="Suka kopi susu").exists()
        self.assert_problem(self.till.post(f"/customers/{self.siti.pk}/notes", {"text": " "}), 422, "invalid")

    def test_only_the_owner_deletes(self) -> None:
        self.assert_problem(self.till.delete(f"/customers/{self.siti.pk}"), 403, "scope-missing")
        owner = Program(token_of(self.rani)[1])
        assert owner.delete(f"/customers/{self.siti.pk}").status_code == 204
        self.assert_problem(owner.get(f"/customers/{self.siti.pk}"), 404, "not-found")
