"""What this room's audit lines say, in the reader's words."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import Invitation, Role, Team, User
from setia.core.mail import REASONS as MAIL_REASONS
from setia.core.models import MailServer
from setia.core.permissions import Actor, words_of
from setia.core.trail import Detail, name_data, name_thing, things
from setia.core.words import name_fields, name_verbs

name_verbs(
    {
        "backup.cancelled": _("Cancelled a backup"),
        "backup.downloaded": _("Downloaded a backup"),
        "backup.started": _("Asked for a backup"),
        "backup_plan.changed": _("Changed when backups are made"),
        "firm.changed": _("Changed the firm's settings"),
        "firm.released": _("Let the restored Setia send again"),
        "firm.second_factor_asked": _("Changed whether everybody needs a second factor"),
        "list.exported": _("Took a list out as a file"),
        "job.retried": _("Ran a failed job again"),
        "mail_server.changed": _("Changed the mail server"),
        "mail_server.removed": _("Removed the mail server"),
        "mail_server.tested": _("Sent a test letter"),
        "user.app_added": _("Added an authenticator app"),
        "user.app_removed": _("Removed the authenticator app"),
        "role.added": _("Made a role"),
        "role.changed": _("Changed what a role allows"),
        "role.removed": _("Removed a role"),
        "team.added": _("Made a team"),
        "team.changed": _("Changed a team"),
        "team.removed": _("Dissolved a team"),
        "user.deactivated": _("Deactivated a person"),
        "user.email_change_asked": _("Asked to change the e-mail address"),
        "user.email_changed": _("Changed the e-mail address"),
        "user.invitation_revoked": _("Took an invitation back"),
        "user.invited": _("Invited somebody"),
        "user.joined": _("Came in for the first time"),
        "user.other_sessions_ended": _("Signed out on the other devices"),
        "user.passkey_added": _("Added a passkey"),
        "user.passkey_removed": _("Removed a passkey"),
        "user.password_changed": _("Set a new password"),
        "user.profile_changed": _("Changed the profile"),
        "user.reactivated": _("Reactivated a person"),
        "user.recovery_code_used": _("Used a recovery code"),
        "user.recovery_codes_made": _("Made new recovery codes"),
        "user.reset_link_made": _("Made a link for a new password"),
        "user.role_changed": _("Changed a role"),
        "user.second_factor_removed": _("Removed a person's second factor"),
        "user.second_step_refused": _("Was refused at the second step"),
        "user.session_ended": _("Signed out on another device"),
        "user.sign_in_refused": _("Was refused at sign-in"),
        "user.sign_in_slowed": _("Was stopped after too many attempts"),
        "user.signed_in": _("Signed in"),
        "user.signed_out": _("Signed out"),
        "user.signed_out_everywhere": _("Signed a person out on all devices"),
    }
)

_FIELDS: dict[str, Promise] = {
    "currency": _("Currency"),
    "elsewhere": _("What is said of a colleague's customer"),
    "feed_live": _("As of which day?"),
    "from_address": _("Sender address"),
    "from_name": _("Sender name"),
    "host": _("Server name"),
    "language": _("Language"),
    "name": _("Name"),
    "password": _("Password"),
    "port": _("Port"),
    "security": _("Security"),
    "username": _("User name"),
    "zone": _("Time zone"),
    "on": _("Every night"),
    "hour": _("Hour"),
    "keep_days": _("Days they are kept"),
    "folder": _("Folder"),
    "passphrase": _("Passphrase"),
    "sees": _("Sees"),
    "verbs": _("Permissions"),
    "second_factor_from_date": _("Second factor from this day on"),
}
_VALUES: dict[str, Promise] = {
    "OWNER_LINK": _("by the owner's link"),
    "INVITATION": _("by invitation"),
    "PASSKEY": _("with a passkey"),
    "APP": _("with the app's code"),
    "RECOVERY_CODE": _("with a recovery code"),
    "SENT": _("the server took it"),
    **MAIL_REASONS,
}


for _about in ("user", "firm", "mail_server", "backup_plan", "role"):
    name_fields(_about, _FIELDS)
name_fields("mail_server", {}, {"security": dict(MailServer.Security.choices)})


def _people(_reader: Actor, keys: Collection[int]) -> QuerySet[User]:
    return User.objects.select_related(None).filter(pk__in=keys)


_PERSON = Coalesce(NullIf("name", Value("")), "email")

name_thing("user", _("People"), rows=_people, called=_PERSON, page="people", keyed=False)
name_thing(
    "invitation",
    _("Invitations"),
    rows=lambda _reader, keys: Invitation.objects.filter(pk__in=keys),
    called="email",
    page="people",
    keyed=False,
    acts=("user.invited", "user.invitation_revoked", "user.joined"),
)
name_thing("role", _("Roles and permissions"), page="roles", keyed=False, acts=("role.", "user.role_changed"))
name_thing("team", _("Teams"), rows=lambda _reader, keys: Team.objects.filter(pk__in=keys), page="edit_team")
name_thing("firm", _("The firm's settings"), page="firm", keyed=False, acts=("firm.", "demo."))
name_thing("mail_server", _("E-mail server"), page="mail_server", keyed=False)
name_thing("backup", _("Backups"), page="backups", keyed=False, acts=("backup.", "backup_plan."))
name_thing("backup_plan", _("Backups"), page="backups", keyed=False, acts=())
name_thing("job", _("Background jobs"), page="jobs", keyed=False)
name_thing("list", _("Exports"))
name_thing("audit", _("Audit"), acts=())


def _code(value: Any) -> str:
    return str(_VALUES.get(value, value))


def _day(value: Any) -> str:
    try:
        return date_format(date.fromisoformat(str(value)), "j F Y")
    except ValueError:
        return str(value)


_ROLE = Detail(_("Role"), says=lambda code: dict(Role.BuiltIn.choices).get(code, code))
name_data("user invitation", {"role": _ROLE, "to": _ROLE, "from": _ROLE, "way": Detail(_("How"), says=_code)})
name_data("user", {"sessions": _("Devices")})
name_data("mail_server", {"outcome": Detail(_("Outcome"), says=_code)})
name_data("firm.second_factor_asked", {"to": Detail(_("From this day on"), says=_day)})
name_data(
    "role",
    {
        "name": Detail(_("Name"), says=lambda name: dict(Role.BuiltIn.choices).get(name, name)),
        "sees": Detail(_("Sees"), says=lambda code: dict(Role.Sees.choices).get(code, code)),
        "fields": Detail(None),  # said by the others
        "given": Detail(_("Now allowed"), says=lambda verb: words_of(verb)[0] or verb),
        "taken": Detail(_("No longer allowed"), says=lambda verb: words_of(verb)[0] or verb),
    },
)
name_data(
    "team",
    {"name": _("Name"), "joined": Detail(_("Came in"), of="user"), "left": Detail(_("Left the team"), of="user")},
)
name_data("backup", {"sealed": _("Locked with a passphrase")})
name_data("list", {"what": Detail(_("List"), says=lambda about: things()[about].many if about in things() else about)})
name_data("list", {"rows": _("Rows")})
name_data("list", {"customer": Detail(_("Customer"), of="customer"), "run": Detail(_("Import"), of="run")})
