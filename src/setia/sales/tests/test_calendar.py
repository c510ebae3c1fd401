"""The calendar of a person: as a page, and as other programs read it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from setia.accounts.models import AuditEntry, User
from setia.customers.models import Customer
from setia.customers.tests.people import NOON
from setia.sales import actions, ical, queries
from setia.sales.models import CalendarFeed
from setia.sales.tests.test_activities import TODAY, Busy

PROPERTY = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", re.DOTALL)


def read(raw: bytes) -> list[dict[str, str]]:
    """The events of an iCalendar, read strictly by RFC 5545: CRLF, 75 octets, folds, escapes, an END for a BEGIN."""
    assert raw.endswith(b"\r\n")
    lines = raw[:-2].split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode("utf-8")  # no character is broken by a fold
    unfolded: list[str] = []
    for line in lines:
        if line.startswith(b" "):
            unfolded[-1] += line[1:].decode()
        else:
            unfolded.append(line.decode())
    assert (unfolded[0], unfolded[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0", "PRODID:-//Setia//Activities//EN"} <= set(unfolded)
    events: list[dict[str, str]] = []
    inside = False
    for one in unfolded[1:-1]:
        found = PROPERTY.fullmatch(one)
        assert found, one
        name, parameters, value = found.groups()
        if name in ("BEGIN", "END"):
            assert value == "VEVENT"
            assert inside == (name == "END")
            inside = name == "BEGIN"
            if inside:
                events.append({})
        elif inside:
            assert name not in events[-1], f"{name} twice"
            events[-1][name] = (parameters + " " if parameters else "") + _text(name, value)
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"} <= set(event)
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
    return events


def _text(name: str, value: str) -> str:
    if name not in ("SUMMARY", "LOCATION", "DESCRIPTION", "CATEGORIES"):
        return value
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), "an unescaped ; or ,"
    assert not re.search(r"[\x00-\x1f\x7f]", value)
    return re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), value)


def item(**facts: Any) -> ical.Item:
    usual: dict[str, Any] = {
        "uid": "a@setia", "sequence": 0, "changed_at": NOON, "title": "Rapat", "at": NOON, "minutes": 45, "day": TODAY,
    }  # fmt: skip
    return ical.Item(**usual | facts)


class ICalendarTest(Busy):
    def test_a_moment_is_in_utc_a_day_is_a_day_and_what_was_called_off_says_so(self) -> None:
        timed, whole, off = read(
            ical.calendar("Sari", [item(), item(at=None, minutes=None), item(minutes=None, cancelled=True, sequence=3)])
        )
        assert (timed["DTSTART"], timed["DTEND"]) == ("20261119T050000Z", "20261119T054500Z")
        assert (whole["DTSTART"], whole["DTEND"]) == (";VALUE=DATE 20261119", ";VALUE=DATE 20261120")
        assert (off["STATUS"], off["SEQUENCE"], off["DTEND"]) == ("CANCELLED", "3", "20261119T053000Z")


@settings(max_examples=40, deadline=None)
@given(title=st.text(min_size=1, max_size=200), note=st.text(max_size=300))
def test_whatever_is_written_comes_out_as_it_was_and_adds_no_line_of_its_own(title: str, note: str) -> None:
    (event,) = read(ical.calendar(title, [item(title=title, text=note)]))
    seen = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
    for text, read_back in ((title, event["SUMMARY"]), (note, event.get("DESCRIPTION", ""))):
        plain = seen.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        assert read_back == plain.encode("utf-8", "replace").decode()


class FeedTest(Busy):
    def setUp(self) -> None:
        super().setUp()
        cache.clear()

    def feed(self, token: str) -> Any:
        return self.client_class().get(reverse("calendar_feed", args=[token]))

    def test_the_secret_address_is_shown_once_answers_without_a_session_and_a_new_one_ends_the_old(self) -> None:
        self.planned(planned_at=NOON, customer=self.budi, place="Jl. Melati; blok B, 5", duration_minutes=60)
        self.sign_in(self.sari)
        page = self.client.post(reverse("make_feed")).content.decode()
        (token,) = re.findall(r"/sales/calendar/([\w-]{43})\.ics", page)
        assert token not in self.client.get(reverse("calendar_address")).content.decode()
        assert token not in str(CalendarFeed.objects.values().get())
        assert token not in str(list(AuditEntry.objects.values()))
        answer = self.feed(token)
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        (event,) = read(answer.content)
        assert event["SUMMARY"] == "Tanya kopi Gayo: Budi Hartono"
        assert event["LOCATION"] == "Jl. Melati; blok B, 5"
        self.client.post(reverse("make_feed"))
        assert self.feed(token).status_code == 404
        self.client.post(reverse("drop_feed"))
        assert not CalendarFeed.objects.exists()

    def test_moved_or_called_off_it_keeps_its_uid_and_counts_up(self) -> None:
        token = actions.make_feed(by=self.sari, at=NOON)
        one = self.planned(planned_at=NOON)
        (before,) = read(self.feed(token).content)
        actions.move_activity(by=self.sari, at=NOON, activity=one, due_date=TODAY + timedelta(days=1))
        (after,) = read(self.feed(token).content)
        actions.cancel_activity(by=self.sari, at=NOON, activity=one)
        (off,) = read(self.feed(token).content)
        assert before["UID"] == after["UID"] == off["UID"]
        assert [one["SEQUENCE"] for one in (before, after, off)] == ["0", "1", "2"]
        assert (after["DTSTART"], off["STATUS"]) == ("20261120T050000Z", "CANCELLED")

    def test_it_holds_ones_own_alone_and_names_no_customer_one_does_not_see(self) -> None:
        token = actions.make_feed(by=self.sari, at=NOON)
        self.planned(customer=self.budi)
        self.planned(by=self.tono, customer=self.maria, title="Rahasia")
        Customer.objects.filter(pk=self.budi.pk).update(owner=self.tono)
        (event,) = read(self.feed(token).content)
        assert event["SUMMARY"] == "Tanya kopi Gayo"

    def test_who_left_or_may_not_see_activities_has_no_feed_and_guessing_is_slowed(self) -> None:
        token = actions.make_feed(by=self.sari, at=NOON)
        assert self.feed(token).status_code == 200
        User.objects.filter(pk=self.sari.pk).update(is_active=False)
        assert self.feed(token).status_code == 404
        with mock.patch("setia.sales.views.calendars.ratelimit.consume", return_value=None):
            assert self.feed("x" * 43).status_code == 429


class CalendarTest(Busy):
    def test_a_month_is_whole_weeks_with_each_day_by_time(self) -> None:
        second = self.planned(planned_at=datetime(2026, 11, 19, 8, 0, tzinfo=UTC))
        first = self.planned(planned_at=datetime(2026, 11, 19, 2, 0, tzinfo=UTC))
        done = actions.log_activity(by=self.sari, at=NOON, kind="CALL", title="")
        outside = self.planned(due_date=date(2026, 12, 2))
        self.planned(by=self.tono)
        actions.cancel_activity(by=self.sari, at=NOON, activity=self.planned())
        found = queries.calendar_of(self.sari, self.sari, first=date(2026, 11, 1), final=date(2026, 11, 30))
        days = {day: [one.activity for one in some] for week in found.weeks for day, some in week}
        assert (min(days), max(days), {len(week) for week in found.weeks}) == (
            date(2026, 10, 26),
            date(2026, 12, 6),
            {7},
        )
        assert days[TODAY] == [first, done, second]
        assert days[date(2026, 12, 2)] == [outside]

    def test_the_page_shows_a_month_or_a_week_and_a_colleagues_to_who_may_see_it(self) -> None:
        for number in range(6):
            self.planned(customer=self.budi, title=f"Nr {number}")
        self.sign_in(self.sari)
        page = reverse("calendar")
        self.client.get(page)
        with CaptureQueriesContext(connection) as asked:
            month = self.client.get(page)
        assert len(asked) <= 8
        self.assertContains(month, "Nr 3")
        self.assertContains(month, "2 more")
        self.assertNotContains(month, "Nr 4")
        week = self.client.get(page, {"view": "week", "on": "2026-11-20"})
        self.assertContains(week, "Nr 5")
        self.assertContains(week, "on=2026-11-23")
        self.assertNotContains(self.client.get(page, {"on": "2026-12"}), "Nr 9")
        self.sign_in(self.tono)
        self.assertNotContains(self.client.get(page, {"who": self.sari.pk}), "Nr 1")
        self.sign_in(self.dimas)
        self.assertContains(self.client.get(page, {"who": self.sari.pk}), "Nr 1")
