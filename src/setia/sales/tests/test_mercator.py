"""The square of a map: places where they belong, the ground without gaps, at the ends of the world too."""

import pytest

from setia.sales.mercator import Square

ADDRESS = "https://x.id/{z}/{x}/{y}.png"


def test_one_place_is_in_the_middle_of_about_a_kilometre() -> None:
    square = Square.around([(-6.2, 106.8)])
    assert square.percent(-6.2, 106.8) == (50.0, 50.0)
    assert square.km == pytest.approx(1.1 * 1.16, rel=0.01)


def test_a_degree_of_latitude_is_as_long_in_the_north_as_at_the_equator() -> None:
    for latitude in (0.0, -7.0, 52.0):
        square = Square.around([(latitude - 0.5, 100.0), (latitude + 0.5, 100.0)])
        assert square.km / 1.16 == pytest.approx(111.2, rel=0.01), latitude


@pytest.mark.parametrize(
    "places",
    [
        [(-6.2, 106.8)],
        [(-6.2, 106.8), (-6.9, 107.6)],
        [(5.9, 95.0), (-10.0, 141.0)],  # from Sabang to Merauke
        [(-90.0, -180.0), (90.0, 180.0)],
        [(0.0, 180.0), (1.0, 179.9)],
    ],
)
def test_the_ground_covers_the_square_with_few_pieces(places: list[tuple[float, float]]) -> None:
    square = Square.around(places)
    pieces = square.ground(ADDRESS)
    assert 1 <= len(pieces) <= 16
    assert min(one.x for one in pieces) <= 0.01
    assert max(one.x + one.wide for one in pieces) >= 99.99
    for one in pieces:
        numbers = [int(word) for word in one.url.removeprefix("https://x.id/").removesuffix(".png").split("/")]
        assert all(0 <= number < 2 ** numbers[0] for number in numbers[1:]), one.url
    for place in places:
        x, y = square.percent(*place)
        assert any(one.x <= x <= one.x + one.wide and one.y <= y <= one.y + one.wide for one in pieces), place
