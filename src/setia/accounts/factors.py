"""Questions about a person's second factors and devices, for the pages of the door."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from setia.accounts.models import Session, User

Type = Authenticator.Type


def has_second_factor(user: User) -> bool:
    """Whether signing in takes more than the password for this person."""
    found: bool = Authenticator.objects.filter(user=user).exclude(type=Type.RECOVERY_CODES).exists()
    return found


def with_second_factor() -> set[int]:
    """The keys of all people who have a second factor."""
    return set(Authenticator.objects.exclude(type=Type.RECOVERY_CODES).values_list("user_id", flat=True))


@dataclass(frozen=True)
class Factors:
    """What a person can prove themselves with, beside the password."""

    app: Any
    passkeys: Sequence[Any]
    codes: Any

    @property
    def any(self) -> bool:
        return bool(self.app or self.passkeys)

    @property
    def codes_left(self) -> int:
        return len(self.codes.wrap().get_unused_codes()) if self.codes else 0


def factors_of(user: User) -> Factors:
    """A person's second factors, the oldest first. One query."""
    found = list(Authenticator.objects.filter(user=user).order_by("pk"))

    def one(kind: str) -> Any:
        return next((factor for factor in found if factor.type == kind), None)

    return Factors(
        one(Type.TOTP), [factor for factor in found if factor.type == Type.WEBAUTHN], one(Type.RECOVERY_CODES)
    )


def recovery_codes_of(user: User) -> list[str]:
    """The codes not used yet; [] without any."""
    codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return list(codes.wrap().get_unused_codes()) if codes else []


def qr_picture(user: User, secret: str) -> str:
    """The picture an authenticator app reads, as a data address: made here, nothing is asked of anybody."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def passkeys_work(request: HttpRequest) -> bool:
    """Whether browsers offer passkeys at this address: a host name over https, or `localhost`."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    is_number = bool(re.fullmatch(r"[\d.]+|\[.*\]", host))
    return host == "localhost" or (request.is_secure() and not is_number)


@dataclass(frozen=True)
class Device:
    """A session as a person recognises it. `mark` names it on the page; its key never leaves the server."""

    mark: str
    name: str
    started_at: datetime | None
    seen_at: datetime | None
    here: bool
    same_place: bool


def devices_of(user: User, *, key: str | None) -> list[Device]:
    """Where a person is signed in now: this device first (`key` is its session), then the latest seen."""
    rows = [row for row in _sessions(user) if _counts(row, user)]
    mine = next((row for row in rows if row.pk == key), None)
    return [
        Device(
            mark=_mark(row.pk),
            name=agent_name(row.agent),
            started_at=row.started_at,
            seen_at=row.seen_at,
            here=row.pk == key,
            same_place=bool(mine and row.place and row.place == mine.place),
        )
        for row in sorted(rows, key=lambda row: row.pk != key)
    ]


def session_of(user: User, mark: str) -> str:
    """The key of the session a mark stands for; '' when it is over."""
    return next((row.pk for row in _sessions(user) if _mark(row.pk) == mark), "")


def _sessions(user: User) -> list[Session]:
    return list(Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at")[:100])


def _counts(row: Session, user: User) -> bool:
    """A changed password ends sessions without touching their rows; such a row is no session any more."""
    return bool(row.get_decoded().get(HASH_SESSION_KEY) == user.get_session_auth_hash())


def _mark(key: str) -> str:
    return salted_hmac("setia.accounts.device", key, algorithm="sha256").hexdigest()[:20]


# The first that fits; browsers name each other, so the more particular ones stand first.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def agent_name(agent: str) -> str:
    """What a browser calls itself, in words: “Chrome, Android”."""
    browser = next((name for word, name in _BROWSERS if word in agent), "")
    system = next((name for word, name in _SYSTEMS if word in agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")
