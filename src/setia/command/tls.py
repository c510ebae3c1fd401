"""The certificate that `setia up --tls` serves pages with: read, held against its key, made ready for the web server.

Whatever would keep a browser out is told before anything starts: a key of another certificate, a password on it, a
certificate that has ended. The web server wants its key as PKCS#8; a copy in that form lies in the home, for its owner
alone, as long as Setia runs.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from setia.command.trouble import Trouble
from setia.command.words import _

SOON = timedelta(days=14)
_READY = "tls.key"


@dataclass(frozen=True)
class Certificate:
    """What pages are served with: the chain, the key as PKCS#8, the names browsers may use, and until when."""

    chain: Path
    key: bytes
    names: tuple[str, ...]
    ends_at: datetime

    @property
    def name(self) -> str:
        """The first name that is one machine's, '' where there is none."""
        return next((one for one in self.names if not one.startswith("*")), "")

    def write_key(self, folder: Path) -> Path:
        """Put the key into `folder`, for its owner alone; answers where it is."""
        forget_key(folder)
        ready = folder / _READY
        with os.fdopen(os.open(ready, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(self.key)
        return ready

    def ends_soon(self, *, now: datetime) -> bool:
        """Whether it ends within two weeks."""
        return self.ends_at - now < SOON


def forget_key(folder: Path) -> None:
    """Take the key out of `folder` again."""
    (folder / _READY).unlink(missing_ok=True)


def certificate(chain: Path, key: Path, *, now: datetime) -> Certificate:
    """Read both files (PEM; of a chain, the first certificate is the server's own).

    Raises Trouble with what is wrong and what to do.
    """
    try:
        own = x509.load_pem_x509_certificates(_read(chain))[0]
    except ValueError as error:
        raise Trouble(
            _("{path} holds no certificate.").format(path=chain),
            _("A certificate in PEM begins with -----BEGIN CERTIFICATE-----; of certbot it is fullchain.pem."),
        ) from error
    try:
        secret = load_pem_private_key(_read(key), password=None)
    except TypeError as error:
        raise Trouble(
            _("The key in {path} is locked with a password.").format(path=key),
            _("Unlock it: openssl pkey -in {path} -out unlocked.pem").format(path=key),
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Trouble(
            _("{path} holds no key.").format(path=key),
            _("A key in PEM begins with -----BEGIN PRIVATE KEY-----; of certbot it is privkey.pem."),
        ) from error
    spoken = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if own.public_key().public_bytes(*spoken) != secret.public_key().public_bytes(*spoken):
        raise Trouble(
            _("The key in {key} does not belong to the certificate in {chain}.").format(key=key, chain=chain),
            _("Take the two files that were made together."),
        )
    ends_at = own.not_valid_after_utc
    if ends_at <= now:
        raise Trouble(
            _("The certificate in {path} ended on {day}.").format(path=chain, day=f"{ends_at:%Y-%m-%d}"),
            _("Renew it, then start Setia again."),
        )
    plain = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificate(chain.absolute(), plain, _names(own), ends_at.astimezone(UTC))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(
            _("{path} cannot be read: {error}").format(path=path, error=error.strerror or error),
            _("Let the user that runs Setia read it, or copy it to where that user may."),
        ) from error


def _names(own: x509.Certificate) -> tuple[str, ...]:
    try:
        found = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    numbers = (f"[{one}]" if one.version == 6 else str(one) for one in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *numbers)
