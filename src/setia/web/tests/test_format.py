"""Numbers, money and days as the reader's language and the firm's zone have them; checked against hand-written text."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_decimal
from django.utils import timezone, translation

from setia.core.models import Firm
from setia.core.queries import keep_firm
from setia.web import format as written

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def firm_of_jakarta() -> Iterator[None]:
    keep_firm(Firm(name="Kopi Nusantara"))
    with timezone.override(ZoneInfo("Asia/Jakarta")), translation.override("id"):
        yield
    keep_firm(None)


def test_numbers_have_the_separators_of_the_language() -> None:
    assert written.number(1234567) == "1.234.567"
    assert written.number(Decimal("1234.5"), 2) == "1.234,50"
    with translation.override("en"):
        assert written.number(1234567) == "1,234,567"


def test_numbers_are_written_as_the_unicode_consortium_has_it() -> None:
    """But for nothing less than nothing, which it writes as -0."""
    random = Random(3)
    for language, locale in (("id", "id_ID"), ("en", "en_GB")):
        with translation.override(language):
            for _turn in range(2_000):
                decimals = random.choice((0, 0, 1, 2, 4))
                value = random.choice(
                    (
                        random.randrange(-(10**18), 10**18),
                        random.uniform(-1e6, 1e6),
                        Decimal(random.randrange(-(10**9), 10**9)) / 10 ** random.randrange(6),
                        random.randrange(-50, 50) / 8,
                        random.uniform(-1, 1) * 10.0 ** random.randrange(-9, 12),
                    )
                )
                pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
                said = format_decimal(value, format=pattern, locale=locale)
                assert written.number(value, decimals) == (said if said.strip("-0.,") else said.lstrip("-")), value


def test_money_has_no_decimals_and_its_sign_in_front() -> None:
    assert written.money(Decimal("1234567.4000")) == "Rp1.234.567"
    assert written.money(Decimal("-568491.17")) == "−Rp568.491"
    assert written.money(Decimal("0")) == "Rp0"
    with translation.override("en"):
        assert written.money(1234567) == "Rp1,234,567"
        assert written.money(1234, "GBP") == "£1,234"


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [
        (612_000, "Rp612{}rb", "Rp612{}k"),
        (5_800_000, "Rp5,8{}jt", "Rp5.8{}m"),
        (1_840_000_000, "Rp1,84{}M", "Rp1.84{}bn"),
        (999_600, "Rp1{}jt", "Rp1{}m"),
        (12_345, "Rp12,3{}rb", "Rp12.3{}k"),
        (-5_800_000, "−Rp5,8{}jt", "−Rp5.8{}m"),
        (2_000_000_000_000, "Rp2{}T", "Rp2{}tn"),
    ],
)
def test_short_money_has_three_figures_at_most(amount: int, indonesian: str, english: str) -> None:
    assert written.short_money(amount) == indonesian.format(NBSP)
    with translation.override("en"):
        assert written.short_money(amount) == english.format(NBSP)


def test_small_money_is_not_shortened() -> None:
    assert written.short_money(950) == "Rp950"


def test_shares_are_percentages_without_a_space() -> None:
    assert written.percent(0.6316) == "63,2%"
    assert written.percent(0.25) == "25%"
    assert written.percent(1) == "100%"


def test_a_share_too_small_for_its_decimals_is_not_called_none() -> None:
    assert written.percent(0.0004) == "<0,1%"
    assert written.percent(0.0006) == "0,1%"
    assert written.percent(0.004, 0) == "<1%"
    assert written.percent(Decimal("0.00001")) == "<0,1%"
    assert written.percent(0) == "0%"
    with translation.override("en"):
        assert written.percent(0.0004) == "<0.1%"


def test_what_is_unknown_is_a_dash() -> None:
    assert {written.number(None), written.money(None), written.day(None), written.ago(None)} == {"–"}


def test_a_day_leaves_out_the_running_year_only() -> None:
    this_year = timezone.localdate().year
    assert written.day(date(2025, 11, 8), year=True) == "8 Nov 2025"
    assert written.day(date(this_year, 3, 14)) == "14 Mar"
    assert written.day(date(2011, 12, 9)) == "9 Des 2011"
    with translation.override("en"):
        assert written.day(date(2011, 12, 9)) == "9 Dec 2011"
    assert written.long_day(date(2026, 11, 19)) == "Kamis, 19 November 2026"


def test_a_moment_is_told_in_the_firms_zone() -> None:
    late = datetime(2011, 12, 9, 17, 30, tzinfo=UTC)
    assert written.moment(late) == "10 Des 2011, 00.30 WIB"
    with timezone.override(ZoneInfo("Asia/Makassar")):
        assert written.moment(late) == "10 Des 2011, 01.30 WITA"
    with timezone.override(ZoneInfo("Asia/Jayapura")), translation.override("en"):
        assert written.moment(late) == "10 Dec 2011, 02:30 WIT"


def test_days_are_told_from_the_firms_today() -> None:
    today = date(2026, 11, 19)
    said = [written.relative_day(today + timedelta(days=days), today) for days in (0, -1, 1, -26, 3, -70, -800)]
    assert said == ["hari ini", "kemarin", "besok", "26 hari lalu", "3 hari lagi", "2 bulan lalu", "2 tahun lalu"]


def test_what_just_happened_is_told_by_the_clock() -> None:
    now = timezone.now()
    assert written.ago(now) == "baru saja"
    assert written.ago(now - timedelta(minutes=5)) == "5 menit lalu"
    assert written.ago(now - timedelta(hours=3)) == "3 jam lalu"


def test_sizes_and_durations_are_short() -> None:
    assert written.file_size(12_345_678) == f"12,3{NBSP}MB"
    assert written.duration(12) == "12 dtk"
    assert written.duration(200) == "3 mnt 20 dtk"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Raden Ajeng Siti Nurhaliza Kusumawardhani", "RK"),
        ("PT Rasa Nusantara Boga Sejahtera", "RS"),
        ("Hj. Siti Aminah", "SA"),
        ("Sukarno", "SU"),
        ("7", "7"),
        ("", "?"),
    ],
)
def test_initials_pass_over_titles_and_company_forms(name: str, letters: str) -> None:
    assert written.initials(name) == letters
