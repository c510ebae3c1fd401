"""The letters Setia writes to its own people, each in the reader's language."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from setia.accounts.models import Invitation, User
from setia.core import mail
from setia.core.queries import firm

NOTICES: dict[str, Promise] = {
    "EMAIL_CHANGED": gettext_lazy("you sign in with another e-mail address from now on, no longer with this one."),
    "FACTOR_ADDED": gettext_lazy("an authenticator app or a passkey was added to your account."),
    "FACTOR_REMOVED": gettext_lazy("an authenticator app or a passkey was removed from your account."),
    "RECOVERY_CODE_USED": gettext_lazy("somebody signed in with one of your recovery codes. It works no more."),
}


def send_invitation(invitation: Invitation, *, url: str) -> None:
    """Write to somebody who is not here yet, in the firm's language. Raises `MailTrouble`."""
    house = firm()
    with override(house.language):
        who = str(invitation.by) if invitation.by else _("An owner")
        name = house.name or "Setia"
        mail.send(
            to=invitation.email,
            subject=_("%(who)s invites you to Setia at %(firm)s") % {"who": who, "firm": name},
            body=_(
                "Hello,\n\n%(who)s invites you to work in Setia, the customer platform of %(firm)s.\n\n"
                "Open this link, choose a password, and you are in:\n%(url)s\n\n"
                "The link works once, until %(until)s. If you did not expect this letter, ignore it.\n"
            )
            % {"who": who, "firm": name, "url": url, "until": _until(invitation.expires_at)},
        )


def send_reset(user: User, *, url: str) -> None:
    """Write the link that sets a new password. Raises `MailTrouble`."""
    with override(user.language or firm().language):
        mail.send(
            to=user.email,
            subject=_("A new password for Setia"),
            body=_(
                "Hello %(name)s,\n\nsomebody asked for a new password for your account. If it was you, open this link:"
                "\n%(url)s\n\nIt works once, for 24 hours. If it was not you, ignore this letter; nothing changes.\n"
            )
            % {"name": str(user), "url": url},
        )


def send_new_address(user: User, *, to: str, url: str) -> None:
    """Write the link that makes an address the one to sign in with. Raises `MailTrouble`."""
    with override(user.language or firm().language):
        mail.send(
            to=to,
            subject=_("Is this your new address for Setia?"),
            body=_(
                "Hello %(name)s,\n\nyou want to sign in to Setia with this e-mail address. Open this link to confirm:"
                "\n%(url)s\n\nIt works once, for 24 hours. If it was not you, ignore this letter; nothing changes.\n"
            )
            % {"name": str(user), "url": url},
        )


def send_notice(user: User, what: str, *, to: str = "") -> None:
    """Tell a person what changed (a code of `NOTICES`), at `to` or at their own address. Raises `MailTrouble`."""
    with override(user.language or firm().language):
        mail.send(
            to=to or user.email,
            subject=_("Your account at Setia has changed"),
            body=_(
                "Hello %(name)s,\n\n%(what)s\n\nIf it was you, there is nothing to do. If it was not you, tell an owner"
                " of your firm at once, and set a new password.\n"
            )
            % {"name": str(user), "what": str(NOTICES[what])},
        )


def send_test(to: str) -> None:
    """The letter behind “Send a test”. Raises `MailTrouble`."""
    mail.send(
        to=to,
        subject=_("Setia can send e-mail"),
        body=_("This is the test letter you asked for. Your mail server settings work.\n"),
    )


def _until(moment: datetime) -> str:
    house = firm()
    return f"{moment.astimezone(house.tz):%d.%m.%Y %H:%M} {house.Zone(house.zone).name}"
