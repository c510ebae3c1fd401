"""The base classes that subscriptions and installed units make, as of the day of the portraits."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.core.queries import firm
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.customers.queries import customers_for
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.portraits.actions import refresh
from setia.portraits.models import Portrait
from setia.portraits.queries import behind_for, figures
from setia.subscriptions import actions as subscriptions

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)


@pytest.fixture
def rani(transactional_db: None) -> User:
    own = firm()
    own.feed_live = True
    own.save()
    return User.objects.create_user("rani@kopi.id", None, role="OWNER")


@pytest.fixture
def siti(rani: User) -> Customer:
    """Bought once, two years ago."""
    one = customers.add(by=rani, at=NOON, name="Siti Nurhaliza")
    lines = [Line(None, Decimal(1), Decimal(90_000), description="Biji kopi")]
    orders.add(by=rani, at=NOON.replace(year=2024), customer=one, lines=lines)
    return one


def subscribe(rani: User, siti: Customer, day: date) -> None:
    plan = subscriptions.add_plan(by=rani, at=NOON, code="beans", name="Beans", price=Decimal(120_000), period="MONTH")
    subscriptions.start(by=rani, at=NOON, customer=siti, plan=plan, started_date=day)


def test_who_has_an_active_subscription_has_not_defected_however_long_ago_they_bought(
    rani: User, siti: Customer
) -> None:
    refresh(by=rani, at=NOON)
    assert Portrait.objects.get(pk=siti.pk).stage == "DEFECTED"
    subscribe(rani, siti, TODAY)
    portrait = Portrait.objects.get(pk=siti.pk)
    assert (portrait.stage, portrait.stage_at_month_start) == ("FIRST", "DEFECTED")
    refresh(by=rani, at=NOON)
    portrait.refresh_from_db()
    assert (portrait.stage, portrait.stage_at_month_start) == ("FIRST", "DEFECTED")


def test_home_counts_the_recurring_and_the_installed_and_the_list_opens_as_many(rani: User, siti: Customer) -> None:
    customers.add(by=rani, at=NOON, name="Maria Goretti")
    subscribe(rani, siti, date(2026, 10, 1))
    machine = catalogue.add(by=rani, at=NOON, code="LM", name="Mesin")
    subscriptions.add_unit(by=rani, at=NOON, product=machine, serial="A1", customer=siti, installed_date=TODAY)
    refresh(by=rani, at=NOON)
    base = {row["class"]: (row["customers"], row["at_month_start"]) for row in figures("base")["base"]}
    assert (base["RECURRING"], base["INSTALLED"]) == ((1, 1), (1, 0))
    for name in ("RECURRING", "INSTALLED"):
        behind, chips = behind_for(customers_for(rani), {"base": name})
        assert [one.pk for one in behind.all()] == [siti.pk]
        assert chips
