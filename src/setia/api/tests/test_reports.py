"""Reports about selling by program: the cells of the page."""

from decimal import Decimal

from setia.accounts.models import User
from setia.api.tests.people import NOON, Program, Shop, token_of
from setia.core.models import Firm
from setia.orders import actions as orders
from setia.reports import queries
from setia.reports.live import LIVE


class Reports(Shop):
    def setUp(self) -> None:
        super().setUp()
        Firm.objects.update_or_create(pk=1, defaults={"zone": "Asia/Jakarta"})
        line = orders.Line(None, Decimal(2), Decimal("17500.5"), description="Kopi")
        sold = orders.add(by=self.dimas, at=NOON, customer=self.siti, lines=[line], channel="WhatsApp")
        orders.add(by=self.dimas, at=NOON, customer=None, lines=[line])
        orders.give_back(by=self.dimas, at=NOON, order=sold, reason="Basi")

    def test_a_program_reads_the_cells_of_the_page(self) -> None:
        listed = self.till.get("/reports")
        assert {one["name"] for one in listed.json()["items"]} == set(LIVE)
        days = {"from": "2026-11-01", "to": "2026-11-22"}
        for name in LIVE:
            told = self.till.get(f"/reports/{name}?since=2026-11-01&until=2026-11-22")
            assert told.status_code == 200, told.content
            page = queries.live_report_for(self.dimas, name, days, at=NOON)
            assert [row["key"] for row in told.json()["rows"]] == [row["key"] for row in page.table.rows]
            if page.report.group == "SOLD":
                revenues = [Decimal(row["revenue"]) for row in told.json()["rows"]]
                assert revenues == [row["revenue"] for row in page.table.rows]
        found = {row["key"]: row for row in self.till.get("/reports/by-channel?since=2026-11-01").json()["rows"]}
        assert (found["WhatsApp"]["purchased"], found["WhatsApp"]["revenue"], found["WhatsApp"]["orders"]) == (
            "35001",
            "0",
            0,
        )
        self.assert_problem(self.till.get("/reports/nothing"), 404, "not-found")
        self.assert_problem(self.till.get("/reports/funnel?period=never"), 422, "invalid")

    def test_a_program_of_a_seller_reads_their_customers_alone_and_one_without_the_scope_nothing(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role="OWNER")
        secret = token_of(sari)[1]
        User.objects.filter(pk=sari.pk).update(role="SALES")
        told = Program(secret).get("/reports/by-period?since=2026-11-01&until=2026-11-22").json()
        assert told["total"]["orders"] == 0
        self.assert_problem(Program(secret).get("/reports/forecast-result"), 403, "not-allowed")
        narrow = Program(token_of(self.dimas, "orders.view")[1])
        self.assert_problem(narrow.get("/reports/by-period"), 403, "scope-missing")
