from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from setia.core.outbox import emit
from setia.portraits import actions
from setia.portraits.actions._locks import SWAP
from setia.portraits.models import Portrait, Refresh
from setia.portraits.tests.shop import LATER, NOON, Shop

pytestmark = pytest.mark.django_db(transaction=True)

RELATIVE = {"rfm_cell", "r", "f", "m", "spent_rank", "computed_at", "touched"}


@pytest.fixture(autouse=True)
def no_jobs(db: None) -> None:
    """The queue's tables are not Django's, so what another test deferred is still there."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def told(who: Any) -> dict[str, Any]:
    portrait = Portrait.objects.get(pk=who.pk)
    return {
        f.attname: getattr(portrait, f.attname) for f in Portrait._meta.concrete_fields if f.attname not in RELATIVE
    }


class TestRefreshOne:
    def test_one_by_one_says_the_same_as_all_at_once(self, refreshed: Shop) -> None:
        people = [refreshed.siti, refreshed.wayan, refreshed.ratna, refreshed.kadek, refreshed.maria, refreshed.yohanes]
        before = [told(who) for who in people]
        for who in people:
            actions.refresh_one(who.pk, at=LATER)
        assert [told(who) for who in people] == before

    def test_a_new_order_tells_at_once(self, refreshed: Shop) -> None:
        with transaction.atomic():
            order = refreshed.bought(refreshed.maria, "2026-11-19", 75)
            emit("order.changed", at=LATER, order_id=order.pk, customer_id=refreshed.maria.pk)
        assert (told(refreshed.maria)["stage"], told(refreshed.maria)["traits"]) == ("FIRST", ["NEW"])

    def test_an_order_that_was_not_saved_after_all_tells_nothing(self, refreshed: Shop) -> None:
        class Refused(Exception):
            pass

        def save_and_give_up() -> None:
            with transaction.atomic():
                order = refreshed.bought(refreshed.maria, "2026-11-19", 75)
                emit("order.changed", at=LATER, order_id=order.pk, customer_id=refreshed.maria.pk)
                raise Refused

        with pytest.raises(Refused):
            save_and_give_up()
        assert told(refreshed.maria)["stage"] == "REACH"

    def test_the_groups_come_from_the_edges_of_the_latest_refresh(self, refreshed: Shop) -> None:
        refreshed.bought(refreshed.ratna, "2026-11-19", 5000)
        actions.refresh_one(refreshed.ratna.pk, at=LATER)
        ratna = Portrait.objects.get(pk=refreshed.ratna.pk)
        assert (ratna.r, ratna.m) == (5, 5)
        assert ratna.spent_rank == 3

    def test_before_the_first_refresh_what_needs_no_model_is_said(self, shop: Shop) -> None:
        actions.refresh_one(shop.siti.pk, at=NOON)
        assert told(shop.siti)["stage"] == "LOYALTY"
        assert told(shop.siti)["risk"] is None

    def test_somebody_who_is_gone_has_no_portrait(self, refreshed: Shop) -> None:
        pk = refreshed.maria.pk
        refreshed.maria.delete()
        actions.refresh_one(pk, at=LATER)
        assert not Portrait.objects.filter(pk=pk).exists()

    def test_while_tables_are_exchanged_the_order_is_saved_and_the_portrait_follows(self, refreshed: Shop) -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [SWAP])
        try:
            order = refreshed.bought(refreshed.maria, "2026-11-19", 75)
            emit("order.changed", at=LATER, order_id=order.pk, customer_id=refreshed.maria.pk)
        finally:
            other.close()
        assert told(refreshed.maria)["stage"] == "REACH"
        job = ProcrastinateJob.objects.get(task_name="portraits.refresh_one")
        assert job.args == {"customer_id": refreshed.maria.pk}


class TestListeners:
    def test_a_small_firms_figures_follow_every_order(self, refreshed: Shop) -> None:
        emit("order.changed", at=LATER, order_id=1, customer_id=refreshed.siti.pk)
        emit("order.changed", at=LATER, order_id=2, customer_id=refreshed.siti.pk)
        assert ProcrastinateJob.objects.filter(task_name="portraits.refresh_all").count() == 1

    def test_a_large_firms_figures_wait_for_the_night(self, refreshed: Shop) -> None:
        Refresh.objects.update(seconds=60)
        emit("order.changed", at=LATER, order_id=1, customer_id=refreshed.siti.pk)
        assert not ProcrastinateJob.objects.filter(task_name="portraits.refresh_all").exists()

    def test_after_an_import_everything_is_computed_once(self, shop: Shop) -> None:
        for run_id in (1, 2):
            emit("import.done", at=NOON, run_id=run_id, what="ORDERS")
        jobs = ProcrastinateJob.objects.filter(task_name="portraits.refresh_all")
        assert [job.status for job in jobs] == ["todo"]
        assert not Refresh.objects.exists()
