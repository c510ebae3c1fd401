"""One message to one address on the network, so that nobody can make Setia knock at doors inside the firm.

1. The address is `https://`, without a name or password in it.
2. Its host is looked up once. Every address found must be public: not this machine, not a private, link-local or
   shared network, not a cloud's metadata service, nor one of these dressed as IPv6.
3. The connection goes to the address that was looked at, never to the name again; the certificate must still fit the
   name. Redirects are not followed.
4. The whole conversation has an end: so many seconds, so many bytes.

The setting `WEBHOOK_ALLOW` names hosts with their ports, such as `erp.local:8080`, for which 1 and 2 do not hold.

Messages are signed as Standard Webhooks has it (standardwebhooks.com): HMAC-SHA256 over id, time and body.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import setia

SECONDS = 10
ANSWER_BYTES = 2_000
PREFIX = "whsec_"

TROUBLES: dict[str, Promise] = {
    "NOT_HTTPS": _("The address must begin with https://."),
    "NOT_AN_ADDRESS": _("This is no web address. Write it as https://example.com/hooks/setia."),
    "INSIDE": _(
        "This address leads into the firm's own network. If that is meant, whoever runs Setia can allow it by the"
        " setting SETIA_WEBHOOK_ALLOW."
    ),
    "NAME_UNKNOWN": _("No server of this name was found. Check the spelling of the address."),
    "REFUSED": _("The server refuses the connection."),
    "UNREACHABLE": _("The server cannot be reached."),
    "TIMEOUT": _("The server did not answer in time."),
    "TLS": _("The server's certificate is not valid for this name."),
    "BROKE_OFF": _("The server ended the conversation, or answered with something that is not HTTP."),
    "REDIRECT": _("The server sends us elsewhere. Enter the final address; redirects are not followed."),
    "STATUS": _("The server answered with an error."),
    "GONE": _("The server says that this address is gone for good."),
    "PAUSED": _("This Setia was restored from a backup and sends nothing until somebody releases it."),
    "SECRET_LOST": _("The stored secret cannot be read any more. Make a new one."),
}


class NotAllowed(Exception):
    """A message must not go to this address. `reason` is a key of `TROUBLES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Outcome(NamedTuple):
    """How a sending ended: `trouble` is '' when the address answered 2xx, else a key of `TROUBLES`."""

    trouble: str
    status: int | None
    answer: str
    milliseconds: int
    retry_after_seconds: int = 0


def fresh_secret() -> str:
    """A new signing secret: 256 random bits, written as Standard Webhooks has it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(url: str, *, message_id: str, body: bytes, keys: Sequence[str]) -> Outcome:
    """Send a message now, signed with every one of `keys`. Never raises: how it went is the answer."""
    begun = time.monotonic()
    status, said, retry_after, trouble = None, "", 0, ""
    try:
        parts, place = checked(url)
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Setia/{setia.__version__}",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(
                signature(key, message_id=message_id, timestamp=timestamp, body=body) for key in keys
            ),
        }
        status, said, retry_after = _converse(parts, place, headers, body)
        if not 200 <= status < 300:
            trouble = "GONE" if status == 410 else "REDIRECT" if 300 <= status < 400 else "STATUS"
    except NotAllowed as error:
        trouble = error.reason
    except (OSError, http.client.HTTPException, ValueError) as error:
        trouble = _trouble(error)
    if trouble == "BROKE_OFF" and time.monotonic() - begun >= SECONDS:
        trouble = "TIMEOUT"  # it was we who ended it
    return Outcome(trouble, status, said, round((time.monotonic() - begun) * 1000), retry_after)


def checked(url: str) -> tuple[SplitResult, str]:
    """The parts of an address and the one network address to connect to. Raises `NotAllowed`."""
    parts = parsed(url)
    host, port = str(parts.hostname), _port(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed("NAME_UNKNOWN") from error
    places = [str(one[4][0]) for one in found]
    if not _allowed(parts) and not all(is_public(place) for place in places):
        raise NotAllowed("INSIDE")
    # IPv4 first: many a small firm's IPv6 leads nowhere.
    return parts, sorted(places, key=lambda place: ":" in place)[0]


def parsed(url: str) -> SplitResult:
    """The parts of an address that looks like one; nothing is looked up. Raises `NotAllowed`."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise NotAllowed("NOT_AN_ADDRESS")
    try:
        parts = urlsplit(url)
        _port(parts)
    except ValueError as error:
        raise NotAllowed("NOT_AN_ADDRESS") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise NotAllowed("NOT_AN_ADDRESS")
    if parts.scheme == "http" and not _allowed(parts):
        raise NotAllowed("NOT_HTTPS")
    return parts


def is_public(place: str) -> bool:
    """Whether a network address is one of the open internet, as IANA's special-purpose registries have it."""
    address = ipaddress.ip_address(place.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and (address in _NAT64 or address in _COMPATIBLE):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast and not address.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _allowed(parts: SplitResult) -> bool:
    return (str(parts.hostname).lower(), _port(parts)) in settings.WEBHOOK_ALLOW


def _converse(parts: SplitResult, place: str, headers: dict[str, str], body: bytes) -> tuple[int, str, int]:
    """Status, beginning of the answer, and the seconds of Retry-After."""
    raw = socket.create_connection((place, _port(parts)), timeout=SECONDS)
    stop = threading.Timer(SECONDS, lambda: _hang_up(raw))  # a server may drip its answer byte by byte
    stop.daemon = True
    stop.start()
    try:
        sock = raw
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(raw, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(str(parts.hostname), _port(parts), timeout=SECONDS)
        connection.sock = sock
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers | {"Host": parts.netloc, "Connection": "close"})
        answer = connection.getresponse()
        said = answer.read(ANSWER_BYTES).decode("utf-8", "replace")
        after = answer.headers.get("Retry-After", "")
        connection.close()
    finally:
        stop.cancel()
        _hang_up(raw)
    plain = "".join(letter if letter.isprintable() else " " for letter in said)[:300].strip()
    return answer.status, plain, int(after) if after.isdecimal() and len(after) < 7 else 0


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        sock.close()


def _trouble(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "TIMEOUT"
        case ssl.SSLError():
            return "TLS"
        case ConnectionRefusedError():
            return "REFUSED"
        case ConnectionError() | http.client.HTTPException() | ValueError():
            return "BROKE_OFF"
        case _:
            return "UNREACHABLE" if getattr(error, "errno", None) else "BROKE_OFF"
