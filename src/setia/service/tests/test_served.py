"""What a record says about serving its customer: warranties, and whether they bought once or again."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.urls import reverse

from setia.catalogue import actions as catalogue
from setia.orders import actions as orders
from setia.orders.queries import warranted
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.service.queries import served_for
from setia.subscriptions import actions as subscriptions
from setia.web.tests.test_customers import FewerThan

TODAY = date(2026, 11, 19)


class ServedTest(Shop):
    """Gayo keeps for three months, filters have no warranty."""

    def setUp(self) -> None:
        self.gayo = catalogue.edit(by=self.dimas, at=NOON, product=self.gayo, warranty_months=3)
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_what_was_bought_is_under_warranty_for_the_months_of_its_product(self) -> None:
        self.sell(self.siti, "OLD", datetime(2026, 8, 18, 5, tzinfo=UTC))
        edge = self.sell(self.siti, "EDGE", datetime(2026, 8, 19, 5, tzinfo=UTC))
        new = self.sell(self.siti, "NEW", datetime(2026, 11, 1, 5, tzinfo=UTC))
        back = self.sell(self.siti, "BACK", datetime(2026, 11, 2, 5, tzinfo=UTC))
        orders.give_back(by=self.dimas, at=LATER, order=back, reason="Broken")
        self.sell(self.maria)
        found = warranted(self.siti.pk, today=TODAY, most=20)
        assert [(one.order_id, one.name, one.quantity, one.until_date) for one in found] == [
            (edge.pk, "Gayo Natural 1 kg", Decimal(1), date(2026, 11, 19)),
            (new.pk, "Gayo Natural 1 kg", Decimal(1), date(2027, 2, 1)),
        ]
        assert len(warranted(self.siti.pk, today=TODAY, most=1)) == 1

    def test_a_month_that_is_too_short_ends_on_its_last_day(self) -> None:
        catalogue.edit(by=self.dimas, at=NOON, product=self.gayo, warranty_months=1)
        self.sell(self.siti, "", datetime(2026, 1, 31, 5, tzinfo=UTC))
        (one,) = warranted(self.siti.pk, today=date(2026, 2, 1), most=20)
        assert one.until_date == date(2026, 2, 28)

    def test_what_is_registered_as_a_unit_is_not_shown_twice(self) -> None:
        self.sell(self.siti)
        assert len(served_for(self.dimas, self.siti, today=TODAY).warranties) == 1
        subscriptions.add_unit(
            by=self.dimas, at=NOON, customer=self.siti, product=self.gayo, serial="A1", installed_date=TODAY
        )
        assert served_for(self.dimas, self.siti, today=TODAY).warranties == []

    def test_the_piece_says_whether_they_bought_once_or_again_within_its_queries(self) -> None:
        address = reverse("served", args=[self.siti.pk])
        self.assertContains(self.client.get(address), "Nothing they bought is under warranty now.")
        self.sell(self.siti)
        with self.assertNumQueries(FewerThan(13)):
            self.assertContains(self.client.get(address, headers={"HX-Request": "true"}), "bought once so far")
        self.sell(self.siti, "", datetime(2026, 11, 20, 5, tzinfo=UTC))
        self.assertContains(self.client.get(address), "bought again: on 2 days")
