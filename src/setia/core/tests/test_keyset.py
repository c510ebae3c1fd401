"""Pages of a list, there and back again, over one leg and over two, without a gap or a double."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from setia.catalogue.models import Category, Product
from setia.core.keyset import By, Leg, Page, count, neighbours, page

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf() -> None:
    """Eleven products: names in twos, so that ties must be told apart, prices for seven of them."""
    Product.objects.bulk_create(
        Product(
            code=f"P{n:02}",
            name=f"Kopi {n // 2}",
            price=Decimal(n % 3) if n < 7 else None,
            created_at=NOON + timedelta(minutes=n),
            updated_at=NOON,
        )
        for n in range(11)
    )


def by_name() -> list[Leg]:
    return [Leg(Product.objects.all(), ("name", "id"))]


def by_price_then_name() -> list[Leg]:
    return [
        Leg(Product.objects.filter(price__isnull=False), (By("price", descending=True, nulls_last=True), "id")),
        Leg(Product.objects.filter(price=None), (By("price", constant=True), "-created_at", "-id")),
    ]


def by_price_asked_once() -> list[Leg]:
    first, second = by_price_then_name()
    order = (By("price", descending=True, nulls_last=True), "id")
    return [Leg(first.rows, order, Product.objects.all()), Leg(second.rows, (By("price", constant=True), "id"))]


def codes(shown: Page) -> list[str]:
    return [row.code for row in shown.rows]


@pytest.mark.parametrize("legs", [by_name, by_price_then_name, by_price_asked_once])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 50])
def test_walking_there_and_back_shows_every_row_once_and_the_same_pages(legs: object, size: int) -> None:
    assert callable(legs)
    shown = page(legs(), size=size)
    assert shown.earlier == ""
    there = [codes(shown)]
    while shown.later:
        shown = page(legs(), size=size, cursor=shown.later)
        there.append(codes(shown))
    everything = [code for one in there for code in one]
    assert sorted(everything) == [f"P{n:02}" for n in range(11)]
    back = [codes(shown)]
    while shown.earlier:
        shown = page(legs(), size=size, cursor=shown.earlier)
        back.insert(0, codes(shown))
    assert [code for one in back for code in one] == everything


def test_legs_follow_one_another_in_their_own_orders() -> None:
    assert codes(page(by_price_then_name(), size=50)) == [
        *["P02", "P05", "P01", "P04", "P00", "P03", "P06"],
        *["P10", "P09", "P08", "P07"],
    ]


def test_two_legs_in_one_order_are_asked_for_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert len(page(by_price_asked_once(), size=50).rows) == 11


def test_a_row_that_came_in_before_the_first_page_is_found_on_the_way_back() -> None:
    second = page(by_name(), size=5, cursor=page(by_name(), size=5).later)
    Product.objects.create(code="NEW", name="Aceh", created_at=NOON, updated_at=NOON)
    first = page(by_name(), size=5, cursor=second.earlier)
    assert codes(page(by_name(), size=5, cursor=first.earlier)) == ["NEW", "P00", "P01", "P02", "P03"]


@pytest.mark.parametrize("legs", [by_name, by_price_then_name, by_price_asked_once])
def test_a_record_opened_from_the_list_knows_who_stands_before_and_after_it(legs: object) -> None:
    assert callable(legs)
    whole = page(legs(), size=50)
    for at, place in enumerate(whole.places):
        before, after = neighbours(legs(), place)
        assert (before[0] if before else None) == (whole.rows[at - 1] if at else None)
        assert (before[1] if before else None) == (whole.places[at - 1] if at else None)
        assert (after[0] if after else None) == (whole.rows[at + 1] if at < 10 else None)
    assert neighbours(legs(), "not ours") == (None, None)


@pytest.mark.parametrize(
    "cursor",
    ["x", "%%%", "WzEsMF0", "W10", "bnVsbA", "WzAsIDAsICJhIiwgIm5vIGtleSJd", "WzAsIDksICJhIiwgIjEiXQ", "a" * 5000],
)
def test_a_cursor_that_is_not_ours_shows_the_first_page(cursor: str) -> None:
    assert codes(page(by_name(), size=3, cursor=cursor)) == ["P00", "P01", "P02"]


def test_counting_stops_where_it_no_longer_matters() -> None:
    assert count(Product.objects.all()) == (11, True)
    assert count(Product.objects.all(), most=11) == (11, True)
    assert count(Product.objects.all(), most=10) == (10, False)


def test_a_page_of_a_few_is_asked_of_each_of_them_and_put_in_order() -> None:
    shelves = Category.objects.bulk_create(Category(name=f"Rak {n}") for n in range(3))
    for n, one in enumerate(Product.objects.order_by("id")):
        Product.objects.filter(pk=one.pk).update(category=shelves[n % 3])
    few = [one.pk for one in shelves[:2]]
    rows = Product.objects.filter(category__in=few, price__isnull=False)
    whole = Product.objects.select_related("category")
    plain, each = Leg(rows, ("name", "-id")), Leg(rows, ("name", "-id"), whole=whole, each=("category", few))
    there = page([each], size=2)
    assert there.rows == page([plain], size=2).rows == list(rows.order_by("name", "-id")[:2])
    onward = page([each], size=2, cursor=there.later)
    assert onward.rows == list(rows.order_by("name", "-id")[2:4])
    assert page([each], size=2, cursor=onward.earlier).rows == there.rows
    assert page([each._replace(each=("category", [shelves[2].pk]))], size=2).rows == []
