"""Reports about selling: every cell is what orders come to, counted one by one; and nobody reads another's."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from setia.accounts.models import Role, User
from setia.core.models import Event
from setia.customers import actions as customers
from setia.customers.models import Customer, Merge, Region, RegionEdition, RegionSpelling
from setia.customers.regions import bare
from setia.orders import actions as orders
from setia.orders.models import Order
from setia.reports import actions, counting, queries
from setia.reports.live import LIVE
from setia.reports.models import OwnedOrder, SoldTally, UncountedDay
from setia.reports.periods import Days
from setia.reports.queries import sold, tallied
from setia.reports.tests.simulated import NOW, ZONE, Simulated, counted_by_hand
from setia.web.format import money
from setia.web.tests.test_customers import FewerThan

WAYS = {report.name: report.way for report in LIVE.values() if report.way and report.group == "SOLD"}
AUTUMN = {"period": "days", "from": "2026-09-10", "to": "2026-11-12"}
FIRST, FINAL = date(2026, 9, 10), date(2026, 11, 12)


def cells(shown: queries.Shown) -> dict[Any, Any]:
    rows = [row for row in shown.table.rows if row["orders"] or row["returns"] or row["purchased"] or row["returned"]]
    return {row["key"]: (row["orders"], row["returns"], row["purchased"], row["returned"]) for row in rows}


class SalesReportTest(Simulated):
    def ask(self, name: str, user: User | None = None, **params: str) -> queries.Shown:
        return queries.live_report_for(user or self.rani, name, params or AUTUMN, at=NOW)

    def assert_every_cell(self, user: User | None = None, sees: Any = lambda _one: True) -> None:
        for name, way in WAYS.items():
            shown = self.ask(name, user)
            by_hand = counted_by_hand(way, FIRST, FINAL, sees=sees)
            assert cells(shown) == by_hand, name
            before = shown.asked.period.before
            earlier = counted_by_hand(way, before.first, before.final, sees=sees)
            told = {row["key"]: row["before"] for row in shown.table.rows if row["before"]}
            assert told == {key: one[2] + one[3] for key, one in earlier.items() if one[2] + one[3]}, name
            assert shown.whole is not None
            assert sum(row["revenue"] for row in shown.table.rows) == shown.whole.revenue, name
            assert shown.table.waiting == 0

    def test_every_cell_is_what_the_orders_come_to_while_they_are_counted_along(self) -> None:
        assert UncountedDay.objects.count() > 50
        self.assert_every_cell()

    def test_every_cell_is_the_same_from_the_tally_and_from_its_months(self) -> None:
        assert actions.count_sold() > 50
        assert not UncountedDay.objects.exists()
        with mock.patch.object(sold, "counted", wraps=counting.counted) as counting_now:
            self.assert_every_cell()
        assert {call.args[0] for call in counting_now.call_args_list} == {"U"}, (
            "only customers are read from the orders"
        )
        assert SoldTally.objects.filter(span="M").exists()

    def test_what_was_noted_of_an_order_is_looked_at_again(self) -> None:
        """A worker may be behind: who is a colleague's customer since, and an order that is gone, are left out."""
        actions.count_sold()
        mine = self.sari.pk
        noted = OwnedOrder.objects.filter(owner=mine).count()
        assert noted == Order.objects.filter(customer__owner=mine, kind__in=["PURCHASE", "RETURN"]).count() > 9
        given = next(one for one in self.customers if one.owner_id == mine)
        Customer.objects.filter(pk=given.pk).update(owner=self.budi)
        Order.objects.filter(customer__owner=mine, day__lt=date(2026, 9, 1)).delete()
        Role.objects.filter(code="SALES").update(sees="OWN")
        sari = User.objects.get(pk=mine)
        own = lambda one: one.customer is not None and one.customer.owner_id == mine  # noqa: E731
        assert cells(self.ask("by-customer", sari)) == counted_by_hand("U", FIRST, FINAL, sees=own)
        actions.mark_all()
        assert cells(self.ask("by-product", sari)) == counted_by_hand("I", FIRST, FINAL, sees=own)
        actions.count_sold()
        assert cells(self.ask("by-product", sari)) == counted_by_hand("I", FIRST, FINAL, sees=own)
        assert 0 < OwnedOrder.objects.filter(owner=mine).count() < noted

    def test_a_seller_is_told_of_their_own_customers_alone_and_a_team_of_theirs(self) -> None:
        own = lambda one: one.customer is not None and one.customer.owner_id == self.sari.pk  # noqa: E731
        for ready in (False, True):
            if ready:
                actions.count_sold()
            Role.objects.filter(code="SALES").update(sees="OWN")
            self.assert_every_cell(User.objects.get(pk=self.sari.pk), own)
            Role.objects.filter(code="SALES").update(sees="TEAM")
            self.assert_every_cell(User.objects.get(pk=self.tono.pk), own)
        assert cells(self.ask("by-person", self.budi)) != cells(self.ask("by-person"))

    def test_the_best_of_many_customers_are_those_who_brought_most_with_all_their_figures(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        sari = User.objects.get(pk=self.sari.pk)
        own = lambda one: one.customer is not None and one.customer.owner_id == sari.pk  # noqa: E731
        for user, sees, most in ((self.rani, lambda _one: True, 4), (sari, own, 2)):
            by_hand = counted_by_hand("U", FIRST, FINAL, sees=sees)
            best = sorted(by_hand, key=lambda key: (-by_hand[key][2] - by_hand[key][3], key))[:most]
            with mock.patch.object(sold, "MOST_CUSTOMERS", most):
                shown = self.ask("by-customer", user)
            assert [row["key"] for row in shown.table.rows] == best
            assert cells(shown) == {key: by_hand[key] for key in best}
            before = shown.asked.period.before
            earlier = counted_by_hand("U", before.first, before.final, sees=sees)
            assert [row["before"] for row in shown.table.rows] == [sum(earlier.get(key, (0,))[2:]) for key in best]

    def test_what_a_region_means_counts_from_the_moment_it_is_found_out(self) -> None:
        RegionSpelling.objects.all().delete()
        Region.objects.filter(pk="32.76").update(bare=bare("Kota Depok"))
        RegionEdition.objects.create(pk=1, source="test", loaded_at=NOW)
        actions.count_sold()
        assert "32" not in cells(self.ask("by-region"))
        assert customers.read_regions(at=NOW) == 2
        assert RegionSpelling.objects.get(pk="Depok").code == "32.76"
        for counted in (False, True):
            assert cells(self.ask("by-region")) == counted_by_hand("R", FIRST, FINAL), counted
            actions.count_sold()
        customers.explain_region(by=self.rani, at=NOW, text="somewhere", code="31")
        for counted in (False, True):
            assert cells(self.ask("by-region")) == counted_by_hand("R", FIRST, FINAL), counted
            actions.count_sold()

    def test_many_customers_given_away_at_once_take_their_orders_along_in_the_same_moment(self) -> None:
        actions.count_sold()
        theirs = {one.pk: self.sari.pk for one in self.customers if one.owner_id != self.sari.pk}
        with mock.patch("setia.customers.actions.share_out.TOLD_EACH", 1):
            assert len(customers.share_out(by=self.rani, at=NOW, owners=theirs)) > 1
        assert UncountedDay.objects.exists()
        Role.objects.filter(code="SALES").update(sees="OWN")
        self.assert_every_cell(User.objects.get(pk=self.budi.pk), lambda one: False)
        self.assert_every_cell()

    def test_by_day_week_and_month_stretches_hold_all_of_the_period_and_nothing_else(self) -> None:
        actions.count_sold()
        UncountedDay.objects.create(day=date(2026, 10, 5))
        whole = {day: counted_by_hand("C", day, day) for day in Days(FIRST, FINAL).each()}
        for per in ("day", "week", "month"):
            expected: dict[str, Decimal] = {}
            for day, found in whole.items():
                week = day - timedelta(days=day.weekday())
                key = {"day": day, "week": week, "month": day.replace(day=1)}[per].isoformat()
                expected[key] = expected.get(key, Decimal(0)) + sum(one[2] + one[3] for one in found.values())
            shown = self.ask("by-period", None, **AUTUMN, per=per)
            assert {row["key"]: row["revenue"] for row in shown.table.rows} == expected

    def test_an_order_moved_returned_or_given_to_another_customer_is_counted_where_it_now_belongs(self) -> None:
        actions.count_sold()
        bought = Order.objects.filter(kind="PURCHASE", reversed=False, customer=self.customers[0]).order_by("pk")
        first, second = bought[:2]
        back = orders.give_back(by=self.rani, at=NOW - timedelta(days=10), order=first, reason="Rusak")
        self.assert_every_cell()
        actions.count_sold()
        orders.undo_give_back(by=self.rani, at=NOW, order=back)
        orders.move(by=self.rani, at=NOW, orders=[second], customer=self.customers[1])
        self.assert_every_cell()
        actions.count_sold()
        line = orders.Line(self.products[0], Decimal(1), Decimal(70_000))
        late = second.ordered_at.replace(hour=17, minute=1) - timedelta(days=1)
        second.refresh_from_db()
        orders.edit(by=self.rani, at=NOW, order=second, lines=[line], ordered_at=late)
        assert UncountedDay.objects.filter(day=late.astimezone(ZONE).date()).exists()
        self.assert_every_cell()
        actions.count_sold()
        self.assert_every_cell()

    def test_figures_follow_a_merge_an_unmerge_and_who_looks_after_a_customer(self) -> None:
        actions.count_sold()
        kept, gone = self.customers[0], self.customers[1]
        customers.merge(by=self.rani, at=NOW, survivor=kept, others=[gone])
        self.assert_every_cell()
        assert str(gone.pk) not in cells(self.ask("by-customer"))
        actions.count_sold()
        self.assert_every_cell()
        customers.unmerge(by=self.rani, at=NOW, merge=Merge.objects.get())
        self.assert_every_cell()
        actions.count_sold()
        customers.edit(by=self.rani, at=NOW, customer=Customer.objects.get(pk=gone.pk), owner=self.sari, region="Depok")
        self.assert_every_cell()
        actions.count_sold()
        self.assert_every_cell()
        customers.erase(by=self.rani, at=NOW, customer=Customer.objects.get(pk=gone.pk))
        self.assert_every_cell()
        actions.count_sold()
        self.assert_every_cell()

    def test_a_large_firm_waits_for_the_worker_for_all_but_the_newest_days_and_is_told_so(self) -> None:
        actions.count_sold()
        days = [date(2026, 10, day) for day in range(1, 9)]
        actions.mark_days(days)
        Order.objects.filter(day__in=days).update(total=1)
        with mock.patch.object(tallied, "FEW_ORDERS", -2):
            waiting = self.ask("by-channel")
            assert waiting.table.waiting == 5
            assert cells(waiting) != counted_by_hand("C", FIRST, FINAL)
            actions.count_sold()
            assert self.ask("by-channel").table.waiting == 0
            assert cells(self.ask("by-channel")) == counted_by_hand("C", FIRST, FINAL)

    def test_what_slipped_by_is_found_by_the_sums_of_days(self) -> None:
        actions.count_sold()
        one = Order.objects.filter(kind="PURCHASE", reversed=False).order_by("pk").first()
        assert one is not None
        Order.objects.filter(pk=one.pk).update(total=one.total + 1)
        actions.mark_different()
        # Whoever bought that day may have turned from new into returning later on.
        later = Order.objects.filter(day__gt=one.day).values_list("day", flat=True)
        assert set(UncountedDay.objects.values_list("day", flat=True)) == {one.day, *later}

    def test_page_file_and_spreadsheet_hold_the_same_cells(self) -> None:
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        for name in (*WAYS, "by-period"):
            shown = self.ask(name)
            page = self.client.get(reverse("sales_report", args=[name]), AUTUMN)
            assert page.status_code == 200
            assert page.content.count(b"<tr>") == len(shown.table.rows) + 2
            text = b"".join(self.client.get(reverse("export_sales_report", args=[name, "csv"]), AUTUMN)).decode()
            lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
            file = self.client.get(reverse("export_sales_report", args=[name, "xlsx"]), AUTUMN)
            sheet = load_workbook(io.BytesIO(file.content), read_only=True).worksheets[0]
            grid = [list(row) for row in sheet.iter_rows(values_only=True)]
            assert len(lines) == len(grid) == len(shown.table.rows) + 1
            place = [column.key for column in shown.report.columns].index("revenue")
            for row, line, cell in zip(shown.table.rows, lines[1:], grid[1:], strict=True):
                assert Decimal(line[place]) == row["revenue"] == Decimal(str(cell[place]))
        assert self.client.get(reverse("export_sales_report", args=["by-person", "pdf"])).status_code == 404
        assert self.client.get(reverse("sales_report", args=["nothing"])).status_code == 404

    def test_behind_every_figure_stand_its_orders_page_by_page(self) -> None:
        actions.count_sold()
        for name, way in {**WAYS, "by-period": ""}.items():
            report = LIVE[name]
            shown = self.ask(name, None, **AUTUMN, per="month")
            for row in shown.table.rows:
                days = queries.days_behind(report, shown.asked, row["key"])
                assert days is not None
                found, after = [], None
                while True:
                    part = queries.orders_behind(self.rani, way, row["key"], days, most=7, after=after)
                    found += part.orders
                    if not part.more:
                        break
                    last = Order.objects.get(pk=part.orders[-1])
                    after = (last.ordered_at, last.pk)
                there = Order.objects.filter(pk__in=found)
                assert len(found) == len(set(found))
                assert there.filter(kind="PURCHASE", reversed=False).count() == row["orders"], (name, row)
                assert there.filter(kind="RETURN").count() == row["returns"]
                if way != "I":
                    assert sum(one.total for one in there) == row["revenue"]

    def behind(self, name: str, key: str) -> list[int]:
        report = LIVE[name]
        days = queries.days_behind(report, self.ask(name).asked, key)
        assert days is not None
        return queries.orders_behind(self.rani, report.way, key, days, most=1000).orders

    def test_the_page_of_orders_behind_a_figure_shows_those_and_the_figure(self) -> None:
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        for name in ("by-product", "by-customer", "by-period"):
            row = self.ask(name).table.rows[0]
            page = self.client.get(reverse("sales_report_orders", args=[name]), AUTUMN | {"key": row["key"]})
            assert page.status_code == 200
            with translation.override("en"):
                self.assertContains(page, f'title="{money(row["revenue"])}"')
            assert page.content.count(b'class="s-link" href="/orders/') == min(len(self.behind(name, row["key"])), 50)
        wrong = AUTUMN | {"key": "2020-01-01"}
        assert self.client.get(reverse("sales_report_orders", args=["by-period"]), wrong).status_code == 404

    def test_a_colleague_of_another_team_sees_no_order_behind_a_figure_of_mine(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        self.client.force_login(User.objects.get(pk=self.budi.pk))
        mine = self.customers[0]
        page = self.client.get(reverse("sales_report_orders", args=["by-customer"]), AUTUMN | {"key": str(mine.pk)})
        self.assertNotContains(page, mine.name)
        self.assertNotContains(page, 'class="s-link" href="/orders/')
        self.assertContains(page, f'title="{money(0)}"')
        assert self.client.get(reverse("export_sales_report", args=["by-customer", "csv"])).status_code == 403
        listed = self.client.get(reverse("sales_report", args=["by-customer"]), AUTUMN).content.decode()
        assert {n for n in range(9) if f"Pelanggan {n}<" in listed} <= {1, 4, 7}

    def test_a_page_asks_little_however_many_orders(self) -> None:
        actions.count_sold()
        self.client.force_login(self.rani)
        for name in LIVE:
            with self.assertNumQueries(FewerThan(9)):
                self.client.get(reverse("sales_report", args=[name]), AUTUMN)
        # Whoever sees a team's asks who is in it, and how their orders stand.
        self.client.force_login(self.tono)
        for name in (name for name in LIVE if not name.startswith("forecast")):
            with self.assertNumQueries(FewerThan(11)):
                assert self.client.get(reverse("sales_report", args=[name]), AUTUMN).status_code == 200

    def test_a_file_taken_in_lets_the_worker_look_for_changed_days(self) -> None:
        from setia import listeners

        with mock.patch.object(listeners, "_defer_once") as later:
            for what, task in (("ORDERS", "reports.check_sold"), ("CUSTOMERS", "reports.count_all_sold")):
                listeners.hear(Event(name="import.done", payload={"run_id": 1, "what": what}, at=NOW))
                assert mock.call(task) in later.call_args_list
