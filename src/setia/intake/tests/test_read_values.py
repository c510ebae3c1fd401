"""One cell at a time: numbers, moments, texts, as people and programs write them."""

from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setia.intake.reading import texts
from setia.intake.reading.fields import field_of
from setia.intake.reading.moments import date_parser, guess_order, moment_parser, with_time_parser
from setia.intake.reading.numbers import Signs, guess_signs, number_parser
from setia.intake.reading.problems import Odd

POINT = number_parser(Signs(".", ","))
COMMA = number_parser(Signs(",", "."))


def code(found: object) -> str:
    assert isinstance(found, Odd), found
    return found.code


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Rp1.234.567,89", "1234567.89"),
        ("Rp 12.500", "12500"),
        ("Rp. 5.000,-", "5000"),
        ("IDR 1.000", "1000"),
        ("1.234", "1234"),
        ("0,5", "0.5"),
        ("(1.234)", "-1234"),
        ("250-", "-250"),
        ("-1.000,50", "-1000.5"),
        ("−12", "-12"),
        ("1 500 000", "1500000"),
        ("1\u00a0500", "1500"),
        (" 7 ", "7"),
        ("00012", "12"),
        (",5", "0.5"),
        ("1e3", "1000"),
    ],
)
def test_rupiah_are_read_with_a_comma_for_the_decimals(written: str, meant: str) -> None:
    assert COMMA(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,234.56", "1234.56"),
        ("$1,000", "1000"),
        ("£6.95", "6.95"),
        ("(1,234)", "-1234"),
        ("+3", "3"),
        (".5", "0.5"),
        ("2.10", "2.10"),
        ("99999999999999.9999", "99999999999999.9999"),
        ("1.5E-3", "0.0015"),
        ("1e-300", "0"),
    ],
)
def test_pounds_are_read_with_a_point_for_the_decimals(written: str, meant: str) -> None:
    assert POINT(written) == meant


@pytest.mark.parametrize("written", ["", " ", "-", "n/a", "NULL", "None", "#N/A"])
def test_a_cell_may_say_that_there_is_no_number(written: str) -> None:
    assert POINT(written) is None


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("12.50", "number_signs"),
        ("1.23.456", "number_signs"),
        ("1,2,3", "number_signs"),
        ("Rp1.25O.000", "number_letter"),
        ("12 rb", "number"),
        ("satu", "number"),
        ("1e309", "number_too_large"),
        ("100000000000000", "number_too_large"),
        ("NaN", "number_not_finite"),
        ("-inf", "number_not_finite"),
        ("=1+1", "number"),
    ],
)
def test_what_is_no_number_is_said_to_be_none(written: str, why: str) -> None:
    assert code(COMMA(written)) == why


def test_typed_numbers_need_no_signs() -> None:
    assert [COMMA(cell) for cell in (5, 1234.5, Decimal("0.1"), 0.1 + 0.2)] == ["5", "1234.5", "0.1", "0.3"]
    assert code(COMMA(float("nan"))) == "number_not_finite"
    assert code(COMMA(10**14)) == "number_too_large"
    assert code(COMMA(Decimal("1E+1000000"))) == "number_too_large"
    assert COMMA(None) is None


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_a_number_written_either_way_comes_back_the_same(value: Decimal) -> None:
    english = f"{value:,.4f}"
    indonesian = english.translate(str.maketrans(",.", ".,"))
    for parse, text in ((POINT, english), (COMMA, indonesian)):
        found = parse(text)
        assert isinstance(found, str)
        assert Decimal(found) == value


@pytest.mark.parametrize(
    ("cells", "signs", "settled"),
    [
        (["1.234.567,89", "5"], Signs(",", "."), True),
        (["1,234.56"], Signs(".", ","), True),
        (["2.5", "6.95"], Signs(".", ","), True),
        (["12,5", "3"], Signs(",", "."), True),
        (["1.000.000"], Signs(",", "."), True),
        (["12.500", "85.000"], Signs(",", "."), False),
        (["12,500"], Signs(".", ","), False),
        (["12", "3"], Signs(".", ","), True),
        (["Rp1.250.000", "Rp900"], Signs(",", "."), True),
        (["0.125", "0.250"], Signs(".", ","), True),
    ],
)
def test_the_decimal_sign_is_found_over_a_sample(cells: list[str], signs: Signs, settled: bool) -> None:
    assert guess_signs([cells]) == (signs, settled)


DAY_FIRST = moment_parser("DMY", "Asia/Jakarta")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2009-12-01 07:45:00", "2009-12-01 07:45:00+07:00"),
        ("2009-12-01T07:45:00Z", "2009-12-01 07:45:00+00:00"),
        ("2009-12-01T07:45:00.123+09:00", "2009-12-01 07:45:00+09:00"),
        ("2009-12-01", "2009-12-01 00:00:00+07:00"),
        ("01/12/2009 7:45", "2009-12-01 07:45:00+07:00"),
        ("1-12-09", "2009-12-01 00:00:00+07:00"),
        ("31.12.2025 14.05", "2025-12-31 14:05:00+07:00"),
        ("31/12/2025 02:05 PM", "2025-12-31 14:05:00+07:00"),
        ("31/12/2025 12:05 am", "2025-12-31 00:05:00+07:00"),
        ("19970101", "1997-01-01 00:00:00+07:00"),
        ("01122011", "2011-12-01 00:00:00+07:00"),
        ("20111209125000", "2011-12-09 12:50:00+07:00"),
        ("17 Agustus 2021", "2021-08-17 00:00:00+07:00"),
        ("Senin, 3 Januari 2022", "2022-01-03 00:00:00+07:00"),
        ("3 Mei 2022 pukul 09.30 WITA", "2022-05-03 09:30:00+08:00"),
        ("5 Nop 2021", "2021-11-05 00:00:00+07:00"),
        ("Dec 9, 2011", "2011-12-09 00:00:00+07:00"),
        ("9-Dec-11", "2011-12-09 00:00:00+07:00"),
        ("1323435000", "2011-12-09 12:50:00+00:00"),
        ("1323435000000", "2011-12-09 12:50:00+00:00"),
        ("40886.5", "2011-12-09 12:00:00+07:00"),
        ("2011/12/09", "2011-12-09 00:00:00+07:00"),
    ],
)
def test_a_moment_is_read_however_it_is_written(written: str, meant: str) -> None:
    assert DAY_FIRST(written) == meant


def test_typed_moments_are_read_too() -> None:
    assert DAY_FIRST(datetime(2011, 12, 9, 12, 50)) == "2011-12-09 12:50:00+07:00"
    assert DAY_FIRST(datetime(2011, 12, 9, 12, 50, tzinfo=UTC)) == "2011-12-09 12:50:00+00:00"
    assert DAY_FIRST(date(2011, 12, 9)) == "2011-12-09 00:00:00+07:00"
    assert DAY_FIRST(40886) == "2011-12-09 00:00:00+07:00"
    assert DAY_FIRST(40886.5) == "2011-12-09 12:00:00+07:00"
    assert code(DAY_FIRST(float("nan"))) == "date"


def test_the_order_of_day_and_month_is_the_plans() -> None:
    assert moment_parser("MDY", "Asia/Jayapura")("03/04/2026") == "2026-03-04 00:00:00+09:00"
    assert moment_parser("DMY", "Asia/Jayapura")("03/04/2026") == "2026-04-03 00:00:00+09:00"
    assert moment_parser("YMD", "Asia/Jayapura")("26/04/03") == "2026-04-03 00:00:00+09:00"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("31.02.2026", "date_not_in_calendar"),
        ("2026-13-01", "date_not_in_calendar"),
        ("01/12/2009 25:00", "date_not_in_calendar"),
        ("0001-01-01", "date_range"),
        ("9999-12-31", "date_range"),
        ("kemarin", "date"),
        ("12", "date"),
        ("2026", "date"),
        ("=TODAY()", "date"),
        ("1/2", "date"),
    ],
)
def test_what_is_no_day_is_said_to_be_none(written: str, why: str) -> None:
    assert code(DAY_FIRST(written)) == why


@pytest.mark.parametrize("written", ["", "-", "0000-00-00", "null"])
def test_a_cell_may_say_that_there_is_no_day(written: str) -> None:
    assert DAY_FIRST(written) is None


@pytest.mark.parametrize(
    ("cells", "order", "settled"),
    [
        (["13/01/2026", "02/03/2026"], "DMY", True),
        (["01/13/2026", "02/03/2026"], "MDY", True),
        (["02/03/2026", "04/05/2026"], "DMY", False),
        (["2026/02/03"], "YMD", True),
        (["2026-02-03 10:00"], "YMD", True),
        (["3 Mei 2022"], "DMY", True),
    ],
)
def test_the_order_of_day_and_month_is_found_over_a_sample(cells: list[str], order: str, settled: bool) -> None:
    assert guess_order(cells) == (order, settled)


def test_the_time_of_day_may_stand_in_a_column_of_its_own() -> None:
    parse = with_time_parser("DMY", "Asia/Jakarta")
    assert parse(("31/12/2025", "14.05")) == "2025-12-31 14:05:00+07:00"
    assert parse(("31/12/2025", "2:05:09 PM")) == "2025-12-31 14:05:09+07:00"
    assert parse(("31/12/2025", clock(14, 5))) == "2025-12-31 14:05:00+07:00"
    assert parse((datetime(2025, 12, 31), 0.5)) == "2025-12-31 12:00:00+07:00"
    assert parse(("31/12/2025", "")) == "2025-12-31 00:00:00+07:00"
    assert parse(("", "14.05")) is None
    assert code(parse(("31/12/2025", "siang"))) == "time"


def test_a_birthday_of_two_digits_lies_in_the_past() -> None:
    parse = date_parser("DMY")
    assert [parse(text) for text in ("17/08/45", "17/08/05", "1990-01-31")] == [
        "1945-08-17",
        "2005-08-17",
        "1990-01-31",
    ]


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 31)))
def test_a_day_written_any_way_comes_back_the_same(moment: datetime) -> None:
    day = moment.date()
    for order, shape in (
        ("DMY", "%d/%m/%Y"),
        ("MDY", "%m-%d-%Y"),
        ("DMY", "%Y-%m-%d"),
        ("DMY", "%d.%m.%Y"),
        ("DMY", "%Y%m%d"),
    ):
        text = moment.strftime(shape)
        found = moment_parser(order, "UTC")(text)
        assert isinstance(found, str), text
        assert found.startswith(day.isoformat()), (text, found)


def test_text_is_trimmed_and_free_of_what_cannot_be_seen() -> None:
    assert texts.clean("  Siti\u00a0 Nurhaliza\t\x07 ") == "Siti Nurhaliza"
    assert texts.clean("Ko\0pi\u200b \ufeffGayo") == "Kopi Gayo"
    assert texts.clean("abc\u202ecba") == "abccba"
    assert texts.clean("a\nb") == "a b"
    assert texts.clean("a\nb", lines=True) == "a\nb"
    assert texts.clean("Cafe\u0301") == "Café"
    assert texts.clean("\ud800x") == "x"
    assert [texts.clean(empty) for empty in ("", "  ", "\\N", "#N/A", "NULL")] == [None] * 5


def test_typed_cells_become_the_text_a_person_would_type() -> None:
    assert [texts.as_text(cell) for cell in (536365.0, 12, 1.5, True, None, Decimal("1.500"))] == [
        "536365",
        "12",
        "1.5",
        "TRUE",
        "",
        "1.5",
    ]
    assert texts.as_text(datetime(2026, 3, 1)) == "2026-03-01"


def test_an_id_from_a_spreadsheet_loses_its_decimals_and_keeps_its_zeros() -> None:
    parse = texts.id_parser(field_of("ORDERS", "customer_number"), frozenset(), drop=True)
    assert [parse(cell) for cell in ("13085.0", "00042", 13085.0, " C-7 ")] == ["13085", "00042", "13085", "C-7"]


@pytest.mark.parametrize(
    "written", ["0", "000", "-", "N/A", "guest", "Tamu", "UMUM", "None", "walk-in", "pelanggan umum"]
)
def test_a_placeholder_is_nobody_unless_kept(written: str) -> None:
    field = field_of("ORDERS", "customer_number")
    found = texts.id_parser(field, frozenset(), drop=True)(written)
    assert isinstance(found, Odd)
    assert (found.code, found.value, found.fatal) == ("placeholder", None, False)
    assert texts.id_parser(field, frozenset(), drop=False)(written) == written


def test_a_text_beyond_its_column_is_refused_or_cut() -> None:
    assert code(texts.text_parser(field_of("ORDERS", "channel"))("x" * 101)) == "too_long"
    found = texts.text_parser(field_of("ORDERS", "product_name"))("x" * 400)
    assert isinstance(found, Odd)
    assert not found.fatal
    assert found.value == "x" * 299 + "…"


def test_a_choice_is_known_by_any_word_for_it() -> None:
    gender = texts.choice_parser(field_of("CUSTOMERS", "gender"))
    assert [gender(word) for word in ("P", "perempuan", "Laki-laki", "L", "female", "")] == [
        "FEMALE",
        "FEMALE",
        "MALE",
        "MALE",
        "FEMALE",
        None,
    ]
    assert code(gender("lainnya")) == "choice"
    kind = texts.choice_parser(field_of("CUSTOMERS", "kind"))
    assert [kind(word) for word in ("Perusahaan", "PERSON", "perorangan")] == ["COMPANY", "PERSON", "PERSON"]


def test_a_currency_is_its_code() -> None:
    assert [texts.currency_parser(word) for word in ("Rp", "idr", "USD", "")] == ["IDR", "IDR", "USD", None]
    assert code(texts.currency_parser("gold")) == "currency"
