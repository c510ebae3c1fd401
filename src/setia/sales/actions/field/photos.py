"""A photo of a visit: kept as a file of the customer, and held against those sent before.

What a picture says of itself (when it was taken) is read before it is drawn anew. Whether it was sent before is told by
its content, by the content before the phone made it smaller, and by how it looks: 64 signs of whether a spot is
brighter than the one to its right (difference hash, after N. Krawetz), which survive another size and quality.
"""

import io
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from setia.accounts.models import User
from setia.core import kept
from setia.core.queries import current_firm
from setia.customers.actions import add_file
from setia.customers.queries import get_customer_for
from setia.sales.actions.field.told import When
from setia.sales.actions.field.visits import NoVisit, activity_meant
from setia.sales.models import Flag, Visit, VisitPhoto

ALIKE_BITS = 3
LATEST = 500
"""Photos of the same person a new one is held against by its look."""
OFF = timedelta(hours=1)
_EXIF, _TAKEN, _ZONE = 0x8769, 0x9003, 0x9011


class NoCustomer(Exception):
    """A photo is a file of a customer, and this visit is nobody's."""


def photo(
    *,
    by: User,
    at: datetime,
    when: When,
    content: bytes,
    activity: int = 0,
    activity_key: str = "",
    original: str = "",
    taken_at: datetime | None = None,
) -> dict[str, Any]:
    """Keep a photo of a visit. `original` is the hash the picture had before it was made smaller, `taken_at` what it
    said of its own time, moved by how far the device's clock was ahead.

    Raises `NoVisit`, `NoCustomer`, and `FileRefused` and `FileTooLarge` of `customers`.
    """
    one = activity_meant(by, activity, activity_key)
    visit = Visit.objects.filter(activity=one).first()
    if visit is None:
        raise NoVisit
    if one.customer_id is None:
        raise NoCustomer
    customer = get_customer_for(by, one.customer_id)
    name = _("Visit on %(day)s") % {"day": visit.day.isoformat()}
    file = add_file(by=by, at=at, customer=customer, name=name, content=content)
    if file.is_picture:
        taken_at, look = _taken(content) or taken_at, _look(kept.path_of(file.sha256).read_bytes())
    else:
        look = None
    flags = _copied(visit, by=by, sha256=file.sha256, original=original, look=look)
    if taken_at is not None and not visit.arrived_at - OFF <= taken_at <= (visit.left_at or at) + OFF:
        flags.append(Flag.OLD_PHOTO.value)
    VisitPhoto.objects.create(
        visit=visit,
        person=by,
        at=when.moment,
        taken_at=taken_at,
        sha256=file.sha256,
        original=original,
        look=look,
        flags=flags,
    )
    if flags:
        visit.flags = list(dict.fromkeys([*visit.flags, *flags]))
        visit.save(update_fields=["flags"])
    return {"activity": one.pk, "file": file.pk, "flags": flags}


def _copied(visit: Visit, *, by: User, sha256: str, original: str, look: int | None) -> list[str]:
    same = VisitPhoto.objects.filter(sha256=sha256).exists()
    same = same or bool(original and VisitPhoto.objects.filter(original=original).exists())
    if not same and look is not None:
        # Several of one visit may well look alike.
        earlier = VisitPhoto.objects.filter(person=by).exclude(visit=visit).exclude(look=None)
        looks = earlier.order_by("-id").values_list("look", flat=True)[:LATEST]
        same = any(((look ^ (one or 0)) & 0xFFFFFFFFFFFFFFFF).bit_count() <= ALIKE_BITS for one in looks)
    return [Flag.COPIED_PHOTO.value] if same else []


def _look(content: bytes) -> int | None:
    """How a picture looks, as a signed number of 64 bits; None for one without any features, such as a dark pocket."""
    with Image.open(io.BytesIO(content)) as picture:
        spots = list(picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes())
    if max(spots) - min(spots) < 16:
        return None
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (spots[at] > spots[at + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def _taken(content: bytes) -> datetime | None:
    """When a picture was taken, as its camera wrote it (Exif 2.32, DateTimeOriginal); without a zone, in the firm's."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            exif = picture.getexif().get_ifd(_EXIF)
        text, zone = str(exif.get(_TAKEN) or "").strip("\0 "), str(exif.get(_ZONE) or "").strip("\0 ")
        found = datetime.strptime(text + zone, "%Y:%m:%d %H:%M:%S" + ("%z" if zone else ""))  # noqa: DTZ007 - below
    except (ValueError, OSError, SyntaxError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=current_firm().tz)
