"""The map of the provinces as tiles, about where they lie: drawn by the page itself, without a server of maps."""

from collections.abc import Collection
from typing import NamedTuple

from setia.core.permissions import Actor
from setia.customers.queries.gate import customers_for
from setia.customers.queries.regions import Share, children_of, rolled_up


class Tile(NamedTuple):
    """A province at a column and row of the map. `step` (0 to 5) is how dark it stands, by the square root."""

    x: int
    y: int
    short: str
    code: str
    name: str
    customers: int
    step: int


def tiles(shares: list[Share]) -> list[Tile]:
    """Every province with its share, those without any among them."""
    known = {share.region.code: share for share in shares}
    most = max((share.customers for share in shares), default=1)
    return [
        Tile(
            x,
            y,
            short,
            code,
            known[code].region.name if code in known else "",
            known[code].customers if code in known else 0,
            max(1, round((known[code].customers / most) ** 0.5 * 5)) if code in known else 0,
        )
        for code, (x, y, short) in TILES.items()
    ]


def provinces_of(user: Actor, customers: Collection[int]) -> list[Share]:
    """The provinces in which some customers live, the fullest first, as far as this person may see them."""
    if not customers:
        return []
    counts = rolled_up(customers_for(user).filter(pk__in=customers))
    found = [Share(one, counts[one.code]) for one in children_of("") if counts.get(one.code)]
    return sorted(found, key=lambda one: -one.customers)


TILES: dict[str, tuple[int, int, str]] = {
    "11": (1, 1, "Aceh"),
    "12": (2, 2, "Sumut"),
    "13": (2, 3, "Sumbar"),
    "14": (3, 3, "Riau"),
    "21": (4, 2, "Kepri"),
    "17": (2, 4, "Bkl"),
    "15": (3, 4, "Jambi"),
    "19": (4, 4, "Babel"),
    "16": (3, 5, "Sumsel"),
    "18": (4, 6, "Lpg"),
    "36": (4, 7, "Banten"),
    "31": (5, 6, "DKI"),
    "32": (5, 7, "Jabar"),
    "33": (6, 7, "Jateng"),
    "34": (6, 8, "DIY"),
    "35": (7, 7, "Jatim"),
    "51": (8, 7, "Bali"),
    "52": (9, 7, "NTB"),
    "53": (10, 7, "NTT"),
    "61": (5, 3, "Kalbar"),
    "62": (6, 3, "Kalteng"),
    "63": (6, 4, "Kalsel"),
    "64": (7, 3, "Kaltim"),
    "65": (7, 2, "Kaltara"),
    "76": (8, 4, "Sulbar"),
    "73": (8, 5, "Sulsel"),
    "72": (9, 3, "Sulteng"),
    "75": (9, 2, "Gtlo"),
    "71": (10, 2, "Sulut"),
    "74": (9, 4, "Sultra"),
    "82": (11, 2, "Malut"),
    "81": (11, 4, "Maluku"),
    "96": (12, 3, "PBD"),
    "92": (13, 3, "Pabar"),
    "94": (13, 4, "Pateng"),
    "91": (14, 3, "Papua"),
    "95": (14, 4, "Papeg"),
    "93": (14, 5, "Pasel"),
}
"""Column, row and short name of each province's tile, Aceh at the top left."""
