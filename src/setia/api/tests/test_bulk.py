"""Many customers in one request."""

from setia.api.tests.people import Program, Shop, token_of
from setia.customers.models import ContactPoint, Customer


class Bulk(Shop):
    def test_known_numbers_are_changed_new_ones_added_and_each_is_reported_on(self) -> None:
        items = [
            {
                "number": "C-1",
                "name": "Siti Nurhaliza",
                "region": "Bogor",
                "contacts": [{"kind": "EMAIL", "value": "s@x.id"}],
            },
            {"number": "C-2", "name": "Budi Santoso"},
            {"number": "C-3", "name": "Siti Nurhaliza", "contacts": [{"kind": "PHONE", "value": "081220457781"}]},
            {"number": "C-4", "name": "Salah", "contacts": [{"kind": "EMAIL", "value": "zzz"}]},
        ]
        report = self.till.post("/customers/bulk", {"items": items}).json()
        assert [one["status"] for one in report["items"]] == ["updated", "created", "refused", "refused"]
        assert report["items"][2]["candidates"][0]["id"] == self.siti.pk
        assert report["items"][3]["errors"][0]["pointer"] == "/items/3/contacts/0/value"
        assert set(ContactPoint.objects.filter(customer=self.siti).values_list("kind", flat=True)) == {
            "WHATSAPP",
            "EMAIL",
        }
        again = self.till.post("/customers/bulk", {"items": items[:2]}).json()
        assert (again["unchanged"], again["updated"], again["created"]) == (2, 0, 0)
        assert Customer.objects.count() == 2

    def test_all_or_nothing_is_just_that(self) -> None:
        items = [{"number": "C-2", "name": "Budi"}, {"notes": "nobody"}]
        told = self.assert_problem(
            self.till.post("/customers/bulk?all_or_nothing=true", {"items": items}), 422, "invalid"
        )
        assert told["errors"][0]["pointer"] == "/items/1/name"
        assert not Customer.objects.filter(number="C-2").exists()

    def test_it_takes_both_scopes(self) -> None:
        adder = Program(token_of(self.dimas, "customers.add")[1])
        told = self.assert_problem(adder.post("/customers/bulk", {"items": [{"name": "A"}]}), 403, "scope-missing")
        assert told["scope"] == "customers.edit"

    def test_there_are_at_most_five_hundred(self) -> None:
        many = [{"name": "A"}] * 501
        self.assert_problem(self.till.post("/customers/bulk", {"items": many}), 422, "invalid")
        self.assert_problem(self.till.post("/customers/bulk", {"items": []}), 422, "invalid")
