"""What was foretold is kept, compared when its days are over, and shown with who is behind each figure."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.customers.queries import customers_for
from setia.orders.models import Order
from setia.portraits import actions
from setia.portraits.models import Forecast, Foretold, Picture
from setia.portraits.queries import narrow
from setia.portraits.tests.shop import NOON, Shop
from setia.portraits.tests.test_pages import signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 11, 19)
FIRST = TODAY - timedelta(days=600)


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def days_of(n: int) -> Iterator[date]:
    """Customer n buys every 14 to 80 days from the start on; a third of them stop one day."""
    day, stops = FIRST + timedelta(n % 50), FIRST + timedelta(120 + 5 * n) if n % 3 == 0 else TODAY
    while day <= stops and day <= TODAY:
        yield day
        day += timedelta(14 + 6 * (n % 12))


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """The shop with 72 customers more, who leave enough to foretell from."""
    people = Customer.objects.bulk_create(
        Customer(name=f"Pelanggan {n}", number=f"9{n:03}", created_at=moment(FIRST), updated_at=moment(FIRST))
        for n in range(72)
    )
    Order.objects.bulk_create(
        Order(
            number=f"{one.number}-{day}",
            customer=one,
            ordered_at=moment(day),
            day=day,
            kind="PURCHASE",
            total=100 + 10 * (n % 7),
            created_at=moment(day),
        )
        for n, one in enumerate(people)
        for day in days_of(n)
    )
    actions.refresh(by=None, at=NOON)
    return shop


def one(made: str, days: int, **more: Any) -> Forecast:
    return Forecast.objects.get(made=made, days=days, **more)


class TestLookBack:
    def test_a_firm_with_a_history_sees_at_once_how_right_it_would_have_been(self, busy: Shop) -> None:
        assert actions.look_back(by=None, at=NOON) > 0
        looked = Forecast.objects.filter(made="LOOKED_BACK", days=90).order_by("-as_of_date")
        assert [each.as_of_date for each in looked] == [TODAY - timedelta(90 * k) for k in (1, 2, 3, 4)]
        figures = looked[0].figures
        since = TODAY - timedelta(90)
        known = Customer.objects.filter(pk__in=Order.objects.filter(kind="PURCHASE", day__lte=since).values("customer"))
        came = Order.objects.filter(
            customer__in=known, kind="PURCHASE", reversed=False, day__gt=since, day__lte=TODAY
        ).values("customer", "day")
        assert figures["came"] == came.distinct().count() == figures["tracking"][-1]["came"]
        # The purchases are as regular as clockwork, so the sum must come out about right.
        assert figures["said"] == pytest.approx(figures["came"], rel=0.25)
        assert figures["auc"] > 0.8
        forecast = looked[0]
        siti = Foretold.objects.get(forecast=forecast, customer=busy.siti)
        # After 21 August she bought on the 10th of September, October and November; before, in June, July and August.
        assert (siti.bought, siti.before, siti.spent, siti.next_date) == (3, 3, 300.0, date(2026, 9, 10))
        assert Foretold.objects.filter(forecast=forecast).count() == forecast.customers == forecast.figures["compared"]

    def test_what_is_said_today_is_kept_once_a_month_and_compared_when_its_days_are_over(self, busy: Shop) -> None:
        actions.look_back(by=None, at=NOON)
        kept = one("SAID", 90)
        assert (kept.as_of_date, kept.compared_at) == (TODAY, None)
        said = kept.figures["tracking"][-1]["said"]
        actions.refresh(by=None, at=NOON + timedelta(days=3))
        assert not actions.due()
        busy.bought(busy.siti, "2026-12-10", 100)
        later = NOON + timedelta(days=91)
        actions.refresh(by=None, at=later)
        assert actions.due()
        actions.look_back(by=None, at=later)
        kept.refresh_from_db()
        assert (kept.compared_at, kept.figures["came"]) == (later, 1)
        assert kept.figures["tracking"][-1]["said"] == said
        assert Foretold.objects.get(forecast=kept, customer=busy.siti).next_date == date(2026, 12, 10)
        assert Forecast.objects.filter(made="SAID", days=90).count() == 2
        assert not actions.due()

    def test_nothing_is_worked_out_twice_and_other_orders_start_anew(self, busy: Shop) -> None:
        actions.look_back(by=None, at=NOON)
        assert actions.look_back(by=None, at=NOON) == 0
        before = set(Forecast.objects.filter(made="LOOKED_BACK").values_list("pk", flat=True))
        Order.objects.filter(customer__number__startswith="9", day__lt=FIRST + timedelta(150)).delete()
        actions.refresh(by=None, at=NOON)
        assert actions.due()
        actions.look_back(by=None, at=NOON)
        assert not before & set(Forecast.objects.filter(made="LOOKED_BACK").values_list("pk", flat=True))

    def test_too_few_orders_are_not_foretold_from_and_not_tried_again(self, refreshed: Shop) -> None:
        assert not actions.due()
        assert actions.look_back(by=None, at=NOON) == 0
        assert not Forecast.objects.exists()

    def test_only_who_may_compute_figures_asks_for_it(self, refreshed: Shop) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        with pytest.raises(PermissionDenied):
            actions.look_back(by=sari, at=NOON)


class TestPage:
    def test_before_there_is_enough_the_page_says_what_is_missing(self, refreshed: Shop) -> None:
        page = text_of(signed_in(), "/understand/accuracy/")
        assert "at least 20 customers who bought again; there are 5" in page

    def test_while_it_is_worked_out_the_page_follows(self, refreshed: Shop) -> None:
        Forecast.objects.create(made="SAID", as_of_date=TODAY, days=90, until_date=TODAY, planned_date=TODAY, orders=1)
        page = text_of(signed_in(), "/understand/accuracy/")
        assert "0 of 1 worked out" in page
        assert 'hx-trigger="every 3s"' in page

    def test_each_figure_opens_the_customers_behind_it(self, busy: Shop, django_assert_max_num_queries: Any) -> None:
        actions.look_back(by=None, at=NOON)
        client = signed_in()
        page = text_of(client, "/understand/accuracy/")
        assert "purchase days were foretold" in page
        rani = User.objects.get(email="rani@kopi.id")
        opened = re.findall(r'href="/customers/\?foretold=([\d.]+(?:\.came)?)">(\d+)</a>', page)
        assert len(opened) == 20
        for key, count in opened:
            assert narrow(customers_for(rani), {"foretold": key})[0].count() == int(count), key
        came, away = (narrow(customers_for(rani), {"foretold": f"{opened[0][0]}.{how}"})[0] for how in ("came", "away"))
        assert came.count() + away.count() == int(opened[0][1])
        for address in ("/understand/accuracy/", "/understand/accuracy/?days=365"):
            with django_assert_max_num_queries(8):
                client.get(address)

    def test_one_forecast_can_be_looked_at_in_both_languages_and_taken_away(self, busy: Shop) -> None:
        actions.look_back(by=None, at=NOON)
        client = signed_in()
        for query in ("at=x", "at=999999", "days=1", "days='"):
            assert "purchase days were foretold" in text_of(client, f"/understand/accuracy/?{query}"), query
        running = f"/understand/accuracy/?at={one('SAID', 90).pk}"
        assert "It is too early to compare this one" in text_of(client, running)
        client.cookies["setia_language"] = "id"
        assert "Masih terlalu dini untuk dibandingkan" in text_of(client, running)
        rows = Picture.objects.get(name="accuracy").rows
        newest = one("LOOKED_BACK", 90, as_of_date=TODAY - timedelta(90))
        assert rows[0]["came"] == newest.figures["came"]
        assert client.get("/reports/accuracy/").status_code == 200
        actions.refresh(by=None, at=NOON)
        assert Picture.objects.get(name="accuracy").rows == rows, "a refresh leaves what was compared"
