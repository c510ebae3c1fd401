"""Products by program."""

from setia.api.tests.people import Shop
from setia.catalogue.models import Product


class Products(Shop):
    def test_a_product_is_added_found_changed_and_archived(self) -> None:
        made = self.till.post(
            "/products", {"code": " ks-01 ", "name": "Kopi susu", "price": 18000.5, "category": "Kopi"}
        )
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["code"], told["price"], told["category"]) == ("KS-01", "18000.5", "Kopi")
        assert [one["id"] for one in self.till.get("/products?code=Ks-01").json()["items"]] == [told["id"]]
        assert [one["id"] for one in self.till.get("/products?q=susu").json()["items"]] == [told["id"]]
        changed = self.till.patch(f"/products/{told['id']}", {"price": "20000"}, If_Match=made.headers["ETag"])
        assert (changed.status_code, changed.json()["price"], changed.json()["name"]) == (200, "20000", "Kopi susu")
        again = self.till.patch(f"/products/{told['id']}", {"price": "1"}, If_Match=made.headers["ETag"])
        self.assert_problem(again, 412, "changed-meanwhile")
        assert self.till.post(f"/products/{told['id']}/archive").json()["archived_at"]
        assert self.till.get("/products").json()["items"] == []
        assert self.till.post(f"/products/{told['id']}/restore").json()["archived_at"] is None

    def test_a_code_is_needed_and_one_alone_may_have_it(self) -> None:
        self.till.post("/products", {"code": "A"})
        self.assert_problem(self.till.post("/products", {"name": "?"}), 422, "invalid")
        told = self.assert_problem(self.till.post("/products", {"code": "a"}), 409, "taken")
        assert told["candidates"][0]["id"] == Product.objects.get().pk

    def test_many_are_added_or_changed_by_code(self) -> None:
        items = [{"code": f"P{number}", "name": f"Produk {number}"} for number in range(3)]
        first = self.till.post("/products/bulk", {"items": items}).json()
        assert (first["created"], first["refused"]) == (3, 0)
        items[1]["name"] = "Lain"
        items.append({"name": "no code"})
        second = self.till.post("/products/bulk", {"items": items}).json()
        assert [one["status"] for one in second["items"]] == ["unchanged", "updated", "unchanged", "refused"]
        assert second["items"][3]["errors"][0]["pointer"] == "/items/3/code"
