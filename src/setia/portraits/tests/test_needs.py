"""What a customer needs next, told by hand from the days they bought each product on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from setia.catalogue.models import Product
from setia.orders.models import Order, OrderLine
from setia.orders.queries import ProductDays
from setia.portraits.queries import needs_from, next_needs
from setia.portraits.tests.shop import NOON, Shop, day

START = date(2026, 1, 1)


def bought(product: int, *days: int) -> ProductDays:
    return ProductDays(product, f"Kopi {product}", f"k{product}", [START + timedelta(one) for one in days])


class TestRhythm:
    def test_the_next_is_expected_within_the_middle_half_of_the_gaps(self) -> None:
        # Gaps 20, 20, 24, 30: a quarter of them lies below 20, three quarters below 25.5.
        (need,) = needs_from([bought(1, 0, 20, 40, 64, 94)], as_of=START + timedelta(100))
        assert (need.gap_low, need.gap_high) == (20, 25.5)
        assert (need.from_date, need.to_date) == (START + timedelta(114), START + timedelta(120))
        assert (need.times, need.latest_date, need.when) == (5, START + timedelta(94), "LATER")

    @pytest.mark.parametrize(("asked", "when"), [(113, "LATER"), (114, "NOW"), (120, "NOW"), (121, "LATE")])
    def test_it_is_due_from_the_first_of_these_days_and_late_after_the_final_one(self, asked: int, when: str) -> None:
        (need,) = needs_from([bought(1, 0, 20, 40, 64, 94)], as_of=START + timedelta(asked))
        assert need.when == when

    def test_two_purchases_say_nothing_about_a_rhythm(self) -> None:
        assert needs_from([bought(1, 0, 30)], as_of=START + timedelta(40)) == []

    def test_what_is_left_out_for_over_twice_the_longest_gap_is_not_needed_any_more(self) -> None:
        rhythm = bought(1, 0, 10, 20)
        assert needs_from([rhythm], as_of=START + timedelta(20 + 27))
        assert needs_from([rhythm], as_of=START + timedelta(20 + 28)) == []

    def test_what_was_bought_often_and_lately_comes_first_and_no_more_than_asked_for(self) -> None:
        often, once_often = bought(1, 10, 20, 30, 40), bought(2, 0, 10, 20)
        seldom = bought(3, 0, 20, 40)
        found = needs_from([seldom, once_often, often], as_of=START + timedelta(41), most=2)
        # Of five shopping days, newest first, .9^0 + .9^1 + .9^2 + .9^3 against 1 + .9^2 + .9^4 and .9^2 + .9^3 + .9^4.
        assert [need.product_id for need in found] == [1, 3]
        assert found[0].score == pytest.approx((1 + 0.9 + 0.81 + 0.729) / 5)

    def test_the_reason_is_said_in_both_languages(self) -> None:
        with translation.override("en"):
            (need,) = needs_from([bought(1, 0, 20, 40, 64, 94)], as_of=START + timedelta(100))
            assert need.why == "Bought on 5 days, every 20 to 26 days; the latest 6 days ago."
        with translation.override("id"):
            (need,) = needs_from([bought(1, 0, 10, 20)], as_of=START + timedelta(21))
            assert need.why == "Dibeli pada 3 hari, kira-kira tiap 10 hari; terakhir 1 hari yang lalu."


@pytest.mark.django_db
class TestNextNeeds:
    def line(self, order: Order, product: Product | None, *, position: int = 1, amount: int = 50) -> None:
        OrderLine.objects.create(
            order=order,
            position=position,
            product=product,
            description="" if product else "jahitan",
            quantity=1,
            unit_price=amount,
            amount=amount,
        )

    def product(self, code: str, **more: Any) -> Product:
        at = datetime(2025, 1, 1, tzinfo=UTC)
        return Product.objects.create(code=code, name=code.title(), created_at=at, updated_at=at, **more)

    def test_sitis_coffee_is_found_in_her_lines_by_one_query(
        self, shop: Shop, django_assert_max_num_queries: Any
    ) -> None:
        coffee, gone = self.product("gayo"), self.product("lama", archived_at=NOON)
        for order in Order.objects.filter(customer=shop.siti, kind="PURCHASE"):
            self.line(order, coffee)
            self.line(order, coffee, position=2)
            self.line(order, gone, position=3)
            self.line(order, None, position=4)
        with django_assert_max_num_queries(1):
            (need,) = next_needs(shop.siti, as_of=day("2026-11-19"))
        assert (need.product_id, need.name, need.times) == (coffee.pk, "Gayo", 14)
        assert (need.from_date, need.when) == (day("2026-12-10"), "LATER")

    def test_purchases_after_the_day_and_those_taken_back_are_not_counted(self, shop: Shop) -> None:
        coffee = self.product("gayo")
        for order in Order.objects.filter(customer=shop.siti, kind="PURCHASE"):
            self.line(order, coffee)
        Order.objects.filter(customer=shop.siti, day=day("2025-12-10")).update(reversed=True)
        (need,) = next_needs(shop.siti, as_of=day("2026-02-28"))
        assert (need.times, need.latest_date) == (4, day("2026-02-10"))

    def test_somebody_who_never_bought_needs_nothing_known(self, shop: Shop) -> None:
        assert next_needs(shop.maria) == []
