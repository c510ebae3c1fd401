"""The list of customers and their record, held to their promises and to the number of their queries."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.test import TestCase
from django.urls import reverse

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.customers import actions
from setia.customers.models import Customer
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.portraits.models import Portrait, Refresh

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 19)
LIST, SEARCH, RECORD = 8, 4, 15
"""How many queries a page may make, the firm's, the session's and the person's among them."""
PEOPLE = ["Siti Nurhaliza", "Maria Goretti", "Kadek Ayu", "PT Rasa Nusantara", "<script>alert(1)</script>"]


class Base(TestCase):
    """Dimas sells. Siti is worth most, Maria is late, Ayu bought once, Rasa never, the fifth has a hostile name."""

    dimas: User
    people: list[Customer]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo", role=User.Role.OWNER)
        cls.people = [
            actions.add(
                by=cls.dimas,
                at=NOON + timedelta(minutes=at),
                name=name,
                number=f"C-{at}",
                kind="COMPANY" if name.startswith("PT") else "PERSON",
                contacts=[("WHATSAPP", f"0812-2045-778{at}")],
            )
            for at, name in enumerate(PEOPLE)
        ]
        Refresh.objects.create(
            as_of_date=AS_OF, customers=5, started_at=NOON + timedelta(hours=1), finished_at=NOON + timedelta(hours=1)
        )
        cls.portrait(0, stage="LOYALTY", loyal=True, general=True, value=5_800_000, days=14, traits=["DEVOTED"])
        cls.portrait(1, stage="RETENTION", general=True, value=612_000, days=3, late=True, leaving=True)
        cls.portrait(2, stage="FIRST", general=True, value=None, days=1)
        cls.portrait(3, stage="REACH", value=None, days=0)

    @classmethod
    def portrait(
        cls, at: int, *, stage: str, value: int | None, days: int, late: bool = False, **more: Any
    ) -> Portrait:
        """What Setia made of one of them, as of the 19th."""
        worth = Decimal(value) if value is not None else None
        following = AS_OF + timedelta(days=-9 if late else 5)
        facts: dict[str, Any] = {
            "as_of_date": AS_OF,
            "stage": stage,
            "first_date": AS_OF - timedelta(days=400) if days else None,
            "latest_date": AS_OF - timedelta(days=23 + at) if days else None,
            "purchase_days": days,
            "purchases": days,
            "value": worth,
            "value_low": worth and worth * Decimal("0.8"),
            "value_high": worth and worth * Decimal("1.2"),
            "expected_purchases": 3.0 if worth else None,
            "risk": 0.06 if worth else None,
            "next_from_date": following - timedelta(days=4) if days > 1 else None,
            "next_to_date": following if days > 1 else None,
            "usual_gap_days": 27.0 if days > 2 else None,
            "trait_scores": dict.fromkeys(more.get("traits", []), 0.86),
            "evidence": {"orders_12_months": days, "mean_gap_days": 27.0},
            "computed_at": NOON,
            **more,
        }
        return Portrait.objects.update_or_create(customer=cls.people[at], defaults=facts)[0]

    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"
        self.client.get(reverse("more"))  # the firm's row is made with the first page


class CustomersTest(Base):
    def names(self, **params: str) -> list[str]:
        """The names on the page, in their order."""
        page = self.client.get(reverse("customers"), params).content.decode()
        found = re.findall(r'<tr data-row.*?<span class="s-name"[^>]*><a [^>]*>([^<]*)</a>', page, re.DOTALL)
        return [name.replace("&lt;", "<").replace("&gt;", ">") for name in found]

    def test_the_most_valuable_stand_first_then_those_without_a_value_and_those_without_a_portrait(self) -> None:
        Portrait.objects.filter(customer=self.people[4]).delete()
        assert self.names() == PEOPLE

    def test_the_list_is_sorted_four_ways_within_its_queries(self) -> None:
        ways = {
            "value": PEOPLE[0],
            "latest": PEOPLE[0],
            "name": PEOPLE[4],
            "newest": PEOPLE[4],
        }
        for sort, first in ways.items():
            with self.assertNumQueries(FewerThan(LIST)):
                self.client.get(reverse("customers"), {"sort": sort})
            assert self.names(sort=sort)[0] == first, sort

    def test_filters_of_both_rooms_narrow_the_list_within_its_queries(self) -> None:
        cases = {
            "stage": ("FIRST", ["Kadek Ayu"]),
            "base": ("LOYAL", ["Siti Nurhaliza"]),
            "trait": ("DEVOTED", ["Siti Nurhaliza"]),
            "leaving": ("1", ["Maria Goretti"]),
            "kind": ("COMPANY", ["PT Rasa Nusantara"]),
            "q": ("gore", ["Maria Goretti"]),
        }
        for key, (value, names) in cases.items():
            assert self.names(**{key: value}) == names, key
            with self.assertNumQueries(FewerThan(LIST)):
                self.client.get(reverse("customers"), {key: value})

    def test_a_filter_stands_as_a_chip_that_takes_it_away_and_keeps_the_rest(self) -> None:
        answer = self.client.get(reverse("customers"), {"leaving": "1", "sort": "name", "q": "maria"})
        self.assertContains(answer, "about to leave")
        self.assertContains(answer, 'href="/customers/?sort=name&amp;q=maria" aria-label="Remove filter')

    def test_a_row_shows_value_with_its_range_the_next_window_and_who_is_late(self) -> None:
        answer = self.client.get(reverse("customers"))
        for text in ("Rp5.8\u00a0m", "4.64–6.96\u00a0m", "20–24 Nov", "9 days late", "23 days ago", "devoted"):
            self.assertContains(answer, text)

    def test_hostile_names_are_text(self) -> None:
        self.assertNotContains(self.client.get(reverse("customers")), "<script>alert(1)</script>")

    def test_pages_follow_one_another_both_ways(self) -> None:
        for at in range(60):
            actions.add(by=self.dimas, at=NOON, name=f"Orang {at:02}")
        seen: list[str] = []
        url: str | None = f"{reverse('customers')}?sort=name"
        while url:
            page = self.client.get(url).content.decode()
            seen += re.findall(r"Orang \d\d(?=</a>)", page)
            following = re.search(r'rel="next" href="([^"]*)"', page)
            url = following[1].replace("&amp;", "&") if following else None
        assert sorted(set(seen)) == [f"Orang {at:02}" for at in range(60)]
        assert 'rel="prev"' in page

    def test_an_address_full_of_nonsense_shows_the_list(self) -> None:
        nonsense = {
            "page": "x",
            "sort": "'",
            "stage": "X",
            "cohort": "2010-99",
            "q": "\x00",
            "at": "y",
            "industry": "-1",
        }
        assert self.names(**nonsense) == PEOPLE

    def test_archived_customers_are_left_out_unless_a_figure_counts_them(self) -> None:
        actions.archive(by=self.dimas, at=NOON, customer=self.people[1])
        assert "Maria Goretti" not in self.names()
        assert self.names(archived="1") == ["Maria Goretti"]
        assert self.names(leaving="1") == ["Maria Goretti"]

    def test_a_broad_text_within_a_stage_counts_those_in_hand_and_says_there_may_be_more(self) -> None:
        search = "setia.customers.queries.search"
        with mock.patch(f"{search}.COUNTED", 1), mock.patch.dict(f"{search}.LOOKED_UP", name=1, contact=1):
            broad = {"q": "ria", "stage": Portrait.objects.get(customer=self.people[1]).stage}
            assert self.names(**broad) == ["Maria Goretti"]
            for at in range(60):
                actions.add(by=self.dimas, at=NOON, name=f"Ria {at:02}")
            stage = Portrait.objects.get(customer__name="Ria 00").stage
            with self.assertNumQueries(FewerThan(LIST)):
                answer = self.client.get(reverse("customers"), {"q": "ria", "stage": stage})
            self.assertContains(answer, "+ customers")

    def test_an_empty_firm_says_what_to_do(self) -> None:
        Customer.objects.all().delete()
        self.assertContains(self.client.get(reverse("customers")), "No customers yet")
        self.assertContains(self.client.get(reverse("customers"), {"q": "x"}), "Nobody fits all of this")

    def test_the_search_of_a_picker_is_four_queries(self) -> None:
        with self.assertNumQueries(SEARCH):
            self.client.get(reverse("find_customer"), {"field": "customer", "customer_q": "nurha"})

    def test_the_filters_that_are_looked_up_come_when_the_menu_opens(self) -> None:
        actions.edit(by=self.dimas, at=NOON, customer=self.people[0], industry=actions.industry_named("Batik"))
        actions.edit(by=self.dimas, at=NOON, customer=self.people[0], region="Bandung")
        answer = self.client.get(reverse("customer_filters"), {"region": "Bandung"})
        self.assertContains(answer, "Batik")
        self.assertContains(answer, '<option value="Bandung" selected>')

    def test_the_export_honours_the_filters_and_runs_no_formula(self) -> None:
        actions.add(by=self.dimas, at=NOON, name="=HYPERLINK(1)", contacts=[("EMAIL", "x@y.id")])
        rows = self.exported()
        assert len(rows) == 6
        assert rows[-1]["Name"] == "'=HYPERLINK(1)"
        assert (rows[0]["Telephone"], rows[0]["Stage"], rows[0]["Expected spend, 12 months"]) == (
            "'+6281220457780",
            "Loyalty",
            "5800000",
        )
        assert [row["Name"] for row in self.exported(stage="FIRST")] == ["Kadek Ayu"]
        assert [row["Name"] for row in self.exported(id=str(self.people[1].pk))] == ["Maria Goretti"]

    def exported(self, **params: str) -> list[dict[str, str]]:
        answer = self.client.get(reverse("export_customers"), params)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        return list(csv.DictReader(io.StringIO(text)))

    def test_the_print_view_has_the_list_and_no_filters(self) -> None:
        answer = self.client.get(reverse("customers"), {"print": "1"})
        self.assertContains(answer, "data-print")
        self.assertNotContains(answer, "s-filters")

    def test_a_filter_taken_away_leaves_the_address(self) -> None:
        self.assertContains(
            self.client.get(reverse("customers"), {"leaving": "1"}), 'hx-get="/customers/" hx-target="#list"'
        )

    def test_a_stranger_is_sent_to_the_door(self) -> None:
        self.client.logout()
        for name in ("customers", "export_customers", "customer_filters"):
            assert self.client.get(reverse(name)).status_code == 302


class CustomerTest(Base):
    def record(self, at: int = 0, **params: str) -> Any:
        return self.client.get(reverse("customer", args=[self.people[at].pk]), params)

    def sell(self, hours: int = 0) -> Any:
        """A kilo of Gayo to Siti."""
        gayo = catalogue.add(by=self.dimas, at=NOON, code=f"G{hours}", name="Gayo Natural 1 kg")
        return orders.add(
            by=self.dimas,
            at=NOON,
            ordered_at=NOON + timedelta(hours=hours),
            customer=self.people[0],
            channel="Toko Dago",
            lines=[Line(gayo, Decimal(1), Decimal(385000))],
        )

    def test_the_record_says_who_what_happened_and_what_is_known_and_why(self) -> None:
        order = self.sell()
        self.portrait(0, stage="LOYALTY", loyal=True, general=True, value=5_800_000, days=14, traits=["DEVOTED"])
        actions.note(by=self.dimas, at=NOON, customer=self.people[0], body="Suka V60")
        answer = self.record()
        for text in (
            "Siti Nurhaliza",
            'href="tel:+6281220457780"',
            'href="https://wa.me/6281220457780"',
            f"Order {order.number}",
            "Gayo Natural 1 kg",
            "Suka V60",
            "Bought in each of the last four quarters",
            "80% range: Rp4.64–6.96\u00a0m",
            "20–24 Nov",
            "usually every 27 days",
            "Buys about every 27 days",
        ):
            self.assertContains(answer, text)

    def test_too_little_is_said_plainly(self) -> None:
        for text in ("Too little to estimate.", "Too few purchases to expect a day.", "Too little to say."):
            self.assertContains(self.record(3), text)

    def test_a_customer_without_a_portrait_is_a_record_all_the_same(self) -> None:
        Portrait.objects.filter(customer=self.people[4]).delete()
        self.assertContains(self.record(4), "Nothing computed for this customer yet")
        self.assertNotContains(self.record(4), "<script>alert(1)</script>")

    def test_the_record_opened_from_the_list_stays_within_its_queries_and_knows_its_neighbours(self) -> None:
        self.sell()
        self.portrait(0, stage="LOYALTY", value=5_800_000, days=14)  # an order computes it anew
        page = self.client.get(reverse("customers")).content.decode()
        opened = re.findall(r'data-href="([^"]*)"', page)[1].replace("&amp;", "&")
        with self.assertNumQueries(FewerThan(RECORD)):
            record = self.client.get(opened).content.decode()
        before, after = (re.search(rf'href="([^"]*)" data-key="{key}"', record) for key in "kj")
        assert before is not None
        assert after is not None
        assert reverse("customer", args=[self.people[0].pk]) in before[1]
        assert reverse("customer", args=[self.people[2].pk]) in after[1]

    def test_the_timeline_is_read_page_by_page_orders_and_entries_as_one_list(self) -> None:
        for hour in range(1, 25):
            self.sell(hour)
            actions.note(
                by=self.dimas, at=NOON + timedelta(hours=hour), customer=self.people[0], body=f"Catatan {hour:02}."
            )
        page = self.record().content.decode()
        read = re.findall(r"Catatan \d\d|Order S-\d+", page)
        while following := re.search(r'hx-get="([^"]*)"[^>]*>Show what came before', page):
            page = self.client.get(following[1].replace("&amp;", "&")).content.decode()
            read += re.findall(r"Catatan \d\d|Order S-\d+", page)
        assert len(read) == len(set(read)) == 48
        assert read[0] == "Catatan 24"
        assert [text[:5] for text in read] == ["Catat", "Order"] * 24

    def test_the_timeline_shows_only_what_is_asked_for(self) -> None:
        order = self.sell()
        actions.note(by=self.dimas, at=NOON, customer=self.people[0], body="Suka V60")
        actions.edit(by=self.dimas, at=NOON, customer=self.people[0], region="Bandung")
        seen = {
            shown: [
                text in self.record(show=shown).content.decode() for text in (order.number, "Suka V60", "→ Bandung")
            ]
            for shown in ("all", "orders", "notes", "changes", "nonsense")
        }
        assert seen == {
            "all": [True, True, True],
            "orders": [True, False, False],
            "notes": [False, True, False],
            "changes": [False, False, True],
            "nonsense": [True, True, True],
        }

    def test_a_place_in_the_timeline_that_is_not_ours_shows_the_newest(self) -> None:
        actions.note(by=self.dimas, at=NOON, customer=self.people[0], body="Suka V60")
        url = reverse("customer_timeline", args=[self.people[0].pk])
        for before in ("x", "~~", "2026-11-19~e~1", "2026-11-19T00:00:00+00:00~x~1", "2026-11-19T00:00:00+00:00~e~'"):
            self.assertContains(self.client.get(url, {"before": before}), "Suka V60")

    def test_who_is_not_there_is_not_found_and_a_stranger_is_sent_to_the_door(self) -> None:
        assert self.client.get(reverse("customer", args=[10**9])).status_code == 404
        self.client.logout()
        assert self.record().status_code == 302


class FewerThan(int):
    """Equal to every number that is not above it: for `assertNumQueries` where a page may ask less."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other <= int(self)

    __hash__ = int.__hash__
