"""The square of a map, and the pieces of a drawn ground that lie under it.

Map servers hand out the world as square pictures ("tiles"): at zoom z the world is 2**z by 2**z of them, numbered from
the north-west, in the web's Mercator projection (EPSG:3857). Here the world is a square of side 1 in that projection.
"""

import re
from dataclasses import dataclass
from math import asinh, cosh, floor, log2, pi, radians, tan
from urllib.parse import urlsplit

_AROUND_KM = 40_075.0
_FARTHEST = 85.05
_MARGIN = 1.16
"""The square is so much wider than what lies in it."""
_LEAST_KM = 1.1
"""However near to each other places lie, so much is shown."""
_ACROSS = 2.5
"""At most so many pieces side by side, in pieces; with those cut off at the edges a few more are asked for."""
_NEAREST_ZOOM = 19
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_PATH = re.compile(r"[A-Za-z0-9/_.~@%{}?=&+-]*")


class NotAnAddress(ValueError):
    """No address that pieces of a map can be asked for at."""


@dataclass(frozen=True)
class Piece:
    """A picture of the ground: its address, where its corner lies and how wide it is, in percent of the square."""

    url: str
    x: float
    y: float
    wide: float


@dataclass(frozen=True)
class Square:
    """A piece of the world: its north-west corner and its side, of a world of side 1."""

    left: float
    top: float
    side: float

    @classmethod
    def around(cls, places: list[tuple[float, float]]) -> "Square":
        """The square that holds these places (latitude, longitude in degrees), with some room around them."""
        found = [_flat(*place) for place in places]
        (west, east), (north, south) = ((min(axis), max(axis)) for axis in zip(*found, strict=True))
        middle = (north + south) / 2
        least = _LEAST_KM / _AROUND_KM * _stretch(middle)
        side = max(east - west, south - north, least) * _MARGIN
        return cls((west + east) / 2 - side / 2, middle - side / 2, side)

    @property
    def km(self) -> float:
        """Its side in kilometres, halfway down."""
        return self.side * _AROUND_KM / _stretch(self.top + self.side / 2)

    def percent(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a place lies, in percent from the left and from the top."""
        x, y = _flat(latitude, longitude)
        return round((x - self.left) / self.side * 100, 2), round((y - self.top) / self.side * 100, 2)

    def ground(self, address: str) -> list[Piece]:
        """The pictures that cover it: those of `address`, in which {z}, {x} and {y} stand for the numbers of each."""
        zoom = max(0, min(_NEAREST_ZOOM, floor(log2(_ACROSS / self.side))))
        many = 2**zoom
        wide = 100 / many / self.side
        found = []
        for row in range(max(0, floor(self.top * many)), min(many - 1, floor((self.top + self.side) * many)) + 1):
            for column in range(floor(self.left * many), floor((self.left + self.side) * many) + 1):
                # East of the last comes the first again.
                url = address.replace("{z}", str(zoom)).replace("{x}", str(column % many)).replace("{y}", str(row))
                x, y = (column / many - self.left) / self.side * 100, (row / many - self.top) / self.side * 100
                found.append(Piece(url, round(x, 3), round(y, 3), round(wide, 3)))
        return found


def source_of(address: str) -> str:
    """The server of an address of pieces, as a browser's content policy names it (https://host, with its port).

    Raises `NotAnAddress` where it is none: it begins with https, names a plain host and, once each, {z}, {x} and {y}.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise NotAnAddress from error
    host, rest = parts.netloc.lower(), f"{parts.path}?{parts.query}"
    if parts.scheme != "https" or not _HOST.fullmatch(host) or not _PATH.fullmatch(rest) or parts.fragment:
        raise NotAnAddress
    if sorted(re.findall(r"\{[^{}]*\}", rest)) != ["{x}", "{y}", "{z}"] or rest.count("{") != 3 or rest.count("}") != 3:
        raise NotAnAddress
    return f"https://{host}"


def _flat(latitude: float, longitude: float) -> tuple[float, float]:
    lat = max(-_FARTHEST, min(_FARTHEST, latitude))
    return (longitude + 180) / 360, (1 - asinh(tan(radians(lat))) / pi) / 2


def _stretch(y: float) -> float:
    """By how much the projection draws things larger at this height than at the equator: 1 / cos(latitude)."""
    return cosh(pi * (1 - 2 * y))
