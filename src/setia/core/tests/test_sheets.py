"""CSV that opens in a spreadsheet as what it is: text as text, numbers as numbers, nothing that runs."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from setia.core.sheets import cell, csv_lines


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_numbers_stay_numbers_also_below_zero() -> None:
    assert [cell(value) for value in (Decimal("-5.5000"), -3, 2.5, None, True, date(2026, 11, 19))] == [
        "-5.5",
        "-3",
        "2.5",
        "",
        "1",
        "2026-11-19",
    ]


def test_what_was_written_is_read_back_line_by_line() -> None:
    rows = [["Siti, S.E.", 'kata "kopi"'], ["dua\nbaris", "عبد 🌺"], ["<script>", "a=b"]]
    text = "".join(csv_lines(["nama", "catatan"], rows))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [["nama", "catatan"], *rows]
