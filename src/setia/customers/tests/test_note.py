from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from setia.customers import actions
from setia.customers.models import TimelineEntry
from setia.customers.queries import entries_of
from setia.customers.tests.people import LATER, NOON, People


class NoteTest(People):
    def test_a_note_is_kept_in_its_lines_with_who_and_when(self) -> None:
        actions.note(by=self.dimas, at=LATER, customer=self.siti, body=" Suka Gayo \r\n\r\n giling V60 <b> ")
        entry = entries_of(self.siti, before=None, most=1)[0]
        assert (entry.kind, entry.data, entry.by, entry.at) == (
            "NOTE",
            {"text": "Suka Gayo\n\ngiling V60 <b>"},
            self.dimas,
            LATER,
        )

    def test_an_empty_note_is_refused(self) -> None:
        with pytest.raises(actions.EmptyNote):
            actions.note(by=self.dimas, at=LATER, customer=self.siti, body=" \n ")

    def test_the_database_refuses_to_change_what_the_timeline_says(self) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            TimelineEntry.objects.update(data={"text": "never said"})

    def test_the_timeline_is_read_page_by_page_without_a_gap(self) -> None:
        for hour in range(5):
            actions.note(by=self.dimas, at=NOON + timedelta(hours=hour // 2), customer=self.siti, body=f"n{hour}")
        read: list[int] = []
        before = None
        while page := entries_of(self.siti, before=before, most=2):
            read += [entry.pk for entry in page]
            before = (page[-1].at, page[-1].pk)
        assert len(read) == 6
        assert read == [e.pk for e in TimelineEntry.objects.order_by("-at", "-id")]
        notes = entries_of(self.siti, before=None, most=10, kinds=["NOTE"])
        assert {entry.kind for entry in notes} == {"NOTE"}

    def test_somebody_who_left_the_firm_writes_no_note(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.note(by=self.bayu, at=LATER, customer=self.siti, body="halo")


class NotePageTest(People):
    def setUp(self) -> None:
        self.sign_in()
        self.url = reverse("add_note", args=[self.siti.pk])

    def test_a_note_lands_on_the_timeline_as_text(self) -> None:
        answer = self.client.post(self.url, {"body": "<b>Gayo</b>\nlagi"}, follow=True)
        self.assertContains(answer, "&lt;b&gt;Gayo&lt;/b&gt;\nlagi")

    def test_an_empty_note_says_so(self) -> None:
        self.assertContains(self.client.post(self.url, {"body": " "}), "The note is empty", status_code=422)
