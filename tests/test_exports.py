"""Whatever leaves the house as a file leaves a line in the audit trail: who took what, and when.

The addresses come from the resolver, so an export that is added and forgets its line fails here the day it is there.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache as counters
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from setia.accounts.models import AuditEntry, User
from setia.core.trail import TAKEN_OUT, act_of
from setia.intake.models import Run
from tests.test_routes import Address, addresses
from tests.world import THEIRS, walker, world

UNTOLD = {
    "customer_file": "one paper of one record, opened as the record itself is",
}
"""Files that leave no line, each with the reason."""

NAMED = ("export", "download", "rejected_rows", "hand_over")
"""What addresses that hand files out are called; each of them must have been met with a file behind it."""


def _read(answer: Any) -> None:
    """To the end, as a browser does; closing it unread would close the test's own connection."""
    if answer.streaming:
        for _part in answer.streaming_content:
            pass


class Exports(TestCase):
    """Rani owns the firm and takes every file there is."""

    rani: User

    @classmethod
    def setUpTestData(cls) -> None:
        world(cls)
        cls.rani = User.objects.get(role="OWNER")
        file = Path(settings.HOME) / "files" / "walk-rejected.csv"
        file.write_text("row,reason\n", encoding="utf-8")
        Run.objects.filter(pk=THEIRS).update(rejects_path=str(file))

    def taken(self, address: Address, method: str) -> tuple[Any, list[AuditEntry]]:
        """What an address answers to Rani, and the lines of the trail that are of it; nothing else stays."""
        counters.clear()
        client = walker(self.rani)
        latest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        point = connection.savepoint()
        answer = client.generic(method, address.path, content_type="application/x-www-form-urlencoded")
        _read(answer)
        lines = list(AuditEntry.objects.filter(pk__gt=latest))
        connection.savepoint_rollback(str(point))
        return answer, lines

    def test_every_file_that_leaves_the_house_leaves_a_line_that_says_who_took_it(self) -> None:
        met, wrong = set(), []
        for address in addresses():
            answer, lines = self.taken(address, "GET")
            if answer.status_code == 405:  # what only a button may send
                answer, lines = self.taken(address, "POST")
            if not answer.get("Content-Disposition", "") and "csv" not in answer.get("Content-Type", ""):
                continue
            met.add(address.name)
            told = [one for one in lines if act_of(one.verb) == TAKEN_OUT and one.by == self.rani]
            if address.name not in UNTOLD and len(told) != 1:
                wrong.append(f"{address.path} ({address.name}) left {len(told)} lines")
        assert not wrong, "\n".join(wrong)
        assert set(UNTOLD) <= met
        named = {one.name for one in addresses() if any(word in one.name for word in NAMED)}
        assert named <= met, f"no file was behind {named - met}"

    def test_a_line_says_which_list_it_was_where_there_are_many_of_a_kind(self) -> None:
        client = walker(self.rani)
        for path in (f"/service/prices/{THEIRS}/export/", "/reports/base/export/", f"/import/{THEIRS}/rejected/"):
            _read(client.get(path))
        found = AuditEntry.objects.filter(verb="list.exported", at__lte=timezone.now()).order_by("pk")
        assert [one.data for one in found] == [
            {"what": "price", "customer": THEIRS},
            {"what": "report", "report": "base"},
            {"what": "rejected", "run": THEIRS},
        ]
        page = client.get("/settings/audit/").content.decode()
        for words in ("Price lists", "Reports", "Rejected rows"):
            assert words in page, words
