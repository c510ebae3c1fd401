from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.core import keyset
from setia.customers import actions
from setia.customers.models import Customer, LifeEvent
from setia.customers.queries import birthdays, life_events, life_events_of, occasion
from setia.customers.tests.people import LATER, People


class LifeEventTest(People):
    def born(self, name: str, day: date) -> Customer:
        return actions.add(by=self.dimas, at=LATER, name=name, birthday=day)

    def coming(self, today: date) -> list[tuple[str, str, int | None]]:
        rows = keyset.page(birthdays(self.dimas, today=today, days=30), size=20).rows
        found = [occasion(row, today=today) for row in rows]
        return [(one.customer.name, one.day.isoformat(), one.years) for one in found]

    def happens(self, kind: str, day: date, *, yearly: bool = True) -> LifeEvent:
        return actions.add_life_event(
            by=self.dimas, at=LATER, customer=self.siti, kind=kind, day=day, words=" Aisyah ", yearly=yearly
        )

    def test_birthdays_stand_in_the_order_they_come_round_over_the_end_of_the_year(self) -> None:
        self.born("January", date(1990, 1, 3))
        self.born("December", date(1985, 12, 30))
        self.born("Too late", date(1985, 1, 20))
        self.born("Yesterday", date(1985, 12, 9))
        self.born("Today", date(2000, 12, 10))
        assert self.coming(date(2026, 12, 10)) == [
            ("Today", "2026-12-10", 26),
            ("December", "2026-12-30", 41),
            ("January", "2027-01-03", 37),
        ]

    def test_a_twentyninth_of_february_is_kept_on_the_28th_in_other_years(self) -> None:
        self.born("Leap", date(1996, 2, 29))
        assert self.coming(date(2027, 2, 10)) == [("Leap", "2027-02-28", 31)]
        assert self.coming(date(2028, 2, 10)) == [("Leap", "2028-02-29", 32)]
        assert self.coming(date(2027, 1, 30)) == [("Leap", "2027-02-28", 31)], "the 28th is the window's final day"
        assert self.coming(date(2027, 3, 1)) == []

    def test_pages_follow_one_another_over_the_end_of_the_year(self) -> None:
        for day in range(1, 8):
            self.born(f"A{day}", date(1990, 12, 24 + day))
            self.born(f"B{day}", date(1990, 1, day))
        legs = birthdays(self.dimas, today=date(2026, 12, 20), days=30)
        seen: list[str] = []
        page = keyset.page(legs, size=3)
        while True:
            seen += [row.name for row in page.rows]
            if not page.later:
                break
            page = keyset.page(legs, size=3, cursor=page.later)
        assert seen == [f"A{day}" for day in range(1, 8)] + [f"B{day}" for day in range(1, 8)]

    def test_an_event_comes_every_year_or_once(self) -> None:
        self.happens("CHILD", date(2024, 12, 5))
        self.happens("WEDDING", date(2024, 12, 6), yearly=False)
        self.happens("OTHER", date(2026, 12, 7), yearly=False)
        today = date(2026, 12, 1)
        found = [
            occasion(row, today=today)
            for row in keyset.page(life_events(self.dimas, today=today, days=30), size=9).rows
        ]
        assert [(one.what, one.day.isoformat(), one.years) for one in found] == [
            ("Aisyah", "2026-12-05", 2),
            ("Aisyah", "2026-12-07", None),
        ]

    def test_an_event_once_in_another_year_is_not_coming(self) -> None:
        self.happens("OTHER", date(2027, 12, 7), yearly=False)
        assert keyset.page(life_events(self.dimas, today=date(2026, 12, 1), days=30), size=9).rows == []

    def test_a_day_taken_away_is_told_once(self) -> None:
        made = self.happens("CHILD", date(2024, 12, 5))
        actions.remove_life_event(by=self.dimas, at=LATER, event=made)
        actions.remove_life_event(by=self.dimas, at=LATER, event=made)
        assert [kind for kind, _ in self.told(self.siti)] == ["ADDED", "EVENT_ADDED", "EVENT_REMOVED"]

    def test_somebody_who_left_the_firm_writes_no_day_down(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.add_life_event(by=self.bayu, at=LATER, customer=self.siti, kind="CHILD", day=date(2024, 12, 5))


class LifeEventPageTest(People):
    def setUp(self) -> None:
        self.sign_in()

    def test_a_day_is_written_down_and_taken_away(self) -> None:
        add = reverse("add_life_event", args=[self.siti.pk])
        answer = self.client.post(
            add,
            {"kind": "CHILD", "day": "2024-12-05", "words": "<b>Aisyah</b>", "yearly": "on"},
            headers={"HX-Request": "true"},
        )
        self.assertContains(answer, "New child: &lt;b&gt;Aisyah&lt;/b&gt;")
        self.assertContains(self.client.post(add, {"kind": "CHILD", "day": "0024-12-05"}), "1900", status_code=422)
        (made,) = life_events_of(self.siti)
        self.assertRedirects(
            self.client.post(reverse("remove_life_event", args=[self.siti.pk, made.pk])),
            reverse("related", args=[self.siti.pk]),
        )
        assert life_events_of(self.siti) == []
