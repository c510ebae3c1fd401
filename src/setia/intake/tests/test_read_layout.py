"""What a file is: format, encoding, delimiter, header."""

import gzip
import json
import re
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest

from setia.intake import reading
from setia.intake.reading.layout import Format, fold, unique_names
from setia.intake.tests import corpus


def sniff(folder: Path, text: str | bytes, name: str = "orders.csv") -> reading.Layout:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return reading.sniff(path)


def rows(folder: Path, text: str | bytes, name: str = "orders.csv") -> list[list[object]]:
    layout = sniff(folder, text, name)
    return [list(row) for row in reading.sample(folder / name, layout)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str, tmp_path: Path) -> None:
    layout = sniff(tmp_path, corpus.good().replace(",", delimiter))
    assert (layout.delimiter, layout.width, layout.has_header) == (delimiter, 6, True)


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    layout = sniff(tmp_path, "nama;harga;berat\nKopi;1,5;2,5\nTeh;3,5;4,5\n")
    assert (layout.delimiter, layout.header) == (";", ("nama", "harga", "berat"))


def test_commas_inside_quotes_do_not_count(tmp_path: Path) -> None:
    assert rows(tmp_path, 'nama;alamat\n"Budi";"Jl. A, No. 1, Kota"\nSiti;"Jl. B, No. 2"\n') == [
        ["Budi", "Jl. A, No. 1, Kota"],
        ["Siti", "Jl. B, No. 2"],
    ]


def test_a_first_line_that_names_the_delimiter_is_believed(tmp_path: Path) -> None:
    layout = sniff(tmp_path, "sep=;\nnama;harga\nKopi;1,5\n")
    assert (layout.delimiter, layout.header, layout.skip_rows) == (";", ("nama", "harga"), 1)


def test_columns_set_apart_by_white_space(tmp_path: Path) -> None:
    layout = sniff(
        tmp_path, " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n", "a.txt"
    )
    assert layout.format is Format.ALIGNED
    assert layout.header == ("customer_id", "date", "number_of_cds", "dollar_value")
    assert [list(row) for row in reading.sample(tmp_path / "a.txt", layout)] == [["00001", "19970101", "1", "11.77"]]


def test_aligned_values_may_hold_single_spaces(tmp_path: Path) -> None:
    text = "name            city          total\nSiti Rahma      Banda Aceh    10\nBudi            Kota Bima     20\n"
    assert rows(tmp_path, text) == [["Siti Rahma", "Banda Aceh", "10"], ["Budi", "Kota Bima", "20"]]


def test_a_file_without_a_header_gets_names_by_place(tmp_path: Path) -> None:
    layout = sniff(tmp_path, "A1,2026-03-01,10\nA2,2026-03-02,20\n")
    assert not layout.has_header
    assert layout.header == ("Column 1", "Column 2", "Column 3")
    assert [note.code for note in layout.problems] == ["no_header"]
    assert len(reading.sample(tmp_path / "orders.csv", layout)) == 2


def test_a_title_above_the_header_is_passed_over_and_told(tmp_path: Path) -> None:
    text = "Laporan Penjualan 2026,,\n,,\nNo Faktur,Tanggal,Total\nA1,2026-03-01,10\n"
    layout = sniff(tmp_path, text)
    assert (layout.header, layout.header_row) == (("No Faktur", "Tanggal", "Total"), 3)
    assert [note.code for note in layout.problems] == ["rows_above"]
    plan = reading.suggest("ORDERS", layout, reading.sample(tmp_path / "orders.csv", layout))
    (chunk,) = reading.chunks(tmp_path / "orders.csv", layout, plan, zone="UTC")
    assert chunk.row_numbers == [4], "rows are numbered as a spreadsheet numbers them"


def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    layout = sniff(tmp_path, gzip.compress(corpus.good().encode()), "orders.csv")
    assert layout.compressed
    assert layout.width == 6


def test_a_gzip_file_of_several_members_is_read_to_its_end(tmp_path: Path) -> None:
    whole = corpus.good(9).encode()
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(whole[:100]) + gzip.compress(whole[100:]) + bytes(512))
    assert len(reading.sample(path, reading.sniff(path))) == 9


def test_json_lines_have_the_columns_of_all_first_rows(tmp_path: Path) -> None:
    lines = [{"id": "A1", "buyer": {"name": "Siti"}, "paid": True}, {"id": "A2", "total": 1.50, "tags": ["a", "b"]}]
    text = "\n".join(map(json.dumps, lines))
    layout = sniff(tmp_path, text, "a.jsonl")
    assert layout.format is Format.JSONL
    assert layout.header == ("id", "buyer.name", "paid", "total", "tags")
    found = reading.sample(tmp_path / "a.jsonl", layout)
    assert list(map(str, found[0])) == ["A1", "Siti", "TRUE", "None", "None"]
    assert found[1][4] == '["a", "b"]'


def test_a_workbook_is_read_from_its_first_sheet_with_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Kosong"
    sheet = book.create_sheet("Data")
    sheet.append(["Penjualan Maret"])
    sheet.append([])
    sheet.append(["No Faktur", "Tanggal", "Total"])
    sheet.append(["A1", "2026-03-01", 1250.5])
    book.save(tmp_path / "a.xlsx")
    layout = reading.sniff(tmp_path / "a.xlsx")
    assert (layout.format, layout.sheet, layout.header_row) == (Format.XLSX, "Data", 3)
    assert layout.header == ("No Faktur", "Tanggal", "Total")
    assert "other_sheets" in [note.code for note in layout.problems]
    assert [list(row) for row in reading.sample(tmp_path / "a.xlsx", layout)] == [["A1", "2026-03-01", 1250.5]]
    with pytest.raises(reading.Unreadable) as refusal:
        reading.sniff(tmp_path / "a.xlsx", sheet="Lain")
    assert refusal.value.code == "no_sheet"


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c>'
    '<c r="D2" t="inlineStr"><is><t>lunas</t></is></c><c r="E2" t="inlineStr"><is><t>total</t></is></c></row>'
    '<row r="4"><c r="A4"><v>42</v></c><c r="B4" s="1"><v>40886.5</v></c><c t="str"><v>a&amp;b</v></c>'
    '<c r="D4" t="b"><v>1</v></c><c r="E4"><f>A4*2</f><v>84.5</v></c></row>'
    '<row><c r="A5" t="e"><v>#REF!</v></c><c r="B5" s="2"><v>0.5</v></c><c r="E5"><f>A5</f></c></row>'
    "</sheetData></worksheet>"
)
PREFIXED = re.sub("<(/?)", r"<\1x:", SHEET).replace("xmlns=", "xmlns:x=")
STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>No </t></r><r><t>Faktur</t></r>'
    "<rPh><t>aside</t></rPh></si><si><t>Tanggal_x000D_</t></si></sst>"
)
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts><numFmt numFmtId="170" formatCode="dd\\-mmm\\-yyyy"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)


def test_a_workbook_of_another_program_is_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        corpus.parts({"xl/worksheets/sheet1.xml": PREFIXED, "xl/sharedStrings.xml": STRINGS, "xl/styles.xml": STYLES})
    )
    layout = reading.sniff(tmp_path / "a.xlsx")
    assert layout.header == ("No Faktur", "Tanggal", "Column 3", "lunas", "total")
    assert layout.header_row == 2
    assert {note.code for note in layout.problems} == {"rows_above", "header_empty", "formulas_empty"}
    first, second = reading.sample(tmp_path / "a.xlsx", layout)
    assert list(first) == [42, datetime(2011, 12, 9, 12), "a&b", "TRUE", 84.5]
    assert list(second) == ["#REF!", time(12), "", "", ""]


def test_a_workbook_may_count_its_days_from_1904(tmp_path: Path) -> None:
    book = (
        '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<workbookPr date1904="1"/><sheets><sheet name="Data" r:id="rId1"/></sheets></workbook>'
    )
    (tmp_path / "a.xlsx").write_bytes(
        corpus.parts(
            {
                "xl/workbook.xml": book,
                "xl/worksheets/sheet1.xml": SHEET,
                "xl/sharedStrings.xml": STRINGS,
                "xl/styles.xml": STYLES,
            }
        )
    )
    first, _ = reading.sample(tmp_path / "a.xlsx", reading.sniff(tmp_path / "a.xlsx"))
    assert first[1] == datetime(2015, 12, 10, 12)


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(corpus.parquet({"order no": ["A1"], "price": [1.5], "paid": [True]}))
    layout = reading.sniff(tmp_path / "a.parquet")
    assert layout.format is Format.PARQUET
    assert [list(row) for row in reading.sample(tmp_path / "a.parquet", layout)] == [["A1", 1.5, "TRUE"]]


def test_quotes_in_tab_separated_text_may_be_inches(tmp_path: Path) -> None:
    text = 'kode\tnama\tharga\nA1\t"5 inci\t10\nA2\tPipa 7"\t20\nA3\t"8 inci\t30\n'
    assert rows(tmp_path, text, "a.tsv") == [["A1", '"5 inci', "10"], ["A2", 'Pipa 7"', "20"], ["A3", '"8 inci', "30"]]


def test_cells_may_hold_line_ends_where_they_are_quoted(tmp_path: Path) -> None:
    text = 'order no,note,total\nA1,"titip\nadiknya",10\r\nA2,biasa,20\n'
    assert rows(tmp_path, text) == [["A1", "titip\nadiknya", "10"], ["A2", "biasa", "20"]]


def test_a_shape_is_known_again_by_its_folded_column_names(tmp_path: Path) -> None:
    one = sniff(tmp_path, "Customer ID,Invoice Date,Price\n1,2026-01-01,5\n")
    two = sniff(tmp_path, "customer_id;invoice_date;price\n1;2026-01-01;5\n")
    other = sniff(tmp_path, "price,customer_id,invoice_date\n5,1,2026-01-01\n")
    assert one.fingerprint == two.fingerprint != other.fingerprint
    assert fold("No. Telp/HP") == "notelphp"


def test_column_names_are_made_usable() -> None:
    names, notes = unique_names(["a", "A", "", "a", "b\n c"])
    assert names == ("a", "A (2)", "Column 3", "a (3)", "b c")
    assert [note.code for note in notes] == ["header_repeated", "header_empty"]
