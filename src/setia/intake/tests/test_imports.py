"""`imports`: the list of files and the form for the next."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from setia.intake.models import Run
from setia.intake.tests import corpus
from setia.intake.tests.helping import ORDERS, take_in
from setia.intake.tests.people import EN, home, signed_in

__all__ = ["home"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


def upload(client: Client, content: str | bytes, name: str = "orders.csv", **data: object) -> object:
    raw = content if isinstance(content, bytes) else content.encode()
    return client.post("/import/", {"what": "ORDERS", "file": SimpleUploadedFile(name, raw), **data})


def test_dimas_uploads_a_file_and_is_taken_to_its_check() -> None:
    answer = upload(signed_in(), corpus.good(), source="tokopedia", append="on")
    run = Run.objects.get()
    assert answer["Location"] == f"/import/{run.pk}/"  # type: ignore[index]
    assert (run.state, run.what, run.source, run.append, run.file_name) == (
        "DRAFT",
        "ORDERS",
        "tokopedia",
        True,
        "orders.csv",
    )
    assert run.by is not None
    assert run.by.name == "Dimas Prasetyo"
    assert Path(run.path).read_text() == corpus.good()


def test_a_file_that_cannot_be_read_says_why_beside_the_field_and_leaves_nothing(home: Path) -> None:
    answer = upload(signed_in(), corpus.MAKERS["document.csv"](), "laporan.csv")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "This is a PDF file, whatever its name says" in answer.content.decode()  # type: ignore[attr-defined]
    assert not Run.objects.exists()
    assert not [path for path in (home / "home").rglob("*") if path.is_file() and path.parent.name == "intake"]


def test_an_empty_file_is_told_to_be_empty() -> None:
    answer = upload(signed_in(), b"")
    assert "The file is empty." in answer.content.decode()  # type: ignore[attr-defined]


def test_a_file_name_with_markup_is_shown_as_text() -> None:
    client = signed_in()
    upload(client, corpus.good(), "<script>alert(1)</script>.csv")
    page = client.get("/import/").content.decode()
    assert "<script>alert(1)" not in page
    assert "script&gt;.csv" in page


def test_the_list_names_every_run_with_its_state(tmp_path: Path) -> None:
    take_in(tmp_path, ORDERS + "A1,2026-03-01,7,Siti,x,1,10\nA2,31.02.2026,7,Siti,x,1,10\n", name="maret.csv")
    page = signed_in().get("/import/").content.decode()
    assert "maret.csv" in page
    assert "Done" in page
    assert "the command line" in page


def test_who_is_not_signed_in_sees_no_import() -> None:
    for path in ("/import/", "/import/1/", "/import/1/undo/", "/import/1/rejected/", "/import/1/follow/"):
        answer = Client(headers=EN).get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_an_import_that_is_not_there_is_not_found() -> None:
    client = signed_in()
    for name in ("", "follow/", "rejected/", "undo/"):
        assert client.get(f"/import/999/{name}").status_code == 404
    for name in ("map/", "start/", "cancel/", "undo/"):
        assert client.post(f"/import/999/{name}").status_code == 404


def test_changes_are_refused_to_a_link() -> None:
    client = signed_in()
    for name in ("map/", "start/", "cancel/"):
        assert client.get(f"/import/1/{name}").status_code == 405
