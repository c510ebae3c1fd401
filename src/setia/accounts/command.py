"""`setia user list|reset|add`: letting people in without e-mail, for whoever holds the keyboard of the machine."""

import argparse
import os
import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from setia.accounts import actions, queries
from setia.accounts.factors import has_second_factor
from setia.core.queries import firm


def main(args: argparse.Namespace) -> int:
    """Run one of the three; returns the exit code: 0 done, 1 told what is wrong."""
    with override(_language()):
        match args.action:
            case "list":
                return _list()
            case "reset":
                return _reset(args.email, lost=args.second_factor)
            case _:
                return _add(args.email, args.role)


def _language() -> str:
    """The terminal's language, like every other command; the firm's where the terminal says none."""
    said = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not said:
        return firm().language
    return "id" if said.startswith("id") else "en"


def _list() -> int:
    house = firm()
    people = queries.everybody()
    if not people:
        _say(_("Nobody is here yet. The owner comes in by the link that “setia up” prints."))
    for person in people:
        seen = f"{person.last_login.astimezone(house.tz):%Y-%m-%d %H:%M}" if person.last_login else _("never")
        state = "" if person.is_active else _("deactivated")
        _say("\t".join([person.email, person.name, person.role.label, seen, state]).rstrip())
    return 0


def _reset(email: str, *, lost: bool) -> int:
    person = queries.somebody(email)
    if person is None:
        return _wrong(
            _("Nobody here has the e-mail address %(email)s. “setia user list” shows who is.") % {"email": email}
        )
    if not person.is_active:
        return _wrong(
            _("%(email)s is deactivated. An owner can reactivate them under Settings, People.") % {"email": email}
        )
    if lost:
        if actions.remove_second_factors(by=None, at=timezone.now(), user=person):
            _say(_("The second factor of %(email)s is removed: app, passkeys and recovery codes.") % {"email": email})
        else:
            _say(_("%(email)s has no second factor, so none was removed.") % {"email": email})
        person.refresh_from_db()
    elif has_second_factor(person):
        _say(
            _(
                "%(email)s has a second factor, which is asked for after the new password too. If it is lost, add"
                " --second-factor."
            )
            % {"email": email}
        )
    link = actions.reset_link(by=None, at=timezone.now(), user=person)
    _say(_("This link sets a new password, once, within 24 hours:"))
    _say(settings.BASE_URL + link)
    return 0


def _add(email: str, role: str) -> int:
    known = {role.code.lower(): role.code for role in queries.roles()}
    if role.lower() not in known:
        return _wrong(
            _("There is no role %(role)s. There are: %(roles)s.") % {"role": role, "roles": ", ".join(sorted(known))}
        )
    role = known[role.lower()]
    try:
        validate_email(email)
        invited = actions.invite(by=None, at=timezone.now(), email=email, role=role, base=settings.BASE_URL, post=False)
    except ValidationError:
        return _wrong(_("%(email)s is not an e-mail address.") % {"email": email})
    except actions.AlreadyHere:
        return _wrong(_("%(email)s is here already. “setia user reset” makes a new password.") % {"email": email})
    _say(_("This link lets %(email)s in, once, within 7 days:") % {"email": email})
    _say(invited.url)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _wrong(line: str) -> int:
    sys.stderr.write(f"setia: {line}\n")
    return 1
