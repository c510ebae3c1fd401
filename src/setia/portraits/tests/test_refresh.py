import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from setia.accounts.models import User
from setia.core.models import Firm
from setia.portraits import actions
from setia.portraits.models import Picture, Portrait, Refresh
from setia.portraits.queries import figures, is_stale, why_absent
from setia.portraits.tests.shop import AS_OF, LATER, NOON, Shop, day

# The orders are read on a connection of their own, which sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def of(who: Any) -> Portrait:
    return Portrait.objects.get(pk=who.pk)


def rows(name: str, key: str) -> dict[Any, dict[str, Any]]:
    return {row[key]: row for row in figures(name)[name]}


class TestEachCustomer:
    def test_everybody_stands_in_the_first_stage_that_fits(self, refreshed: Shop) -> None:
        assert {portrait.customer.name.split()[0]: portrait.stage for portrait in Portrait.objects.all()} == {
            "Siti": "LOYALTY",
            "Wayan": "DEFECTED",
            "Ratna": "RETENTION",
            "Kadek": "FIRST",
            "Maria": "REACH",
            "Yohanes": "RETENTION",
            "Bayu": "RETENTION",
        }

    def test_siti_is_loyal_and_general_by_purchases_in_all_four_quarters(self, refreshed: Shop) -> None:
        siti = of(refreshed.siti)
        assert (siti.loyal, siti.general) == (True, True)
        assert siti.evidence["windows"] == 4
        assert (siti.first_date, siti.latest_date) == (day("2025-10-10"), day("2026-11-10"))
        assert (siti.purchase_days, siti.spent) == (14, Decimal(1400))
        # (2025-11-19, 2026-11-19]: December to November.
        assert (siti.spent_12_months, siti.evidence["orders_12_months"]) == (Decimal(1200), 12)

    def test_the_usual_gap_is_the_median_of_three_or_more_purchase_days(self, refreshed: Shop) -> None:
        assert of(refreshed.siti).usual_gap_days == 31
        assert of(refreshed.ratna).usual_gap_days is None

    def test_returns_lower_money_and_not_the_count(self, refreshed: Shop) -> None:
        ratna = of(refreshed.ratna)
        assert (ratna.purchases, ratna.spent, ratna.returned) == (2, Decimal(600), Decimal(-30))

    def test_a_purchase_taken_back_whole_is_as_if_it_had_not_been(self, refreshed: Shop) -> None:
        yohanes = of(refreshed.yohanes)
        assert (yohanes.purchases, yohanes.spent, yohanes.returned) == (2, Decimal(100), Decimal(0))
        assert yohanes.latest_date == day("2025-12-20")

    def test_windows_are_open_at_the_start(self, refreshed: Shop) -> None:
        # Yohanes' first purchase fell on 2025-11-19, exactly twelve months back: outside (2025-11-19, 2026-11-19].
        assert of(refreshed.yohanes).spent_12_months == Decimal(50)

    def test_traits_are_claimed_only_where_the_orders_suffice(self, refreshed: Shop) -> None:
        assert of(refreshed.kadek).traits == ["NEW"]
        assert set(of(refreshed.siti).traits) == {"DEVOTED", "ADVOCATE"}
        assert of(refreshed.siti).evidence["referrals"] == 1
        assert of(refreshed.maria).trait_scores == {"ADVOCATE": 0}
        # Two purchases say nothing about thrift, though both were made on promotion.
        assert "THRIFTY" not in of(refreshed.wayan).trait_scores

    def test_stage_at_the_start_of_the_month_is_as_of_the_last_day_before_it(self, refreshed: Shop) -> None:
        # As of 31 October Siti was known for over a year already: her first purchase was on 10 October 2025.
        assert of(refreshed.siti).stage_at_month_start == "LOYALTY"
        assert of(refreshed.kadek).stage_at_month_start == ""
        assert of(refreshed.yohanes).stage_at_month_start == "RETENTION"

    def test_groups_by_rank_put_ties_in_the_order_of_customer_number(self, refreshed: Shop) -> None:
        # By purchase days: Kadek 1; then with 2 each Wayan (2), Ratna (3), Yohanes (6), Bayu (10); Siti 14.
        f = {portrait.customer.number: portrait.f for portrait in Portrait.objects.exclude(f=None)}
        assert f == {"4": 1, "2": 1, "3": 2, "6": 3, "10": 4, "1": 5}
        # By money: Siti 1400, Wayan (2) and Ratna (3) 600 each, Kadek 250, Bayu 140, Yohanes 100.
        assert {portrait.customer.number: portrait.spent_rank for portrait in Portrait.objects.all()} == {
            "1": 1, "2": 2, "3": 3, "4": 4, "10": 5, "6": 6, "5": None,
        }  # fmt: skip

    def test_with_too_little_data_nothing_is_forecast_and_the_reason_is_kept(self, refreshed: Shop) -> None:
        siti = of(refreshed.siti)
        assert (siti.risk, siti.value, siti.next_from_date, siti.leaving) == (None, None, None, False)
        refresh = Refresh.objects.get()
        assert refresh.models_json["repeat"] == {
            "absent": "TOO_FEW",
            "needs": {"customers": 50, "repeat_customers": 20},
            "has": {"customers": 6, "repeat_customers": 5},
        }
        assert "20" in why_absent(refresh)


class TestPictures:
    def test_base_counts_several_at_once_and_says_what_is_not_recorded(self, refreshed: Shop) -> None:
        base = rows("base", "class")
        assert {name: row["customers"] for name, row in base.items()} == {
            "ALL": 7,
            "BUYERS": 6,
            "LOYAL": 1,
            "GENERAL": 5,
            "RECURRING": None,
            "INSTALLED": None,
        }
        assert base["RECURRING"]["recorded"] is False
        assert base["BUYERS"]["at_month_start"] == 4

    def test_stages_tell_who_came_and_who_went_this_month(self, refreshed: Shop) -> None:
        stages = rows("stages", "stage")
        assert {name: row["customers"] for name, row in stages.items()} == {
            "REACH": 1, "RELATIONSHIP": 0, "FIRST": 1, "RETENTION": 3, "LOYALTY": 1, "DEFECTED": 1,
        }  # fmt: skip
        assert (stages["RETENTION"]["at_month_start"], stages["RETENTION"]["came"]) == (2, 1)
        moves = {(row["from"], row["to"]): row["customers"] for row in figures("moves")["moves"]}
        assert moves == {("", "FIRST"): 1, ("", "REACH"): 1, ("", "RETENTION"): 1}

    def test_new_returning_and_walk_in_are_three_numbers(self, refreshed: Shop) -> None:
        november = rows("new-returning", "period")["2026-11-01"]
        assert november == {
            "period": "2026-11-01", "new": 2, "returning": 2, "both": 1,
            "new_orders": 2, "returning_orders": 2, "walk_in_orders": 1,
        }  # fmt: skip
        assert rows("new-returning-days", "period")["2026-11-06"]["returning"] == 1

    def test_yearly_retention_is_who_stayed_of_the_year_before(self, refreshed: Shop) -> None:
        # Before: Siti and Yohanes bought in (2024-11-19, 2025-11-19]; both again in the twelve months after.
        latest = [row for row in figures("retention")["retention"] if row["period"] == "YEAR"][-1]
        assert (latest["as_of"], latest["kept"], latest["earlier"], latest["rate"]) == ("2026-11-19", 2, 2, 1.0)

    def test_cohorts_follow_the_month_of_the_first_purchase(self, refreshed: Shop) -> None:
        cohorts = {(row["cohort"], row["k"]): row for row in figures("cohorts")["cohorts"]}
        assert (cohorts["2024-05-01", 1]["customers"], cohorts["2024-05-01", 1]["share"]) == (1, 1.0)
        assert cohorts["2024-05-01", 2]["customers"] == 0
        assert (cohorts["2026-11-01", 0]["size"], cohorts["2026-11-01", 0]["complete"]) == (2, False)

    def test_revenue_is_purchases_and_returns_on_their_own_days(self, refreshed: Shop) -> None:
        revenue = rows("revenue", "month")
        november = revenue["2026-11-01"]
        assert (november["new"], november["returning"], november["walk_in"]) == (320.0, 170.0, 40.0)
        # What was taken back whole came in on its day and went out on another.
        assert (revenue["2026-03-01"]["returning"], revenue["2026-03-01"]["returns"]) == (1000.0, -900.0)
        assert revenue["2026-10-01"]["revenue"] == 70.0
        assert sum(row["revenue"] for row in revenue.values()) == 1400 + 600 + 600 + 250 + 100 + 140 + 40 - 30

    def test_concentration_rounds_customers_up(self, refreshed: Shop) -> None:
        # A tenth of six customers is one: Siti, 1400 of 3090.
        tenth = rows("concentration", "percent")[10]
        assert (tenth["customers"], tenth["spent"]) == (1, 1400.0)
        assert tenth["share"] == pytest.approx(1400 / 3090)

    def test_the_rfm_map_holds_everybody_who_bought_once(self, refreshed: Shop) -> None:
        assert sum(row["customers"] for row in figures("rfm")["rfm"]) == 6
        assert sum(row["spent"] for row in figures("rfm-cells")["rfm-cells"]) == 3090.0


class TestTheAsOfDay:
    def test_an_old_file_is_looked_at_from_the_day_of_its_last_order(self, shop: Shop) -> None:
        Firm.objects.update(feed_live=False)
        shop.bought(shop.maria, "2026-11-12", 10)
        done = actions.refresh(by=None, at=NOON + timedelta(days=400))
        assert done.as_of_date == day("2026-11-12")

    def test_a_live_firm_is_looked_at_from_today(self, shop: Shop) -> None:
        assert actions.refresh(by=None, at=NOON).as_of_date == AS_OF

    def test_a_day_may_be_given(self, shop: Shop) -> None:
        actions.refresh(by=None, at=NOON, as_of=day("2024-12-31"))
        assert of(shop.wayan).stage == "RETENTION"
        assert of(shop.siti).stage == "REACH"
        assert rows("base", "class")["BUYERS"]["customers"] == 1

    def test_an_empty_firm_has_pictures_without_rows_that_lie(self) -> None:
        Shop.customer(mock.Mock(spec=Shop), "Maria Goretti", "5")
        actions.refresh(by=None, at=NOON)
        assert rows("base", "class")["ALL"]["customers"] == 1
        assert figures("cohorts")["cohorts"] == []
        assert figures("concentration")["concentration"] == []
        assert Refresh.objects.get().models_json["repeat"]["absent"] == "HISTORY"


class TestTheSwap:
    def test_a_refresh_that_dies_before_its_end_leaves_everything_as_it_was(self, refreshed: Shop) -> None:
        before = [of(refreshed.siti).computed_at, Refresh.objects.count(), Picture.objects.get(name="base").computed_at]
        refreshed.bought(refreshed.maria, "2026-11-18", 10)
        with (
            mock.patch("setia.portraits.actions.refresh.exchange", side_effect=KeyboardInterrupt),
            pytest.raises(KeyboardInterrupt),
        ):
            actions.refresh(by=None, at=LATER)
        after = [of(refreshed.siti).computed_at, Refresh.objects.count(), Picture.objects.get(name="base").computed_at]
        assert after == before
        assert of(refreshed.maria).stage == "REACH"
        actions.refresh(by=None, at=LATER)
        assert of(refreshed.maria).stage == "FIRST"

    def test_readers_see_all_of_the_old_or_all_of_the_new(self, refreshed: Shop) -> None:
        seen: set[tuple[int, int]] = set()
        over = threading.Event()

        def read() -> None:
            try:
                while not over.is_set():
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT count(*), count(DISTINCT computed_at) FROM portraits_portrait")
                        seen.add(cursor.fetchone())
            finally:
                connection.close()

        reader = threading.Thread(target=read)
        reader.start()
        for minutes in range(1, 4):
            actions.refresh(by=None, at=NOON + timedelta(minutes=minutes))
        over.set()
        reader.join()
        assert seen == {(7, 1)}

    def test_a_long_reader_delays_the_swap_and_not_other_readers(self, refreshed: Shop) -> None:
        inside, leave = threading.Event(), threading.Event()

        def hold() -> None:
            try:
                with transaction.atomic():
                    Portrait.objects.count()
                    inside.set()
                    leave.wait(20)
            finally:
                connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        inside.wait(20)

        def let_go_after_a_read() -> None:
            try:
                assert Portrait.objects.count() == 7
            finally:
                connection.close()
                leave.set()

        other = threading.Timer(1.0, let_go_after_a_read)
        other.start()
        actions.refresh(by=None, at=LATER)
        holder.join()
        other.join()
        assert of(refreshed.siti).computed_at == LATER

    def test_the_table_keeps_its_indexes_and_their_names(self, shop: Shop) -> None:
        def indexes() -> Any:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'portraits_portrait' ORDER BY 1"
                )
                return cursor.fetchall()

        before = indexes()
        actions.refresh(by=None, at=NOON)
        actions.refresh(by=None, at=LATER)
        assert indexes() == before

    def test_an_order_that_came_during_the_refresh_is_not_forgotten(self, refreshed: Shop) -> None:
        compute = actions.compute

        def slow(**given: Any) -> Any:
            found = compute(**given)
            refreshed.bought(refreshed.maria, "2026-11-18", 10)
            actions.refresh_one(refreshed.maria.pk, at=LATER)
            return found

        with mock.patch("setia.portraits.actions.refresh.compute", side_effect=slow):
            actions.refresh(by=None, at=LATER)
        assert of(refreshed.maria).stage == "FIRST"
        assert Portrait.objects.count() == 7

    def test_a_portrait_goes_with_its_customer_however_that_is_deleted(self, refreshed: Shop) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM customers_customer WHERE id = %s", [refreshed.maria.pk])
        assert not Portrait.objects.filter(pk=refreshed.maria.pk).exists()


class TestWhoAndWhen:
    def test_somebody_who_left_the_firm_refreshes_nothing(self, shop: Shop) -> None:
        gone = User.objects.create_user("bayu@kopi.id", None, name="Bayu", is_active=False)
        with pytest.raises(PermissionDenied):
            actions.refresh(by=gone, at=NOON)
        assert not Refresh.objects.exists()

    def test_figures_are_stale_once_an_order_changed(self, refreshed: Shop) -> None:
        from setia.core.outbox import emit

        assert not is_stale(at=LATER)
        emit("order.changed", at=LATER, order_id=1, customer_id=refreshed.siti.pk)
        assert is_stale(at=LATER)

    def test_figures_of_a_live_firm_are_stale_the_next_day(self, shop: Shop) -> None:
        actions.refresh(by=None, at=NOON)
        assert not is_stale(at=LATER)
        assert is_stale(at=NOON + timedelta(days=1))


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connection.close()
