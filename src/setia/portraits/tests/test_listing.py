"""Lists that portraits order hold whom their filters name, and their count leaves out who is archived."""

from unittest import mock

import pytest
from django.utils import timezone

from setia.accounts.models import User
from setia.core import keyset
from setia.customers.models import Customer
from setia.customers.queries import customers_for
from setia.portraits.models import Stage
from setia.portraits.queries import behind_for, listing, narrow
from setia.portraits.tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rani(refreshed: Shop) -> User:
    return User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)


def keys(legs: list[keyset.Leg]) -> list[int]:
    return sorted(row.pk for row in keyset.page(legs, size=1000).rows)


def walk(legs: list[keyset.Leg]) -> list[int]:
    """The whole list in its order, three rows a page."""
    found, cursor = [], ""
    while True:
        page = keyset.page(legs, size=3, cursor=cursor)
        found += [row.pk for row in page.rows]
        if not (cursor := page.later):
            return found


class TestListing:
    def test_a_stage_s_list_holds_the_customers_of_the_stage_in_either_order(self, rani: User) -> None:
        for stage in Stage.values:
            wanted = sorted(customer.pk for customer in narrow(customers_for(rani), {"stage": stage})[0])
            behind, _chips = behind_for(customers_for(rani), {"stage": stage})
            assert keys(listing.legs_by_value(behind)) == keys(listing.legs_by_latest(behind)) == wanted

    def test_keys_in_hand_narrow_every_leg_those_without_a_portrait_too(self, rani: User) -> None:
        tono = Customer.objects.create(name="Tono Baru", created_at=timezone.now(), updated_at=timezone.now())
        one = Customer.objects.exclude(pk=tono.pk).earliest("pk")
        behind, _chips = behind_for(customers_for(rani), {})
        assert keys(listing.legs_by_value(behind, [one.pk, tono.pk])) == [one.pk, tono.pk]
        assert keys(listing.legs_by_value(behind, [])) == []

    def test_many_keys_are_walked_to_and_few_are_sorted_and_the_pages_are_the_same(self, rani: User) -> None:
        Customer.objects.create(name="Tono Baru", created_at=timezone.now(), updated_at=timezone.now())
        wanted = list(customers_for(rani).order_by("pk").values_list("pk", flat=True))[::2]
        for params in ({}, {"stage": "LOYALTY"}, {"base": "LOYAL"}):
            behind, _chips = behind_for(customers_for(rani), params)
            for order in (listing.legs_by_value, listing.legs_by_latest):
                sorted_ = walk(keyset.in_hand(order(behind, wanted)))
                with mock.patch(f"{listing.__name__}.WALKED", 0):
                    assert walk(order(behind, wanted, gated=True)) == sorted_
                assert sorted_, f"nobody to compare: {params}"

    def test_keys_of_customers_whom_the_reader_may_not_see_are_no_way_to_them(self, rani: User) -> None:
        mine, foreign = Customer.objects.order_by("pk")[:2]
        behind, _chips = behind_for(customers_for(rani).filter(pk=mine.pk), {})
        with mock.patch(f"{listing.__name__}.WALKED", 1):
            for given in ([foreign.pk], [mine.pk, foreign.pk]):
                assert foreign.pk not in keys(listing.legs_by_value(behind, given))
                assert foreign.pk not in keys(listing.legs_by_latest(behind, given))

    def test_the_count_of_a_stage_leaves_archived_customers_out(self, rani: User) -> None:
        stage = "LOYALTY"
        behind, _chips = behind_for(customers_for(rani), {"stage": stage})
        loyal = keys(listing.legs_by_value(behind))
        assert loyal
        Customer.objects.filter(pk=loyal[0]).update(archived_at=timezone.now())
        hidden = customers_for(rani).filter(archived_at__isnull=False)
        assert listing.count(behind, hidden) == keyset.Count(len(loyal) - 1, True)
