"""When and where something happened, as a device says it, and what speaks against that.

A device sends its own clock's moment of the deed and of the sending, and how far that clock was ahead when it last met
the server before the deed. The second, set against the server's own time, says how far the clock is ahead now, by which
the first is put right. A clock that was changed in between cannot be put right: then the deed counts as done when it
was received. Nothing a device says puts a deed into the future.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from setia.sales.models import Flag

TOLERANCE = timedelta(minutes=2)
OLDEST = timedelta(days=60)
ROUGH_M = 1000
FAR_M = 1000
_EARTH_M = 6_371_000


@dataclass(frozen=True)
class Told:
    """What a device's clock says. `ahead_seconds` is None where it never met the server before."""

    said_at: datetime
    sent_at: datetime
    ahead_seconds: int | None = None


@dataclass(frozen=True)
class When:
    """The moment that counts, how far the device's clock is ahead, and what is wrong with it."""

    moment: datetime
    skew_seconds: int
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a device says it is: degrees of WGS 84 and the radius in metres within which that is true."""

    latitude: float
    longitude: float
    accuracy_m: int


def when(told: Told, *, at: datetime) -> When:
    """Put a device's clock right by the server's, `at` being the moment of receiving."""
    ahead = told.sent_at - at
    flags = [Flag.CLOCK] if abs(ahead) > TOLERANCE else []
    moved = told.said_at > told.sent_at + TOLERANCE
    if told.ahead_seconds is not None:
        moved = moved or abs(ahead - timedelta(seconds=told.ahead_seconds)) > TOLERANCE
    moment = min(told.said_at - ahead, at)
    if at - moment > OLDEST:
        moved = True
    if moved:
        moment, flags = at, [*flags, Flag.MOVED_CLOCK]
    seconds = round(ahead.total_seconds())
    return When(moment, max(-(2**31), min(seconds, 2**31 - 1)), tuple(str(one) for one in flags))


def flags_of(place: Place | None) -> list[str]:
    """What speaks against a place."""
    if place is None:
        return [Flag.NO_PLACE.value]
    return [Flag.ROUGH_PLACE.value] if place.accuracy_m > ROUGH_M else []


def far_apart(one: Place, other: Place) -> bool:
    """Whether two places are surely more than `FAR_M` from each other (great circle, haversine)."""
    south, north = radians(one.latitude), radians(other.latitude)
    across = sin((north - south) / 2) ** 2
    along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    metres = 2 * _EARTH_M * asin(sqrt(min(1.0, across + cos(south) * cos(north) * along)))
    return metres - one.accuracy_m - other.accuracy_m > FAR_M
