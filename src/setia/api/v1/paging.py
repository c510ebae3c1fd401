"""Pages of a list for programs: an opaque, signed cursor that belongs to one list and one choice of filters.

The page after a row is found by the row's own values (`core.keyset`), so the ten-thousandth page costs what the first
does, and nobody who walks a list misses a row because others came in before it.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from django.core import signing
from django.utils.translation import gettext as _

from setia.api.problems import invalid
from setia.api.v1.fields import Paged
from setia.core import keyset
from setia.core.keyset import Leg, Page

_SIGNER = signing.Signer(salt="setia.api.cursor")


def page_of(legs: Sequence[Leg], wanted: Paged, *, name: str) -> tuple[Page, str | None]:
    """The page that was asked for, and the cursor of the next one. Raises `Problem` for a cursor that is not ours."""
    mark = _mark(name, wanted.model_dump(mode="json", exclude={"cursor", "limit"}))
    page = keyset.page(legs, size=wanted.limit, cursor=_opened(wanted.cursor, mark) if wanted.cursor else "")
    return page, _closed(page.later, mark) if page.later else None


def _mark(name: str, filters: Mapping[str, object]) -> str:
    whole = json.dumps([name, sorted((key, value) for key, value in filters.items() if value)], default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _closed(place: str, mark: str) -> str:
    return base64.urlsafe_b64encode(_SIGNER.sign(f"{mark}{place}").encode()).decode().rstrip("=")


def _opened(cursor: str, mark: str) -> str:
    try:
        signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        opened = _SIGNER.unsign(signed)
    except (ValueError, signing.BadSignature) as error:
        raise invalid("cursor", _("This is no cursor of ours. Take “next” of the page before, as it is.")) from error
    if not opened.startswith(mark):
        words = _("This cursor belongs to a list with other filters. Begin at the first page.")
        raise invalid("cursor", words, "other-filters")
    return opened.removeprefix(mark)
