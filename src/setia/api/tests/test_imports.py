"""Files in by program: upload, follow, undo."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from setia.accounts.models import User
from setia.api.tests.people import Program, Shop, token_of
from setia.customers.models import Customer
from setia.intake.actions import execute
from setia.intake.models import Run

FILE = b"nomor,nama,whatsapp\nK-1,Budi Santoso,081311112222\nK-2,Ani Wijaya,081322223333\n"


def sent(program: Program, content: bytes = FILE, **fields: str) -> Any:
    """Send a file as a program would."""
    file = SimpleUploadedFile("pelanggan.csv", content, "text/csv")
    form = {"file": file, "what": "CUSTOMERS", **fields}
    return program.client.post("/api/v1/imports", form, headers=program.headers)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_taken_in_followed_and_undone() -> None:
    till = Program(token_of(User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo"))[1])
    made = sent(till, FILE + b",,\n,,0812\n")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["state"], told["what"]) == ("QUEUED", "CUSTOMERS")
    assert "nama" in told["columns"]
    execute(told["id"])  # what the worker does
    done = till.get(f"/imports/{told['id']}").json()
    assert (done["state"], done["accepted"], done["problem"]) == ("DONE", 2, "")
    assert done["counts"]["customers"]["created"] == 2
    assert Customer.objects.filter(number="K-1").exists()
    rejected = till.get(f"/imports/{told['id']}/rejected")
    assert done["rejected"] >= 1
    assert rejected.status_code == 200
    assert rejected.headers["Content-Type"] == "text/csv"
    assert till.post(f"/imports/{told['id']}/undo").json()["removed"]["customers_customer"] == 2
    assert not Customer.objects.filter(number="K-1").exists()
    again = till.post(f"/imports/{told['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "in-the-way")
    assert [one["id"] for one in till.get("/imports?state=UNDONE").json()["items"]] == [told["id"]]


class Imports(Shop):
    def upload(self, content: bytes = FILE, **fields: str) -> Any:
        """Send a file as the till would."""
        return sent(self.till, content, **fields)

    def test_a_file_may_wait_and_be_started_or_cancelled(self) -> None:
        key = self.upload(start="false").json()["id"]
        assert self.till.get(f"/imports/{key}").json()["state"] == "DRAFT"
        assert self.till.post(f"/imports/{key}/start").json()["state"] == "QUEUED"
        self.assert_problem(self.till.post(f"/imports/{key}/start"), 409, "in-the-way")
        assert self.till.post(f"/imports/{key}/cancel").json()["state"] == "CANCELLED"
        self.assert_problem(self.till.get(f"/imports/{key}/rejected"), 404, "not-found")

    def test_a_file_that_cannot_be_read_is_refused_with_the_reason(self) -> None:
        told = self.assert_problem(self.upload(b"\x00\x01\x02\x03" * 50), 422, "invalid")
        assert told["errors"][0]["pointer"] == "file"
        self.assert_problem(self.upload(b"x,y\n1,2\n", what="ORDERS"), 422, "invalid")
        self.assert_problem(self.upload(what="ALIENS"), 422, "invalid")
        assert not Run.objects.filter(state="QUEUED").exists()

    def test_the_same_upload_with_the_same_key_is_one_import(self) -> None:
        self.till.headers["Idempotency-Key"] = "file-1"
        first, second = self.upload(), self.upload()
        assert first.json()["id"] == second.json()["id"]
        self.assert_problem(self.upload(FILE + b"K-3,Cici,0813\n"), 422, "key-reused")
        assert Run.objects.count() == 1

    def test_undo_takes_its_own_scope(self) -> None:
        key = self.upload().json()["id"]
        other = Program(token_of(self.dimas, "intake.view", "intake.run")[1])
        self.assert_problem(other.post(f"/imports/{key}/undo"), 403, "scope-missing")
