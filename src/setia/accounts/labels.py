"""What this room's audit lines say, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import Role
from setia.core.mail import REASONS as MAIL_REASONS
from setia.core.words import changes_in_words, name_fields, name_verbs

name_verbs(
    {
        "backup.cancelled": _("Cancelled a backup"),
        "backup.downloaded": _("Downloaded a backup"),
        "backup.started": _("Asked for a backup"),
        "backup_plan.changed": _("Changed when backups are made"),
        "firm.changed": _("Changed the firm's settings"),
        "firm.released": _("Let the restored Setia send again"),
        "firm.second_factor_asked": _("Changed whether everybody needs a second factor"),
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


for _about in ("user", "firm", "mail_server"):
    name_fields(_about, _FIELDS)


def details(data: Mapping[str, Any], about: str = "") -> str:
    """One line from an entry's data: what changed, from what to what; what is unknown is shown as it is."""
    parts = [f"{one.label}: {one.before} → {one.after}" for one in changes_in_words(about, data.get("changes") or {})]
    if "from" in data and "to" in data:
        parts.append(gettext("from %(old)s to %(new)s") % {"old": _value(data["from"]), "new": _value(data["to"])})
    for key, value in data.items():
        if key in {"from", "to", "changes"}:
            continue
        if key == "fields" and isinstance(value, list):
            parts.append(", ".join(str(_FIELDS.get(field, field)) for field in value))
        elif key in {"role", "way", "outcome"}:
            parts.append(_value(value))
        else:
            parts.append(f"{key}: {_value(value)}")
    return " · ".join(parts)


def _value(value: Any) -> str:
    if value in Role.BuiltIn.values:
        return str(Role.BuiltIn(value).label)
    if isinstance(value, str) and value in _VALUES:
        return str(_VALUES[value])
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_FIELDS.get(key, key)}: {_value(one)}" for key, one in value.items())
    return "–" if value is None or value == "" else str(value)
