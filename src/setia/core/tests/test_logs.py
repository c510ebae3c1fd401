"""Log lines hold no personal data, tracebacks included."""

import logging
import sys

import pytest

from setia.core.logs import LineFormatter, without_personal_data


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail to dewi.lestari+x@kopi.example failed", "mail to <e-mail> failed"),
        ("call +62 812-3456-7890 now", "call <phone> now"),
        ("081234567890", "<phone>"),
        ("Not Found: /customers/?q=Budi+Santoso&page=2", "Not Found: /customers/?…"),
        ("POST /welcome/abc-DEF_123/ 200", "POST /welcome/…/ 200"),
        ("/invitation/s3cret/", "/invitation/…/"),
        ("/password/reset/1a-b2c3-d4/", "/password/reset/…/"),
        ("DETAIL:  Key (email)=(dewi) already exists.", "DETAIL:  Key (email)=(…) already exists."),
        ("Failing row contains (7, Dewi, 1990-01-01).", "Failing row contains (…)."),
    ],
)
def test_personal_data_is_taken_out(text: str, kept: str) -> None:
    assert without_personal_data(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T05:00:00 imported 1034220 rows in 45.123 s",
        "run 12 of source retail: 48453 orders, 0.0000012345 s each",
        "job 00000123 (intake.commit) failed, reference 09ab12cd",
        "revenue 19954170.688",
    ],
)
def test_figures_and_times_stay(text: str) -> None:
    assert without_personal_data(text) == text


def test_a_traceback_is_cleaned_too() -> None:
    try:
        raise ValueError("no such person: dewi@kopi.example")
    except ValueError:
        record = logging.LogRecord(
            "setia", logging.ERROR, __file__, 1, "failed for %s", ("a@b.example",), sys.exc_info()
        )
    line = LineFormatter().format(record)
    assert "@" not in line
    assert "ValueError: no such person: <e-mail>" in line
    assert line.split()[1:3] == ["ERROR", "setia"]
