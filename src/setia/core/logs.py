"""Log lines without personal data.

What a log may not hold is taken out when the line is made, tracebacks included: e-mail addresses, phone numbers, what
was searched for, values that PostgreSQL quotes from a row, and the secret part of one-time links.
"""

import logging
import re
import time

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(/(?:welcome|invitation)/)[^/\s\"']+"), r"\1…"),
    (re.compile(r"(/password/reset/)[^/\s\"']+-[^/\s\"']+"), r"\1…"),
    (re.compile(r"(/[^\s?\"']*\?)[^\s\"']+"), r"\1…"),
    (re.compile(r"(Key \([^)]*\)=\().*(\))"), r"\1…\2"),
    (re.compile(r"(Failing row contains \().*(\))"), r"\1…\2"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?<![\w.+-])(?:\+\d|00[1-9]|0[1-9]|62)[\d .-]{6,16}\d(?![\w.])"), "<phone>"),
)


def without_personal_data(text: str) -> str:
    """The text with addresses, numbers and secrets replaced by what they are."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


class LineFormatter(logging.Formatter):
    """One line a record, in UTC, without personal data."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name} "
        return head + without_personal_data(super().format(record))

    def __init__(self) -> None:
        super().__init__("%(message)s")
