"""Orders by program."""

from decimal import Decimal

from setia.api.tests.people import NOON, Shop
from setia.catalogue import actions as catalogue
from setia.core.models import Event
from setia.orders.models import Order


class Orders(Shop):
    def setUp(self) -> None:
        super().setUp()
        self.coffee = catalogue.add(by=self.dimas, at=NOON, code="KS", name="Kopi susu", price=Decimal(18000))

    def test_an_order_names_its_customer_and_products_by_number_and_code(self) -> None:
        body = {
            "customer_number": "C-1",
            "ordered_at": "2026-11-22T09:30:00+07:00",
            "discount": "1000",
            "lines": [{"product_code": "ks", "quantity": 2}, {"description": "Ongkir", "unit_price": 9000}],
        }
        made = self.till.post("/orders", body)
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["customer_id"], told["total"], told["kind"], told["day"]) == (
            self.siti.pk,
            "44000",
            "PURCHASE",
            "2026-11-22",
        )
        assert told["ordered_at"] == "2026-11-22T02:30:00Z"
        assert [one["amount"] for one in told["lines"]] == ["36000", "9000"]
        assert self.till.get(f"/orders/{told['id']}").json() == told
        assert [
            one["id"] for one in self.till.get(f"/orders?customer={self.siti.pk}&since=2026-11-22").json()["items"]
        ] == [told["id"]]
        assert self.till.get("/orders?until=2026-11-21").json()["items"] == []

    def test_every_line_that_is_wrong_is_named(self) -> None:
        body = {"customer_id": 999_999, "lines": [{"description": "x", "unit_price": 1}]}
        assert (
            self.assert_problem(self.till.post("/orders", body), 422, "invalid")["errors"][0]["pointer"]
            == "/customer_id"
        )
        lines = [{"product_code": "nope"}, {"unit_price": 1}, {"product_id": self.coffee.pk, "quantity": 0}]
        told = self.assert_problem(self.till.post("/orders", {"lines": lines}), 422, "invalid")
        assert {one["pointer"] for one in told["errors"]} == {
            "/lines/0/product_code",
            "/lines/0/unit_price",
            "/lines/1/description",
            "/lines/2/quantity",
        }
        assert not Order.objects.exists()

    def test_an_order_of_less_than_nothing_is_no_order(self) -> None:
        lines = [{"product_id": self.coffee.pk}]
        self.assert_problem(self.till.post("/orders", {"lines": lines, "discount": "20000"}), 422, "invalid")
        self.assert_problem(self.till.post("/orders", {"lines": lines, "discount": "18000"}), 422, "invalid")
        free = self.till.post("/orders", {"lines": lines, "discount": "18000", "customer_id": self.siti.pk})
        assert free.json()["kind"] == "FREE"
        self.assert_problem(self.till.post("/orders", {"lines": []}), 422, "invalid")
        huge = [{"description": "x", "unit_price": "999999999999", "quantity": "9999999999"}]
        self.assert_problem(self.till.post("/orders", {"lines": huge}), 422, "invalid")

    def test_an_order_is_corrected_and_keeps_lines_that_are_not_sent(self) -> None:
        made = self.till.post("/orders", {"number": "A-1", "lines": [{"product_id": self.coffee.pk}]})
        key, etag = made.json()["id"], made.headers["ETag"]
        changed = self.till.patch(f"/orders/{key}", {"note": "Meja 4"}, If_Match=etag)
        assert (changed.status_code, changed.json()["total"], changed.json()["note"]) == (200, "18000", "Meja 4")
        self.assert_problem(self.till.patch(f"/orders/{key}", {"note": "x"}, If_Match=etag), 412, "changed-meanwhile")
        self.assert_problem(
            self.till.post("/orders", {"number": "A-1", "lines": [{"product_code": "KS"}]}), 409, "taken"
        )

    def test_a_purchase_is_taken_back_once(self) -> None:
        key = self.till.post("/orders", {"lines": [{"product_id": self.coffee.pk}]}).json()["id"]
        back = self.till.post(f"/orders/{key}/return", {"reason": "Tumpah"})
        assert (back.status_code, back.json()["reverses"], back.json()["total"]) == (201, key, "-18000")
        self.assert_problem(self.till.post(f"/orders/{key}/return", {"reason": "lagi"}), 409, "in-the-way")
        self.assert_problem(self.till.patch(f"/orders/{key}", {"note": "x"}), 409, "in-the-way")

    def test_many_are_entered_and_all_or_nothing_means_nothing(self) -> None:
        good = {"number": "B-1", "lines": [{"product_code": "KS"}]}
        bad = {"number": "B-2", "lines": [{"product_code": "nope"}]}
        told = self.assert_problem(
            self.till.post("/orders/bulk?all_or_nothing=true", {"items": [good, bad]}), 422, "invalid"
        )
        assert told["errors"][0]["pointer"] == "/items/1/lines/0/product_code"
        assert not Order.objects.exists()
        report = self.till.post("/orders/bulk", {"items": [good, bad]}).json()
        assert (report["created"], report["refused"]) == (1, 1)
        assert self.till.post("/orders/bulk", {"items": [good]}).json()["unchanged"] == 1
        assert Order.objects.count() == 1

    def test_each_verb_is_told_to_the_house_once_even_when_the_customer_changes(self) -> None:
        key = self.till.post("/orders", {"customer_id": self.siti.pk, "lines": [{"product_code": "KS"}]}).json()["id"]
        self.till.patch(f"/orders/{key}", {"customer_id": None})
        walk_in = self.till.post("/orders", {"lines": [{"product_code": "KS"}]}).json()["id"]
        told = list(
            Event.objects.filter(name__in=["order.added", "order.edited"]).values_list("name", "payload__order_id")
        )
        assert told == [("order.added", key), ("order.edited", key), ("order.added", walk_in)]
