from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from setia.core.models import Firm
from setia.core.numbers import MoneyField, NumberField, read_money, read_number, write_number

RUPIAH = {
    "125.000": "125000",
    "125,000": "125000",
    "1.250.000": "1250000",
    "1.250.000,50": "1250000.5",
    "1,250,000.50": "1250000.5",
    "Rp 12.500": "12500",
    "Rp12.500,-": "12500",
    "125000": "125000",
    "12,5": "12.5",
    "12.5": "12.5",
    "0.125": "0.125",
    "1.2345": "1.2345",
    "1234.567": "1234.567",
    " 1 250 ": "1250",
    "-5.000": "-5000",
    "−5.000": "-5000",
    "007": "7",
}
NO_NUMBERS = [
    "",
    "abc",
    "1.2.3",
    "12.34.567",
    "1.250.00",
    "1,2,3.4.5",
    ".",
    ",",
    "-",
    "1e9",
    "NaN",
    "1" * 41,
    "٣",
    "5 kg",
]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("text", "wanted"), RUPIAH.items())
def test_rupiah_is_read_as_people_write_it_in_either_language(text: str, wanted: str, language: str) -> None:
    Firm.objects.update_or_create(pk=1, defaults={"currency": "IDR"})
    with translation.override(language):
        assert read_money(text) == Decimal(wanted)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text, decimal=",") is None


def test_a_quantity_is_read_as_the_language_writes_it() -> None:
    with translation.override("id"):
        assert NumberField().clean("1.500") == 1500
        assert NumberField().clean("1,5") == Decimal("1.5")
    with translation.override("en"):
        assert NumberField().clean("1.500") == Decimal("1.5")
        assert NumberField().clean("1,500") == 1500


@pytest.mark.django_db
def test_a_currency_with_cents_is_read_as_the_language_writes_it() -> None:
    Firm.objects.update_or_create(pk=1, defaults={"currency": "USD"})
    with translation.override("en"):
        assert read_money("1.125") == Decimal("1.125")
        assert read_money("1,125") == 1125


def test_what_is_wrong_is_said_with_an_example() -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=r"“dua” is not a number.*1,250"):
        NumberField().clean("dua")


@pytest.mark.django_db
@given(st.decimals(min_value=0, max_value=10**12, places=4), st.sampled_from(["id", "en"]))
def test_a_field_shows_what_it_will_read_again(value: Decimal, language: str) -> None:
    with translation.override(language):
        for field in (NumberField(), MoneyField()):
            assert field.clean(field.prepare_value(value)) == value


def test_a_number_is_shown_without_idle_zeros() -> None:
    assert write_number(Decimal("125000.0000"), decimal=",") == "125000"
    assert write_number(Decimal("12.5000"), decimal=",") == "12,5"
