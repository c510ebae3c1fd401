"""System mail against real servers on the loopback: kind ones, broken ones, and ones that mean harm."""

import contextlib
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import EmailMessage
from django.utils import timezone, translation

from setia.core import mail
from setia.core.actions import change_mail_server
from setia.core.models import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_firms_backend(settings: Any) -> None:
    settings.EMAIL_BACKEND = "setia.core.mail.FirmBackend"


class Box:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[str], bytes]] = []
        self.refuse_sender = self.refuse_recipient = self.refuse_content = False

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuse_sender:
            return "550 not your address"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuse_recipient:
            return "550 no such person\x07 here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse_content:
            return "554 looks like spam"
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"


@contextlib.contextmanager
def serving(box: Box, **options: Any) -> Iterator[int]:
    """Run a mail server on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextlib.contextmanager
def talking(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """A server that says whatever `talk` says to the first who connects."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            with contextlib.suppress(OSError):
                connection, _address = listener.accept()
                with connection:
                    talk(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(5)


def use(port: int, *, host: str = "127.0.0.1", security: str = "NONE", username: str = "", password: str = "") -> None:
    MailServer.objects.all().delete()
    change_mail_server(
        at=timezone.now(),
        host=host,
        port=port,
        security=security,
        username=username,
        password=password,
        from_address="halo@kopi.example",
        from_name="Kopi Nusantara ☕",
    )


def trouble() -> mail.MailTrouble:
    with pytest.raises(mail.MailTrouble) as caught:
        mail.send(to="dewi@kopi.example", subject="Undangan", body="Halo Dewi\n")
    return caught.value


def test_a_letter_arrives_with_sender_and_letters_of_every_language() -> None:
    box = Box()
    with serving(box) as port:
        use(port)
        mail.send(to="dewi@kopi.example", subject="Undangan\nuntuk Anda", body="Halo, kopi ☕ siap.\n")
    sender, to, content = box.letters[0]
    message = message_from_bytes(content)
    assert (sender, to) == ("halo@kopi.example", ["dewi@kopi.example"])
    assert str(make_header(decode_header(message["From"]))) == "Kopi Nusantara ☕ <halo@kopi.example>"
    assert str(make_header(decode_header(message["Subject"]))) == "Undangan untuk Anda"
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == "Halo, kopi ☕ siap.\n"


def test_without_a_server_nothing_is_lost_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    assert not mail.can_send()
    assert trouble().reason == "NOT_SET_UP"
    assert "1 letter(s) not sent: NOT_SET_UP" in caplog.text
    assert "dewi" not in caplog.text
    assert "Halo" not in caplog.text


def test_who_asks_for_silence_gets_zero() -> None:
    assert EmailMessage("A", "B", "a@b.example", ["c@d.example"]).send(fail_silently=True) == 0


def test_user_name_and_password_are_used_and_the_password_lies_sealed() -> None:
    box, seen = Box(), []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:
        assert isinstance(auth, LoginPassword)
        seen.append((auth.login, auth.password))
        return AuthResult(success=auth.password == b"rahasia", handled=False)

    with serving(box, authenticator=check, auth_require_tls=False, auth_required=True) as port:
        use(port, username="halo", password="rahasia")
        mail.send(to="dewi@kopi.example", subject="A", body="B")
        assert len(box.letters) == 1
        assert seen[-1] == (b"halo", b"rahasia")
        assert "rahasia" not in str(MailServer.objects.values())
        use(port, username="halo", password="salah")
        assert trouble().reason == "WRONG_PASSWORD"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("refuse_sender", "SENDER_REFUSED"),
        ("refuse_recipient", "RECIPIENT_REFUSED"),
        ("refuse_content", "CONTENT_REFUSED"),
    ],
)
def test_what_the_server_refuses_is_told_with_its_own_words_made_harmless(what: str, reason: str) -> None:
    box = Box()
    setattr(box, what, True)
    with serving(box) as port:
        use(port)
        found = trouble()
    assert found.reason == reason
    assert found.said
    assert found.said.isprintable()


def test_a_server_that_offers_no_sign_in_is_told() -> None:
    with serving(Box()) as port:
        use(port, username="halo", password="rahasia")
        assert trouble().reason == "NO_SIGN_IN"


def test_a_name_that_does_not_exist_is_told() -> None:
    use(587, host="mail.tidak-ada.invalid")
    assert trouble().reason == "NAME_UNKNOWN"
    use(587, host="a" * 64 + ".example")
    assert trouble().reason == "NAME_UNKNOWN"


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    use(port)
    found = trouble()
    assert found.reason == "REFUSED"
    assert found.passing


def test_a_server_that_says_nothing_does_not_hold_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "WAIT_SECONDS", 0.3)
    with talking(lambda connection: connection.recv(1)) as port:
        use(port)
        assert trouble().reason == "TIMEOUT"


def test_a_server_that_drips_is_left_when_the_conversation_has_lasted_long_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "CONVERSATION_SECONDS", 0.5)

    def drip(connection: socket.socket) -> None:
        for _ in range(600):
            connection.sendall(b"2")
            time.sleep(0.05)

    with talking(drip) as port:
        use(port)
        assert trouble().reason == "TIMEOUT"


def test_a_server_that_never_stops_talking_is_left() -> None:
    def pour(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"220-still talking\r\n" * 1000)

    with talking(pour) as port:
        use(port)
        assert trouble().reason == "BROKE_OFF"


def test_something_that_is_no_mail_server_is_told() -> None:
    with talking(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as port:
        use(port)
        assert trouble().reason in {"BROKE_OFF", "OTHER"}


def test_starttls_where_none_is_offered_is_told_and_nothing_is_sent_readable() -> None:
    box = Box()
    with serving(box) as port:
        use(port, security="STARTTLS", username="halo", password="rahasia")
        assert trouble().reason == "NO_STARTTLS"
    assert box.letters == []


def test_tls_against_a_server_without_it_is_told() -> None:
    with serving(Box()) as port:
        use(port, security="TLS")
        assert trouble().reason == "TLS_FAILED"


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize("security", ["TLS", "STARTTLS"])
def test_a_certificate_nobody_vouches_for_ends_the_connection(tmp_path: Path, security: str) -> None:
    context, box = self_signed(tmp_path), Box()
    options = {"ssl_context": context} if security == "TLS" else {"tls_context": context}
    if security == "TLS":
        # The controller greets itself on start, which a TLS-only port would need a trusted certificate for.
        with talking(lambda connection: context.wrap_socket(connection, server_side=True).recv(1)) as port:
            use(port, host="localhost", security=security)
            assert trouble().reason == "UNTRUSTED"
        return
    with serving(box, **options) as port:
        use(port, host="localhost", security=security)
        assert trouble().reason == "UNTRUSTED"
    assert box.letters == []


@pytest.mark.parametrize("security", ["TLS", "STARTTLS"])
def test_a_trusted_certificate_lets_the_letter_through(
    tmp_path: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, box = self_signed(tmp_path), Box()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    options = {"ssl_context": context} if security == "TLS" else {"tls_context": context, "require_starttls": True}
    with serving(box, **options) as port:
        use(port, host="localhost", security=security)
        mail.send(to="dewi@kopi.example", subject="A", body="B")
    assert len(box.letters) == 1


def test_every_reason_has_words_in_both_languages() -> None:
    for reason in mail.REASONS:
        with translation.override("en"):
            english = mail.MailTrouble(reason).plain
        with translation.override("id"):
            indonesian = mail.MailTrouble(reason).plain
        assert english
        assert indonesian != english


def test_a_changed_server_does_not_get_the_old_servers_password() -> None:
    use(587, host="smtp.kopi.example", username="halo", password="rahasia")
    same = {
        "port": 587,
        "security": "STARTTLS",
        "username": "halo",
        "from_address": "halo@kopi.example",
        "from_name": "",
    }
    change_mail_server(at=timezone.now(), password=None, host="smtp.kopi.example", **same)
    server = mail.mail_server()
    assert server
    assert server.password_sealed
    changed = change_mail_server(at=timezone.now(), password=None, host="smtp.thief.example", **same)
    server = mail.mail_server()
    assert server
    assert server.password_sealed == ""
    assert changed == ["host", "password"]
