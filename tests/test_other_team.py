"""What another team sells is nowhere: not in a list, a count, a sum, a file, a calendar, the team board or on a phone.

Every address about selling that needs no key is asked twice by a seller who may do everything with the customers of
her team: before the other team has sold anything, and after. But for what changes by itself, the answers must be the
same letter for letter, so that not even a figure tells of it. A seller of the other team reads the mark on all that
matters.
"""

import io
import re
import zipfile
from collections.abc import Container
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.test import Client, TestCase
from django.utils import timezone

from setia.accounts.models import Role, Team, User
from setia.catalogue.models import Product
from setia.core.models import Firm
from setia.core.permissions import every_verb
from setia.customers.models import ContactPoint, Customer, TimelineEntry
from setia.orders.models import Order, OrderLine
from setia.reports.actions import count_sold, mark_all
from setia.reports.live import LIVE
from setia.sales import actions, live
from setia.sales.models import Activity, Opportunity, Prospect, Stage, StageChange, Visit
from tests.test_routes import PUBLIC, addresses
from tests.world import NOON, person, walker

MARK = "Rahasiawati"
DAY = date(2026, 11, 19)
_ITSELF = re.compile(
    r'Reference [0-9A-F]+|"reference": ?"[^"]*"|'
    r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"(?:token|lock|csrf)": "[^"]*"|X-CSRFToken": "[^"]*"'
)
ABOUT = ("/sales/", "/reports/", "/orders/", "/customers/", "/subscriptions/", "/service/", "/api/", "/search")
BOOKS = ("by-customer",)
READ = {
    *("customers", "prospects", "opportunities", "board", "activities", "my_day", "calendar", "live_board"),
    *("live_parts", "field_day", "visits", "orders", "export_opportunities", "export_orders"),
    *("list_opportunities", "list_customers", "calendar_feed", "column", "won"),
    *(f"{name} book" for name in BOOKS),
}
"""Where a seller reads of the own customers, by the name of the address; the walk must meet all of these."""


def _sold(owner: User, mark: str, key: int) -> None:
    """A day's work with one customer: asked, hoped for, seen, ordered, won; `mark` stands in each of its texts."""
    said = {"created_at": NOON, "updated_at": NOON}
    one = Customer.objects.create(pk=key, name=f"Ibu {mark}", number=mark, owner=owner, **said)
    ContactPoint.objects.create(customer=one, kind="EMAIL", value=f"{mark.lower()}@kopi.example")
    TimelineEntry.objects.create(customer=one, kind="NOTE", at=NOON, data={"text": f"{mark} likes Gayo"}, by=owner)
    Prospect.objects.create(
        customer=one,
        note=f"{mark} asks",
        source="Instagram",
        captured_at=NOON,
        moved_at=NOON,
        due_at=NOON,
        updated_at=NOON,
    )
    stage, amount = Stage.objects.order_by("position")[0], Decimal(7_000_000)
    order = Order.objects.create(
        number=f"{mark}-1", customer=one, ordered_at=NOON, day=DAY, kind="PURCHASE", total=amount, created_at=NOON
    )
    product = Product.objects.get()
    OrderLine.objects.create(order=order, position=1, product=product, quantity=1, unit_price=amount, amount=amount)
    for status in ("OPEN", "WON", "LOST"):
        closed = {} if status == "OPEN" else {"closed_at": NOON}
        hoped = Opportunity.objects.create(
            customer=one,
            owner=owner,
            pipeline=stage.pipeline,
            stage=stage,
            title=f"{mark} {status}",
            amount=amount,
            status=status,
            order=order if status == "WON" else None,
            expected_date=DAY + timedelta(days=9),
            entered_at=NOON,
            **closed,
            **said,
        )
        StageChange.objects.create(opportunity=hoped, after=stage, status=status, amount=amount, at=NOON, by=owner)
    for state, due in (({"done_at": NOON}, DAY), ({}, DAY), ({}, DAY - timedelta(days=1))):
        did = Activity.objects.create(
            kind="VISIT",
            title=f"See {mark}",
            customer=one,
            owner=owner,
            by=owner,
            due_date=due,
            note=mark,
            **state,
            **said,
        )
        Visit.objects.create(activity=did, person=owner, day=DAY, arrived_at=NOON, latitude=-6.9, longitude=107.6)
    actions.log_activity(by=owner, at=NOON, kind="CALL", title=f"{mark} called", customer=one)
    actions.follow_owners()
    mark_all()  # rows came without a word


class OtherTeam(TestCase):
    """Ani sells in the north, Dedi in the south; both see what their team's customers do, and may do everything."""

    ani: User
    dedi: User

    @classmethod
    def setUpTestData(cls) -> None:
        Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara", "language": "en"})
        Role.objects.create(code="team", name="Team", sees="TEAM", verbs=sorted(every_verb()))
        cls.ani, cls.dedi = person("Ani", "team"), person("Dedi", "team")
        Team.objects.create(name="North").members.add(cls.ani)
        Team.objects.create(name="South").members.add(cls.dedi)
        Product.objects.create(code="GAYO", name="Gayo", created_at=NOON, updated_at=NOON)
        actions.make_first_pipeline(at=NOON)
        _sold(cls.ani, "Sendiri", 5_500_001)

    def setUp(self) -> None:
        clock = mock.patch("django.utils.timezone.now", return_value=NOON + timedelta(hours=1))
        clock.start()
        self.addCleanup(clock.stop)
        count_sold()

    def everything(self, user: User, *, but: Container[str] = ()) -> dict[str, str]:
        """What each address answers this person, by its name, `but` some; reports as pages, rows and files."""
        client, found = walker(user), {}
        asked = [(one.name, one.path) for one in addresses() if not one.keyed and one.name not in PUBLIC]
        asked = [(name, path) for name, path in asked if path.startswith(ABOUT)]
        for report in LIVE.values():
            here = f"/reports/sales/{report.name}/"
            asked += [(f"{report.name} {part}", here + part) for part in ("", "export/csv/")]
        asked += [(f"{name} rows", f"/reports/sales/{name}/orders/") for name in ("by-person", "by-source")]
        asked += [(f"{name} book", f"/reports/sales/{name}/export/xlsx/") for name in BOOKS]
        asked.append(("column", f"/sales/board/{Stage.objects.order_by('position')[0].pk}/"))
        asked.append(("won", "/sales/opportunities/?status=WON"))
        asked.append(("calendar_feed", f"/sales/calendar/{actions.make_feed(by=user, at=timezone.now())}.ics"))
        for name, path in (one for one in asked if one[0] not in but):
            found[name] = _ITSELF.sub("", _text(client, path))
        found["scene"] = "".join(dict(live.draw([live.scene_of(user, "en")])).popitem()[1].values())
        return found

    def test_before_and_after_the_others_sold_nothing_differs_and_nothing_is_named(self) -> None:
        before = self.everything(self.ani)
        _sold(self.dedi, MARK, 7_700_001)
        count_sold()
        live.standings.forget()
        after = self.everything(self.ani)
        named = {name for name, text in after.items() if MARK.lower() in text.lower()}
        assert not named
        differ = [name for name in before if before[name] != after[name]]
        assert not differ, [_first_difference(before[name], after[name]) for name in differ]
        theirs = self.everything(self.dedi, but=before.keys() - READ)
        read = {name for name, text in theirs.items() if MARK.lower() in text.lower()}
        assert read == READ | {"scene"}, READ - read


def _text(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/"))
    return f"{answer.status_code} {content.decode('utf-8', 'replace')}"


def _first_difference(before: str, after: str) -> str:
    at = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    return f"{before[max(0, at - 80) : at + 80]!r} became {after[max(0, at - 80) : at + 80]!r}"
