"""`setia up --tls`: a certificate that browsers would refuse is told at once; plain HTTP leads to HTTPS."""

import http.client
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from setia.command import redirect, tls, up
from setia.command.trouble import Trouble

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def made(folder: Path, *, days: int = 90, seal: KeySerializationEncryption | None = None) -> tuple[Path, Path]:
    """A certificate for two names and its key, in the form openssl writes EC keys in."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "setia.toko.id")])
    names = x509.SubjectAlternativeName([x509.DNSName("*.toko.id"), x509.DNSName("setia.toko.id")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, seal or NoEncryption()))
    return chain, secret


def test_a_certificate_is_read_with_its_names_and_its_key_made_ready_for_its_owner_alone(tmp_path: Path) -> None:
    found = tls.certificate(*made(tmp_path), now=NOW)
    assert (found.names, found.name, found.ends_soon(now=NOW)) == (
        ("*.toko.id", "setia.toko.id"),
        "setia.toko.id",
        False,
    )
    for _again in range(2):
        ready = found.write_key(tmp_path)
    assert ready.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    tls.forget_key(tmp_path)
    assert not ready.exists()
    assert tls.certificate(*made(tmp_path, days=10), now=NOW).ends_soon(now=NOW)


def test_what_browsers_would_refuse_is_told_before_anything_starts(tmp_path: Path) -> None:
    chain, key = made(tmp_path)
    other = made(tmp_path / "other")[1]
    locked = made(tmp_path / "locked", seal=BestAvailableEncryption(b"kopi"))
    ended = made(tmp_path / "ended", days=-1)
    for given, words in (
        ((key, key), "holds no certificate"),
        ((chain, chain), "holds no key"),
        ((chain, other), "does not belong to the certificate"),
        (locked, "locked with a password"),
        (ended, "ended on 2026-11-22"),
        ((tmp_path / "none.pem", key), "cannot be read"),
    ):
        with pytest.raises(Trouble) as trouble:
            tls.certificate(*given, now=NOW)
        assert words in str(trouble.value)


def test_the_web_server_is_given_the_certificate_and_cookies_are_for_https_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SETIA_HOSTS", "SETIA_URL", "SETIA_HTTPS"):
        monkeypatch.delenv(name, raising=False)
    served = tls.certificate(*made(tmp_path), now=NOW)
    address = up._address("0.0.0.0", 8443, served)
    children = up._children(tmp_path, "127.0.0.1", 8443, address, served, 8080)
    web, _worker, way = children
    assert address == "https://setia.toko.id:8443"
    assert [child.name for child in children] == ["web", "worker", "redirect"]
    assert {"--ssl-certificate", "--ssl-keyfile"} <= set(web._command)
    assert web._environment["SETIA_HTTPS"] == "1"
    assert web._environment["SETIA_URL"] == address
    assert {".toko.id", "setia.toko.id"} <= set(web._environment["SETIA_HOSTS"].split(","))
    assert address in way._command
    assert len(up._children(tmp_path, "127.0.0.1", 8700, "http://x", None, None)) == 2


def test_plain_http_leads_to_https_and_nowhere_else() -> None:
    names = frozenset({"setia.toko.id"})
    with redirect.server("127.0.0.1", 0, to="https://setia.toko.id:8443", names=names) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        for host, path, to in (
            ("setia.toko.id", "/customers/?q=a", "https://setia.toko.id:8443/customers/?q=a"),
            ("setia.toko.id:8080", "/", "https://setia.toko.id:8443/"),
            ("evil.example", "/", "https://setia.toko.id:8443/"),
            ("setia.toko.id", "//evil.example/", "https://setia.toko.id:8443/evil.example/"),
        ):
            asked = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=20)
            asked.request("POST" if path == "/" else "GET", path, headers={"Host": host})
            answer = asked.getresponse()
            assert (answer.status, answer.headers["Location"]) == (308, to)
            asked.close()
        server.shutdown()
