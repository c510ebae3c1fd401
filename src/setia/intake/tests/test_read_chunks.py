"""A file as chunks of canonical columns, and its rejected rows as a file that can be mended."""

import csv
import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setia.intake import reading
from setia.intake.reading import words
from setia.intake.reading.delimited import _State
from setia.intake.reading.rejects import neutral, restored
from setia.intake.reading.text_lines import Lines, read_lines
from setia.intake.tests import corpus

JAKARTA = "Asia/Jakarta"


def read(path: Path, what: str = "ORDERS", **changes: object) -> reading.Chunk:
    """A small file, which is one chunk."""
    layout = reading.sniff(path)
    plan = replace(reading.suggest(what, layout, reading.sample(path, layout)), **changes)  # type: ignore[arg-type]
    (chunk,) = reading.chunks(path, layout, plan, zone=JAKARTA)
    return chunk


def written(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_an_order_row_becomes_text_that_the_database_can_cast(tmp_path: Path) -> None:
    chunk = read(
        written(
            tmp_path,
            "no faktur;tanggal;id pelanggan;telepon;sku;jumlah;harga\n"
            "A1;31/12/2025 14.05;00042;0812-3456-7890; k-1 ;;Rp1.234.567,89\n",
        )
    )
    assert chunk.columns == {
        "order_number": ["A1"],
        "ordered_at": ["2025-12-31 14:05:00+07:00"],
        "customer_number": ["00042"],
        "customer_phone": ["+6281234567890"],
        "product_code": ["k-1"],
        "quantity": ["1"],
        "unit_price": ["1234567.89"],
        "cancelled": ["f"],
    }
    assert (chunk.first_row, chunk.rows, chunk.row_numbers) == (2, 1, [2])


def test_each_rejected_row_has_every_reason(tmp_path: Path) -> None:
    chunk = read(
        written(
            tmp_path,
            "order no,date,qty,price\nA1,2026-03-01,1,10\nA2,31.02.2026,satu,10\nA3,,1,\n,,,\nA4,2026-03-01,1,10,x\n",
        )
    )
    assert chunk.rows == 4, "a row of empty cells is no row"
    assert [(one.row, [why.code for why in one.reasons]) for one in chunk.rejects] == [
        (3, ["date_not_in_calendar", "number"]),
        (4, ["missing"]),
        (6, ["cell_count"]),
    ]
    assert chunk.rejects[0].cells == ("A2", "31.02.2026", "satu", "10")
    assert chunk.rejects[0].value == "31.02.2026"


def test_money_is_a_price_or_an_amount(tmp_path: Path) -> None:
    chunk = read(written(tmp_path, "order no,date,price,total\nA1,2026-03-01,,10\nA2,2026-03-01,5,\nA3,2026-03-01,,\n"))
    assert chunk.row_numbers == [2, 3]
    assert [one.code for one in chunk.rejects] == ["money_missing"]


def test_cancelled_orders_are_marked_by_a_letter(tmp_path: Path) -> None:
    text = "invoice,date,qty,price\n1001,2026-03-01,1,5\nC1002,2026-03-01,-1,5\n1003,2026-03-01,1,5\n"
    assert read(written(tmp_path, text)).columns["cancelled"] == ["f", "t", "f"]


def test_cancelled_orders_are_marked_by_a_word(tmp_path: Path) -> None:
    statuses = ["Selesai", "Dibatalkan", "retur barang", "Tidak batal", "ya", ""]
    rows = "".join(f"A{n},2026-03-01,5,{status}\n" for n, status in enumerate(statuses))
    chunk = read(written(tmp_path, "order no,date,total,status\n" + rows))
    assert chunk.columns["cancelled"] == ["f", "t", "t", "f", "t", "f"]


def test_placeholders_are_nobody_and_are_counted(tmp_path: Path) -> None:
    path = written(
        tmp_path, "order no,date,customer id,total\nA1,2026-03-01,0,5\nA2,2026-03-01,guest,5\nA3,2026-03-01,7,5\n"
    )
    chunk = read(path)
    assert chunk.columns["customer_number"] == [None, None, "7"]
    assert chunk.warnings == [{"code": "placeholder", "field": "customer_number", "count": 2}]
    assert read(path, placeholders="KEEP").columns["customer_number"] == ["0", "guest", "7"]
    assert read(path, keep_ids=("guest",)).columns["customer_number"] == [None, "guest", "7"]
    assert read(path, placeholder_ids=("7",)).columns["customer_number"] == [None, None, None]


def test_contact_details_that_are_none_leave_the_row_in(tmp_path: Path) -> None:
    text = "nama,hp,email,ig\nSiti,12,siti@,a b c\nBudi,081234567890,BUDI@contoh.id,@budi.k\n"
    chunk = read(written(tmp_path, text), "CUSTOMERS")
    assert chunk.columns["phone"] == [None, "+6281234567890"]
    assert chunk.columns["email"] == [None, "budi@contoh.id"]
    assert chunk.columns["instagram"] == [None, "budi.k"]
    assert {one["code"]: one["count"] for one in chunk.warnings} == {"phone": 1, "email": 1, "handle": 1}


def test_a_customer_nobody_could_reach_or_name_is_rejected(tmp_path: Path) -> None:
    chunk = read(written(tmp_path, "nama,hp,kota\nSiti,,Bandung\n,,Depok\n"), "CUSTOMERS")
    assert [one.code for one in chunk.rejects] == ["nobody"]


def test_the_date_and_the_time_may_stand_apart(tmp_path: Path) -> None:
    chunk = read(written(tmp_path, "order no,tanggal,jam,total\nA1,31/12/2025,14.05,5\nA2,31/12/2025,siang,5\n"))
    assert chunk.columns["ordered_at"] == ["2025-12-31 14:05:00+07:00"]
    assert [(one.code, one.value) for one in chunk.rejects] == [("time", "siang")]


def test_a_workbook_gives_what_its_csv_gives(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        corpus.workbook(
            [
                ["order no", "date", "customer no", "qty", "price"],
                ["A1", "2026-03-01 09:00", 13085.0, 2, 1.5],
                [None] * 5,
            ]
        )
    )
    text = "order no,date,customer no,qty,price\nA1,2026-03-01 09:00,13085,2,1.5\n"
    assert read(tmp_path / "a.xlsx").columns == read(written(tmp_path, text)).columns


def test_all_formats_give_the_same_columns(tmp_path: Path) -> None:
    text = "order no,date,price\n" + "".join(f"A{n},2026-03-0{n},{n}.5\n" for n in range(1, 6))
    wanted = read(written(tmp_path, text)).columns
    (tmp_path / "a.parquet").write_bytes(
        corpus.parquet(
            {
                "order no": [f"A{n}" for n in range(1, 6)],
                "date": [f"2026-03-0{n}" for n in range(1, 6)],
                "price": [n + 0.5 for n in range(1, 6)],
            }
        )
    )
    lines = "".join(f'{{"order no": "A{n}", "date": "2026-03-0{n}", "price": {n}.5}}\n' for n in range(1, 6))
    assert read(tmp_path / "a.parquet").columns == wanted
    assert read(written(tmp_path, lines, "a.jsonl")).columns == wanted
    assert read(written(tmp_path, text.replace(",", "\t"), "a.tsv")).columns == wanted


def test_a_file_of_many_chunks_is_whole(tmp_path: Path) -> None:
    rows = 70_000
    path = written(tmp_path, corpus.good(rows))
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    chunks = list(reading.chunks(path, layout, plan, zone=JAKARTA))
    assert len(chunks) > 1
    assert [number for chunk in chunks for number in chunk.row_numbers] == list(range(2, rows + 2))
    assert [cell for chunk in chunks for cell in chunk.columns["order_number"]] == [f"A{n}" for n in range(1, rows + 1)]
    assert [chunk.bytes_read for chunk in chunks] == sorted(chunk.bytes_read for chunk in chunks)
    assert chunks[-1].bytes_read == layout.size


def test_reading_can_begin_further_down(tmp_path: Path) -> None:
    path = written(tmp_path, corpus.good(40_000))
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    numbers = [n for c in reading.chunks(path, layout, plan, zone=JAKARTA, start_row=30_000) for n in c.row_numbers]
    assert numbers == list(range(30_000, 40_002))


def test_the_cells_of_single_rows_can_be_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, corpus.good(40_000))
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    found = reading.raw_rows(path, layout, plan, {2, 39_000, 99_999})
    assert {row: cells[0] for row, cells in found.items()} == {2: "A1", 39_000: "A38999"}


def test_a_mapping_for_another_shape_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, corpus.good())
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    for wrong in (replace(plan, fingerprint="x"), replace(plan, fields={**plan.fields, "note": 99})):
        with pytest.raises(reading.Unreadable) as refusal:
            list(reading.chunks(path, layout, wrong, zone=JAKARTA))
        assert refusal.value.code == "plan_header"


def test_the_preview_explains_each_problem_in_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, "order no,date,customer id,price\nA1,31.02.2026,7,10\nA2,28.02.2026,guest,10\n")
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    seen = reading.preview(path, layout, plan, zone=JAKARTA)
    assert (seen.looked_at, seen.accepted, seen.whole) == (2, 1, True)
    first, second = seen.rows
    assert first.rejected
    assert [(why.code, why.field, why.value) for why in first.problems] == [
        ("date_not_in_calendar", "ordered_at", "31.02.2026")
    ]
    assert not second.rejected
    assert [(why.code, why.field, why.value) for why in second.warnings] == [
        ("placeholder", "customer_number", "guest")
    ]
    assert second.values["customer_number"] is None
    with translation.override("en"):
        assert words.why(first.problems[0]).startswith("Order date is “31.02.2026”, a day or time that does not exist")
        assert words.warning_one(second.warnings[0]) == "“guest” stands for nobody and is left out."


def test_rejected_rows_come_back_once_mended(tmp_path: Path) -> None:
    text = (
        "order no,date,product,price\nA1,31.02.2026,=SUM(A1),10\nA2,28.02.2026,'quoted,10\nA3,29.02.2026,+62812 x,-5\n"
    )
    path = written(tmp_path, text)
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    rejects = [one for chunk in reading.chunks(path, layout, plan, zone=JAKARTA) for one in chunk.rejects]
    out = tmp_path / "rejects.csv"
    assert reading.write_rejects(out, layout.header, rejects) == 2
    with out.open(encoding="utf-8-sig", newline="") as file:
        header, first, second = list(csv.reader(file))
    assert header == ["order no", "date", "product", "price", "baris / row", "alasan / reason"]
    assert first[:5] == ["A1", "31.02.2026", "'=SUM(A1)", "10", "2"]
    assert "31.02.2026" in first[5]
    assert second[2:4] == ["'+62812 x", "-5"], "a plain negative number is no formula"
    mended = written(
        tmp_path, out.read_text(encoding="utf-8-sig").replace("31.02", "27.02").replace("29.02", "26.02"), "m.csv"
    )
    again = reading.sniff(mended)
    assert again.fingerprint == layout.fingerprint, "the mapping of the first file is remembered for the mended one"
    chunk = read(mended)
    assert chunk.columns["product_name"] == ["=SUM(A1)", "+62812 x"]
    assert chunk.columns["unit_price"] == ["10", "-5"]


def test_the_reason_is_in_both_languages(tmp_path: Path) -> None:
    chunk = read(written(tmp_path, "order no,date,price\nA1,31.02.2026,10\nA2,28.02.2026,10\n"))
    said = words.in_both_languages(chunk.rejects[0], ())
    assert "does not exist" in said


@given(st.text(max_size=30))
def test_what_is_made_harmless_comes_back_as_it_was(cell: str) -> None:
    harmless = neutral(cell)
    assert restored(harmless) == cell
    assert harmless[:1] not in ("=", "@") or harmless == cell == ""


@given(
    lines=st.lists(
        st.lists(st.sampled_from(["a", 'b"c', '"d"', '"e,f"', '"g""h"', "", " i ", "\t", '"']), min_size=3, max_size=3),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_fast_way_and_the_careful_way_read_the_same(tmp_path: Path, lines: list[list[str]]) -> None:
    layout = reading.Layout(reading.layout.Format.CSV, False, "utf-8", ",", '"', ("x", "y", "z"), False)
    text = [",".join(line) for line in lines]
    fast, careful = _State(layout), _State(layout)
    table = fast._fast(text)
    if table is None:
        return
    careful._careful(text, set(), 0, final=True)
    found = [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]
    kept = dict(zip(careful.numbers, careful.rows, strict=True))
    for place, row in enumerate(found, 1):
        if any(cell.strip() for cell in row):
            assert list(kept[place]) == row


@given(
    text=st.text(alphabet=["a", "b", "\n", "\r", "\u2028", "é"], max_size=60),
    size=st.integers(1, 7),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_do_not_depend_on_where_blocks_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, size: int
) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(text.encode())
    layout = reading.Layout(reading.layout.Format.CSV, False, "utf-8", ",", '"', ("x",), False)
    with monkeypatch.context() as patched:
        patched.setattr("setia.intake.reading.source.BLOCK_BYTES", size)
        blocks: list[Lines] = list(read_lines(path, layout))
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not wanted[-1]:
        wanted.pop()
    assert [line for block in blocks for line in block.lines] == wanted


DATA = os.environ.get("SETIA_DATASETS", "")


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="SETIA_DATASETS does not name the folder of data sets")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("retail/online_retail_2.csv.gz", 1_034_220),
        ("cdnow/CDNOW_master.txt", 69_659),
        ("cdnow/CDNOW_sample.txt", 6_919),
    ],
)
def test_real_order_files_are_taken_in_to_the_last_row(name: str, rows: int) -> None:
    path = Path(DATA) / name
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout))
    assert plan.missing() == []
    accepted = rejected = 0
    orders: set[str | None] = set()
    for chunk in reading.chunks(path, layout, plan, zone=JAKARTA):
        accepted += len(chunk.row_numbers)
        rejected += len(chunk.rejects)
        orders.update(chunk.columns.get("order_number", ()))
    assert (accepted, rejected) == (rows, 0)
    assert name[:6] != "retail" or len(orders) == 48_453
