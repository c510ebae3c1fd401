"""`import_run` of a draft and `map_import`: the check before the import, and its correction."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from setia.accounts.models import User
from setia.customers.models import CustomField
from setia.intake.actions import start_draft
from setia.intake.models import Run, Shape
from setia.intake.tests import corpus
from setia.intake.tests.helping import ORDERS, draft
from setia.intake.tests.people import home, signed_in

__all__ = ["home"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

ROWS = ORDERS + (
    "A1,02/03/2026,7,Siti Rahma,gayo-1,2,85.000\n"
    "A2,31/02/2026,8,Budi Santoso,gayo-1,1,85.000\n"
    "A3,31/02/2026,guest,Budi Santoso,gayo-1,1,Rp1.25O.000\n"
)


def waiting(folder: Path, text: str = ROWS, **more: Any) -> Run:
    """A run that is still a draft."""
    run = draft(folder, text, **more)
    Run.objects.filter(pk=run.pk).update(state="DRAFT")
    run.refresh_from_db()
    return run


def chosen(run: Run, **changes: str) -> dict[str, str]:
    """What the form would send: the mapping as it is, with changes."""
    plan = run.mapping
    data = {f"column_{place}": field for field, place in plan["fields"].items()}
    data |= {"date_order": plan["date_order"], "decimal": plan["decimal"], "cancelled": plan["cancelled"]["kind"]}
    data |= {"placeholders": plan["placeholders"], "keep_ids": "", "currency": "OWN", "letter": ""}
    return data | changes


def test_the_check_explains_each_problem_and_what_will_happen(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    page = signed_in().get(f"/import/{run.pk}/").content.decode()
    assert "1 ready, 2 need you" in page
    assert "Order date is “31/02/2026”, a day or time that does not exist." in page
    assert "Rows 3, 4" in page
    assert "Unit price is “Rp1.25O.000”: a letter O" in page
    assert "2 Mar 2026" in page, "the preview writes the month as a word, so that a wrong order shows"
    assert "The dates could be read with the day or the month first." not in page, "31/02 settles it"
    assert "rows are kept in a file for you to mend" in page


def test_what_the_file_does_not_settle_is_asked(tmp_path: Path) -> None:
    run = waiting(tmp_path, ORDERS + "A1,02/03/2026,7,Siti,x,2,85.000\n")
    page = signed_in().get(f"/import/{run.pk}/").content.decode()
    assert "The dates could be read with the day or the month first." in page
    assert "Numbers such as 12.500 could be thousands or decimals." in page


def test_placeholder_ids_are_flagged_and_can_be_kept(tmp_path: Path) -> None:
    run = waiting(tmp_path, ORDERS + "A1,2026-03-01,0,Siti,x,2,85\nA2,2026-03-01,7,Budi,x,1,5\n")
    client = signed_in()
    assert "In 1 row the Customer number stands for nobody" in client.get(f"/import/{run.pk}/").content.decode()
    client.post(f"/import/{run.pk}/map/", chosen(run, keep_ids="0"), HTTP_HX_REQUEST="true")
    run.refresh_from_db()
    assert run.mapping["keep_ids"] == ["0"]
    assert "stands for nobody" not in client.get(f"/import/{run.pk}/").content.decode()


def test_a_correction_answers_the_check_anew(tmp_path: Path) -> None:
    run = waiting(tmp_path, ORDERS + "A1,02/03/2026,7,Siti,x,2,85.000\n")
    answer = signed_in().post(
        f"/import/{run.pk}/map/", chosen(run, date_order="MDY", decimal="."), HTTP_HX_REQUEST="true"
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert "3 Feb 2026" in page
    run.refresh_from_db()
    assert (run.mapping["date_order"], run.mapping["decimal"], run.mapping["thousands"]) == ("MDY", ".", ",")
    assert run.mapping["unsure"] == [], "what a person has said is settled"


def test_without_a_script_the_correction_leads_back(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    assert signed_in().post(f"/import/{run.pk}/map/", chosen(run))["Location"] == f"/import/{run.pk}/"


def test_a_column_left_out_that_is_needed_is_named(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    data = {name: value for name, value in chosen(run).items() if value != "ordered_at"}
    page = signed_in().post(f"/import/{run.pk}/map/", data, HTTP_HX_REQUEST="true").content.decode()
    assert "Choose which column holds: Order date." in page
    assert 'form="start"' not in page, "nothing to start yet"


def test_a_field_chosen_twice_is_refused_with_both_columns(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    answer = signed_in().post(f"/import/{run.pk}/map/", chosen(run, column_2="order_number"), HTTP_HX_REQUEST="true")
    assert answer.status_code == 422
    assert "Order number is chosen for several columns: order no, customer no." in answer.content.decode()
    assert Run.objects.get(pk=run.pk).mapping == run.mapping


def test_cancelled_orders_can_be_marked_by_a_letter(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    page = signed_in().post(f"/import/{run.pk}/map/", chosen(run, cancelled="PREFIX"), HTTP_HX_REQUEST="true")
    run.refresh_from_db()
    assert run.mapping["cancelled"]["prefix"] == "C"
    assert "map_letter" in page.content.decode(), "and the letter can now be changed"


def test_another_sheet_of_a_workbook_can_be_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, number in (("Jan", "J1"), ("Feb", "F1")):
        sheet = book.create_sheet(name)
        sheet.append(["order no", "date", "price"])
        sheet.append([number, "2026-03-01", 10])
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    run = start_draft(by=None, at=timezone.now(), what="ORDERS", file_name="a.xlsx", upload=tmp_path / "a.xlsx")
    client = signed_in()
    assert "J1" in client.get(f"/import/{run.pk}/").content.decode()
    page = client.post(f"/import/{run.pk}/map/", chosen(run, sheet="Feb"), HTTP_HX_REQUEST="true").content.decode()
    assert "F1" in page
    run.refresh_from_db()
    assert run.mapping["sheet"] == "Feb"


def test_cells_that_are_markup_are_shown_as_text(tmp_path: Path) -> None:
    run = waiting(tmp_path, ORDERS + 'A1,2026-03-01,7,"<img src=x onerror=alert(1)>",x,1,<b>10</b>\n')
    page = signed_in().get(f"/import/{run.pk}/").content.decode()
    assert "<img src=x" not in page
    assert "<b>10</b>" not in page


def test_a_thousand_columns_make_a_page_of_bounded_size(tmp_path: Path) -> None:
    names = ["order no", "date", "price", *(f"c{n}" for n in range(997))]
    run = waiting(tmp_path, ",".join(names) + "\n" + ",".join(["A1", "2026-03-01", "10", *["x"] * 997]) + "\n")
    page = signed_in().get(f"/import/{run.pk}/").content.decode()
    assert "937 more columns are not shown and not taken in." in page
    assert len(page) < 300_000


def test_a_file_that_has_gone_is_told_on_its_page(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    Path(run.path).unlink()
    page = signed_in().get(f"/import/{run.pk}/").content.decode()
    assert "The file cannot be taken in as it is." in page
    assert "The file is no longer where it was. Choose it again." in page


def test_the_check_is_in_indonesian_for_who_reads_it(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    client = signed_in()
    page = client.get(f"/import/{run.pk}/", headers={"accept-language": "id"}).content.decode()
    assert "Periksa sebelum mengimpor" in page
    assert "hari atau jam yang tidak ada" in page


def test_a_run_that_has_started_cannot_be_mapped(tmp_path: Path) -> None:
    run = draft(tmp_path, corpus.good())
    client = signed_in()
    assert client.post(f"/import/{run.pk}/map/", {})["Location"] == f"/import/{run.pk}/"
    sent = client.post(f"/import/{run.pk}/map/", {}, HTTP_HX_REQUEST="true")
    assert (sent.status_code, sent["HX-Redirect"]) == (204, f"/import/{run.pk}/")


def test_of_two_quick_changes_the_newer_stays_whichever_comes_last(tmp_path: Path) -> None:
    run = waiting(tmp_path)
    client = signed_in()

    def send(turn: str, **changes: str) -> str:
        answer = client.post(f"/import/{run.pk}/map/", chosen(run, turn=turn, **changes), HTTP_HX_REQUEST="true")
        assert answer.status_code == 200
        now: str = Run.objects.get(pk=run.pk).mapping["date_order"]
        return now

    assert send("3f9c2a01:2", date_order="MDY", decimal=".") == "MDY"
    assert send("3f9c2a01:1", date_order="YMD") == "MDY", "the first change, given up and still delivered"
    assert Run.objects.get(pk=run.pk).mapping["decimal"] == "."
    assert send("3f9c2a01:3", date_order="YMD") == "YMD"
    assert send("77aa77aa:1", date_order="DMY") == "DMY", "another page counts for itself"
    assert send("3f9c2a01:1x", date_order="MDY") == "MDY", "what is no turn is a change like any other"
    start = client.post(f"/import/{run.pk}/start/")
    assert start.status_code == 302
    assert "turns" not in Shape.objects.get().mapping


def test_of_two_quick_choices_for_rows_the_newer_stays(tmp_path: Path) -> None:
    run = waiting(tmp_path, "name,phone\nSiti,0812 3456 7890\n", what="CUSTOMERS")
    client = signed_in()
    for turn, choice in (("3f9c2a01:2", "SKIP"), ("3f9c2a01:1", "NEW")):
        client.post(f"/import/{run.pk}/twins/", {"row_2": choice, "turn": turn}, HTTP_HX_REQUEST="true")
    assert Run.objects.get(pk=run.pk).mapping["rows"] == {"2": "SKIP"}


def test_two_quick_changes_make_a_new_field_once(tmp_path: Path) -> None:
    run = waiting(tmp_path, "name,phone,Roast\nSiti,0812 3456 7890,dark\nBudi,0812 3456 7891,light\n", what="CUSTOMERS")
    client = signed_in("Rani Kusuma", User.Role.OWNER)
    names = {place: name for name, place in run.mapping["fields"].items()}
    form = {f"column_{place}": names.get(place, "NEW") for place in range(3)}
    settings = {"date_order": "DMY", "decimal": ",", "placeholders": "DROP", "keep_ids": "", "match": "PHONE"}
    for turn, decimal in (("3f9c2a01:1", ","), ("3f9c2a01:2", ".")):
        sent = form | settings | {"turn": turn, "decimal": decimal}
        assert client.post(f"/import/{run.pk}/map/", sent, HTTP_HX_REQUEST="true").status_code == 200
    mapping = Run.objects.get(pk=run.pk).mapping
    made = CustomField.objects.get()
    assert (mapping["fields"][f"own_{made.key}"], mapping["decimal"]) == (2, ".")
