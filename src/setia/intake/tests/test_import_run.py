"""From start to undo: `start_import`, `follow_import`, `cancel_import`, `rejected_rows`, `undo_import`, the result."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from setia.customers.models import Customer
from setia.intake import queries
from setia.intake.actions import execute, undo
from setia.intake.models import Run, Shape
from setia.intake.tests.helping import ORDERS, draft, take_in
from setia.intake.tests.people import home, signed_in
from setia.orders.models import Order

__all__ = ["home"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

ROWS = ORDERS + "A1,2026-03-01,7,Siti,x,1,10\nA2,31.02.2026,8,Budi,x,1,10\n"


def test_dimas_starts_an_import_once_and_it_is_remembered(tmp_path: Path) -> None:
    run = draft(tmp_path, ROWS)
    Run.objects.filter(pk=run.pk).update(state="DRAFT")
    client = signed_in()
    for _ in range(2):
        assert client.post(f"/import/{run.pk}/start/")["Location"] == f"/import/{run.pk}/"
    run.refresh_from_db()
    assert run.state == "QUEUED"
    assert Shape.objects.get().mapping == run.mapping
    assert "had been started already" in client.get(f"/import/{run.pk}/").content.decode()


def test_a_run_on_its_way_is_followed_until_it_is_over(tmp_path: Path) -> None:
    run = draft(tmp_path, ROWS)
    client = signed_in()
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert "Waiting for its turn" in page
    part = client.get(f"/import/{run.pk}/follow/").content.decode()
    assert "<html" not in part
    assert 'hx-trigger="load delay:1s"' in part
    execute(run.pk)
    over = client.get(f"/import/{run.pk}/follow/", headers={"hx-request": "true"})
    assert (over.status_code, over["HX-Redirect"]) == (204, f"/import/{run.pk}/")


def test_progress_tells_share_speed_and_time_left(tmp_path: Path) -> None:
    at = timezone.now()
    run = draft(tmp_path, ROWS)
    run.state, run.size, run.bytes_read, run.rows = "READING", 1000, 250, 5000
    run.started_at = at - timedelta(seconds=10)
    seen = queries.progress(run, at=at)
    assert (seen.share, seen.rows_per_second, seen.seconds_left, seen.over) == (0.25, 500, 30, False)
    run.started_at = at - timedelta(seconds=1)
    assert queries.progress(run, at=at).rows_per_second is None, "too early to say"
    run.state = "WRITING"
    assert queries.progress(run, at=at).share is None, "nobody can say how far writing is"


def test_a_run_nobody_takes_up_says_what_may_be_wrong(tmp_path: Path) -> None:
    run = draft(tmp_path, ROWS)
    assert "waiting for a while" not in signed_in().get(f"/import/{run.pk}/").content.decode()
    long_ago = timezone.now() - timedelta(minutes=5)
    Run.objects.filter(pk=run.pk).update(created_at=long_ago, beat_at=long_ago)
    assert "It has been waiting for a while." in signed_in().get(f"/import/{run.pk}/").content.decode()


def test_a_waiting_run_is_stopped_and_nothing_is_written(tmp_path: Path) -> None:
    run = draft(tmp_path, ROWS)
    client = signed_in()
    assert client.post(f"/import/{run.pk}/cancel/")["Location"] == "/import/"
    run.refresh_from_db()
    assert run.state == "CANCELLED"
    assert execute(run.pk).state == "CANCELLED"
    assert not Order.objects.exists()
    assert "The import was stopped. Nothing of it was written." in client.get(f"/import/{run.pk}/").content.decode()


def test_a_running_run_is_asked_to_stop(tmp_path: Path) -> None:
    run = draft(tmp_path, ROWS)
    Run.objects.filter(pk=run.pk).update(state="READING", started_at=timezone.now())
    client = signed_in()
    assert client.post(f"/import/{run.pk}/cancel/")["Location"] == f"/import/{run.pk}/"
    run.refresh_from_db()
    assert run.cancel_asked
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert "Being stopped" in page
    assert f"/import/{run.pk}/cancel/" not in page


def test_the_result_counts_by_kind_and_offers_the_rejected_rows(tmp_path: Path) -> None:
    run = take_in(tmp_path, ROWS)
    client = signed_in()
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert "1 row is in" in page
    assert "1 row was rejected" in page
    assert f"/import/{run.pk}/rejected/" in page
    answer = client.get(f"/import/{run.pk}/rejected/")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    assert content.splitlines()[0].endswith("baris / row,alasan / reason")
    assert "a day or time that does not exist" in content
    assert "hari atau jam yang tidak ada" in content, "the file travels, so it speaks both languages"


def test_a_run_without_rejected_rows_has_no_file_of_them(tmp_path: Path) -> None:
    run = take_in(tmp_path, ORDERS + "A1,2026-03-01,7,Siti,x,1,10\n")
    client = signed_in()
    assert client.get(f"/import/{run.pk}/rejected/").status_code == 404
    assert "Download" not in client.get(f"/import/{run.pk}/").content.decode()


def test_a_failed_run_says_what_to_do(tmp_path: Path) -> None:
    run = draft(tmp_path, ROWS)
    Path(run.path).unlink()
    execute(run.pk)
    page = signed_in().get(f"/import/{run.pk}/").content.decode()
    assert "The import did not come to its end" in page
    assert "cannot be opened" in page or "no longer where it was" in page


def test_undo_shows_what_it_would_do_before_it_does_it(tmp_path: Path) -> None:
    run = take_in(tmp_path, ROWS)
    client = signed_in()
    page = client.get(f"/import/{run.pk}/undo/").content.decode()
    assert "Take this import back?" in page
    assert Order.objects.count() == 1, "looking changes nothing"
    assert client.post(f"/import/{run.pk}/undo/")["Location"] == f"/import/{run.pk}/"
    assert not Order.objects.exists()
    assert "The import was taken back" in client.get(f"/import/{run.pk}/").content.decode()
    assert client.get(f"/import/{run.pk}/undo/")["Location"] == f"/import/{run.pk}/", "once only"


def test_what_was_changed_since_is_listed_by_name(tmp_path: Path) -> None:
    run = take_in(tmp_path, ROWS)
    siti = Customer.objects.get(number="7")
    siti.name = "Siti <Rahma>"
    siti.save(update_fields=["name"])
    client = signed_in()
    page = client.get(f"/import/{run.pk}/undo/").content.decode()
    assert "Siti &lt;Rahma&gt;" in page
    assert "changed since the import" in page
    undo(run, by=None, at=timezone.now())
    assert "Siti &lt;Rahma&gt;" in client.get(f"/import/{run.pk}/").content.decode()


def test_newer_imports_of_the_same_records_come_first(tmp_path: Path) -> None:
    first = take_in(tmp_path, ORDERS + "A1,2026-03-01,7,Siti,x,1,10\n", name="first.csv")
    second = take_in(tmp_path, ORDERS + "A1,2026-03-01,7,Siti,x,2,10\n", name="second.csv")
    client = signed_in()
    answer = client.get(f"/import/{first.pk}/undo/")
    assert answer.status_code == 409
    assert "second.csv" in answer.content.decode()
    assert client.post(f"/import/{first.pk}/undo/").status_code == 409
    assert client.post(f"/import/{second.pk}/undo/").status_code == 302
    assert client.post(f"/import/{first.pk}/undo/").status_code == 302


def test_a_draft_whose_file_is_gone_says_so_on_its_page_at_its_start_and_to_a_program(tmp_path: Path) -> None:
    run = draft(tmp_path, ORDERS + "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,2,85000\n")
    Run.objects.filter(pk=run.pk).update(state="DRAFT")
    Path(run.path).unlink()
    page = signed_in()
    gone = "The file is no longer where it was. Choose it again."
    assert gone in page.get(f"/import/{run.pk}/").content.decode()
    answer = page.post(f"/import/{run.pk}/start/", follow=True)
    assert answer.status_code == 200
    assert answer.content.decode().count(gone) == 2, "told once, and shown on the page"
    assert Run.objects.get(pk=run.pk).state == "DRAFT"
