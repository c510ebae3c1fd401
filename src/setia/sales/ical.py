"""Activities as an iCalendar (RFC 5545), for the calendar on somebody's telephone. Text out, nothing read or stored.

A moment is written in UTC, so no time zone has to be described; a day without a time is a day everywhere. The UID of an
activity never changes and its SEQUENCE grows when it is moved, so that a calendar replaces its copy.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

WITHOUT_END = timedelta(minutes=30)
"""How long an appointment is shown that says no duration."""
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f]")


class Item(NamedTuple):
    """One entry. `at` for a moment (aware) with `minutes`, else `day`; `uid` is its name for ever."""

    uid: str
    sequence: int
    changed_at: datetime
    title: str
    at: datetime | None
    minutes: int | None
    day: date
    place: str = ""
    text: str = ""
    kind: str = ""
    cancelled: bool = False
    busy: bool = True


def calendar(name: str, items: Iterable[Item]) -> bytes:
    """A whole VCALENDAR, lines folded at 75 octets and ended by CRLF (RFC 5545, 3.1)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Setia//Activities//EN", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for item in items:
        lines += _event(item)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    plain = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, none of which breaks a character."""
    if len(whole := line.encode("utf-8", "replace")) <= 75:
        return whole + b"\r\n"
    pieces: list[bytes] = []
    piece, room = b"", 75
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", 74  # the space that begins a continued line counts
        piece += octets
    pieces.append(piece)
    return b"\r\n ".join(pieces) + b"\r\n"


def _event(item: Item) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{item.uid}"
    yield f"DTSTAMP:{_utc(item.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(item.changed_at)}"
    yield f"SEQUENCE:{item.sequence}"
    if item.at is not None:
        ends = item.at + (timedelta(minutes=item.minutes) if item.minutes else WITHOUT_END)
        yield f"DTSTART:{_utc(item.at)}"
        yield f"DTEND:{_utc(ends)}"
    else:
        yield f"DTSTART;VALUE=DATE:{item.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{item.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(item.title)}"
    if item.place:
        yield f"LOCATION:{escaped(item.place)}"
    if item.text:
        yield f"DESCRIPTION:{escaped(item.text)}"
    if item.kind:
        yield f"CATEGORIES:{escaped(item.kind)}"
    yield f"STATUS:{'CANCELLED' if item.cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'OPAQUE' if item.busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
