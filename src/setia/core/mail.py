"""System mail: invitations, resets, reminders to staff. Never a message to a customer.

Letters leave by the firm's own server, set on the e-mail settings page. The server is treated as a stranger: the port
is from a short list, every wait has an end, and what it says is cut short before anyone reads it. Nothing is lost in
silence: without a server, or when it refuses, `MailTrouble` is raised with a reason in plain words.
"""

import contextlib
import logging
import smtplib
import socket
import ssl
import time
from collections.abc import Sequence
from email.utils import formataddr
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from setia.core.models import MailServer
from setia.core.queries import outgoing_paused
from setia.core.secrets import CannotOpen, unseal

log = logging.getLogger(__name__)

PORTS = (587, 465, 25, 2525)
WAIT_SECONDS = 10
CONVERSATION_SECONDS = 40
REPLY_BYTES = 64 * 1024

REASONS: dict[str, Promise] = {
    "NOT_SET_UP": _(
        "No mail server is set up, so Setia cannot send e-mail. An owner can set it up under Settings, E-mail."
    ),
    "PAUSED": _(
        "This Setia was restored from a backup and sends nothing until it is released: the button at the top of the"
        " page, or “setia release”."
    ),
    "PASSWORD_LOST": _("The stored mail password cannot be read any more. Type it again under Settings, E-mail."),
    "NAME_UNKNOWN": _("No mail server of this name was found. Check the spelling of the server name."),
    "REFUSED": _("The mail server refuses the connection. Check the port; most servers use 587 or 465."),
    "UNREACHABLE": _(
        "The mail server cannot be reached from here. Check the network, or whether a firewall stops this port."
    ),
    "TIMEOUT": _(
        "The mail server did not answer in time. Check the port and the security setting: 465 goes with TLS,"
        " 587 with STARTTLS."
    ),
    "UNTRUSTED": _(
        "The mail server's certificate is not valid for this name, so the connection was ended. Use the name your"
        " provider gives, not an IP address."
    ),
    "TLS_FAILED": _("The secure connection failed. Check the security setting: 465 goes with TLS, 587 with STARTTLS."),
    "NO_STARTTLS": _("The mail server does not offer STARTTLS. Choose TLS with port 465, or ask your provider."),
    "WRONG_PASSWORD": _(
        "The mail server does not accept this user name and password. Some providers (Gmail, Outlook) want an app"
        " password made for this purpose."
    ),
    "NO_SIGN_IN": _(
        "The mail server does not let anybody sign in this way. Leave user name and password empty, or choose TLS or"
        " STARTTLS."
    ),
    "SENDER_REFUSED": _(
        "The mail server does not accept the sender address. Use the address of the account you sign in with."
    ),
    "RECIPIENT_REFUSED": _("The mail server does not accept the recipient's address. Check its spelling."),
    "CONTENT_REFUSED": _("The mail server took the addresses but refused the letter itself."),
    "BROKE_OFF": _(
        "The mail server ended the conversation, or answered with something that is not mail. Check server name and"
        " port."
    ),
    "OTHER": _("The mail server answered with an error."),
}
PASSING = {"REFUSED", "UNREACHABLE", "TIMEOUT", "BROKE_OFF", "OTHER"}


class MailTrouble(Exception):
    """A letter did not leave.

    `reason` is a key of `REASONS`; `said` is what the server answered, cut short and without control characters.
    `passing` tells whether trying again later may help.
    """

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said

    @property
    def plain(self) -> str:
        """The reason in the reader's words, with the server's own answer where there is one."""
        return f"{REASONS[self.reason]}" + (f" ({self.said})" if self.said else "")

    @property
    def passing(self) -> bool:
        return self.reason in PASSING


def mail_server() -> MailServer | None:
    """The firm's mail server, or None while none is set up."""
    return MailServer.objects.filter(pk=1).first()


def can_send() -> bool:
    """Whether letters can leave at all: a server is set, or another backend was put in its place."""
    return settings.EMAIL_BACKEND != "setia.core.mail.FirmBackend" or mail_server() is not None


def send(*, to: str, subject: str, body: str, files: Sequence[tuple[str, bytes, str]] = ()) -> None:
    """Send one plain-text letter to one person, now; `files` are names, contents and types. Raises `MailTrouble`."""
    server = mail_server()
    sender = formataddr((server.from_name, server.from_address)) if server else settings.DEFAULT_FROM_EMAIL
    EmailMessage(" ".join(subject.split()), body, sender, [to], attachments=list(files)).send()


class FirmBackend(BaseEmailBackend):
    """Django's e-mail backend over the firm's own server. Its errors are `MailTrouble`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        messages = [message for message in email_messages if message.recipients()]
        if not messages:
            return 0
        try:
            if outgoing_paused():
                raise MailTrouble("PAUSED")
            server = mail_server()
            if server is None:
                raise MailTrouble("NOT_SET_UP")
            _deliver(server, messages)
        except MailTrouble as trouble:
            log.warning("%s letter(s) not sent: %s", len(messages), trouble.reason)
            if self.fail_silently:
                return 0
            raise
        return len(messages)


def _deliver(server: MailServer, messages: Sequence[EmailMessage]) -> None:
    """One conversation with the server; every way it can go wrong becomes a `MailTrouble`."""
    try:
        password = unseal(server.password_sealed) if server.password_sealed else ""
    except CannotOpen as error:
        raise MailTrouble("PASSWORD_LOST") from error
    try:
        smtp = _connect(server)
        try:
            if server.username:
                smtp.login(server.username, password)
            for message in messages:
                smtp.sendmail(
                    sanitize_address(message.from_email, "utf-8"),
                    [sanitize_address(address, "utf-8") for address in message.recipients()],
                    message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # Django's own message class
                )
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()  # the letters are out; how the server says goodbye changes nothing
        finally:
            smtp.close()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _trouble(error) from error


def _connect(server: MailServer) -> smtplib.SMTP:
    kind = {MailServer.Security.TLS: _PatientTls}.get(MailServer.Security(server.security), _Patient)
    context = ssl.create_default_context()
    options: dict[str, Any] = {"context": context} if kind is _PatientTls else {}
    smtp = kind(server.host, server.port, local_hostname="localhost", timeout=WAIT_SECONDS, **options)
    try:
        if server.security == MailServer.Security.STARTTLS:
            smtp.starttls(context=context)
    except BaseException:
        smtp.close()
        raise
    return smtp


class _Bounded:
    """The server's side of the conversation, with an end: so many bytes, so many seconds, then no more."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._heard = 0
        self._buffer = b""

    def readline(self, size: int) -> bytes:
        while b"\n" not in self._buffer and len(self._buffer) < size:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(min(WAIT_SECONDS, left))
            chunk = self._sock.recv(4096)
            if not chunk:
                break
            self._heard += len(chunk)
            if self._heard > REPLY_BYTES:
                raise OSError("the server says more than a mail server says")
            self._buffer += chunk
        end = min(size, self._buffer.find(b"\n") + 1 or len(self._buffer))
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    def close(self) -> None:
        self._buffer = b""


class _Patient(smtplib.SMTP):
    """`smtplib` gives each read a timeout, but allows any number of them; this one has patience for so long only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._deadline = time.monotonic() + CONVERSATION_SECONDS
        super().__init__(*args, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Bounded(cast(socket.socket, self.sock), self._deadline)
        return super().getreply()


class _PatientTls(_Patient, smtplib.SMTP_SSL):
    pass


def _trouble(error: Exception) -> MailTrouble:
    """What an error of the conversation means."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return MailTrouble("WRONG_PASSWORD", _heard(error.smtp_error))
        case smtplib.SMTPSenderRefused():
            return MailTrouble("SENDER_REFUSED", _heard(error.smtp_error))
        case smtplib.SMTPRecipientsRefused():
            said = next(iter(error.recipients.values()), (0, b""))[1]
            return MailTrouble("RECIPIENT_REFUSED", _heard(said))
        case smtplib.SMTPDataError():
            return MailTrouble("CONTENT_REFUSED", _heard(error.smtp_error))
        case smtplib.SMTPNotSupportedError():
            return MailTrouble("NO_STARTTLS" if "STARTTLS" in str(error) else "NO_SIGN_IN")
        case smtplib.SMTPServerDisconnected():
            # `smtplib` wraps an error while reading; the first cause says more.
            cause = error.__context__
            return _trouble(cause) if isinstance(cause, TimeoutError | ssl.SSLError) else MailTrouble("BROKE_OFF")
        case smtplib.SMTPResponseException():
            return MailTrouble("OTHER", _heard(error.smtp_error))
        case smtplib.SMTPException():
            return MailTrouble("NO_SIGN_IN")
        case ssl.SSLCertVerificationError():
            return MailTrouble("UNTRUSTED")
        case ssl.SSLError():
            return MailTrouble("TLS_FAILED")
        case socket.gaierror() | UnicodeError():
            return MailTrouble("NAME_UNKNOWN")
        case TimeoutError():
            return MailTrouble("TIMEOUT")
        case ConnectionRefusedError():
            return MailTrouble("REFUSED")
        case ConnectionError():
            return MailTrouble("BROKE_OFF")
        case OSError():
            return MailTrouble("UNREACHABLE")
        case _:
            return MailTrouble("OTHER")


def _heard(said: bytes | str) -> str:
    """The server's answer, fit to be shown: printable, one line, at most 200 characters."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(c if c.isprintable() else " " for c in text)[:200].strip()
