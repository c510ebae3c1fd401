"""The second factor: an authenticator app, passkeys, recovery codes; and the firm's rule that everybody has one.

Whoever adds the first one gets recovery codes with it. While the firm asks for a second factor, the last one stays.
Who lost all of them is helped by an owner, or by `setia user reset` at the keyboard of the machine.
"""

from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from procrastinate.contrib.django import app

import setia.core.actions
from setia.accounts.actions.audit import audit
from setia.accounts.actions.people import require_over
from setia.accounts.actions.sessions import drop_sessions
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm

Type = Authenticator.Type
GRACE = timedelta(days=7)
"""How long everybody has to get a second factor after the firm asks for one."""


class AlreadyThere(Exception):
    """This person has an authenticator app already; the old one has to go first."""


class StillAsked(Exception):
    """The firm asks everybody for a second factor, and this is the last one of this person."""


class NoneOfYourOwn(Exception):
    """Who asks others for a second factor has none: the rule would lock its maker out."""


def add_app(*, by: User, at: datetime, secret: str) -> bool:
    """Let an app's codes open the second step. True when recovery codes were made too. Raises `AlreadyThere`."""
    try:
        with transaction.atomic():
            TOTP.activate(by, secret)
            return _added(by, at, "user.app_added")
    except IntegrityError as error:
        raise AlreadyThere from error


def add_passkey(*, by: User, at: datetime, name: str, credential: dict[str, Any]) -> bool:
    """Let a passkey sign in. `credential` was checked by the form. True when recovery codes were made too."""
    with transaction.atomic():
        WebAuthn.add(by, name, credential)
        return _added(by, at, "user.passkey_added")


def remove_factor(*, by: User, at: datetime, factor: Any) -> None:
    """Take one of one's own second factors away. Raises `StillAsked`, and `PermissionDenied` for somebody else's."""
    if factor.user_id != by.pk:
        raise PermissionDenied
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        others = Authenticator.objects.filter(user=by).exclude(pk=factor.pk).exclude(type=Type.RECOVERY_CODES)
        if not others.exists():
            if firm().second_factor_from_date:
                raise StillAsked
            Authenticator.objects.filter(user=by, type=Type.RECOVERY_CODES).delete()
        if Authenticator.objects.filter(pk=factor.pk).delete()[0]:
            verb = "user.app_removed" if factor.type == Type.TOTP else "user.passkey_removed"
            audit(by=by, at=at, verb=verb, about="user", about_id=by.pk)
            _tell(by, "FACTOR_REMOVED")


def new_recovery_codes(*, by: User, at: datetime) -> None:
    """Make ten new codes; the old ones open nothing any more. Raises `PermissionDenied` without a second factor."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        if not Authenticator.objects.filter(user=by).exclude(type=Type.RECOVERY_CODES).exists():
            raise PermissionDenied
        Authenticator.objects.filter(user=by, type=Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(by)
        audit(by=by, at=at, verb="user.recovery_codes_made", about="user", about_id=by.pk)


def remove_second_factors(*, by: User | None, at: datetime, user: User) -> bool:
    """Take all second factors of a person away who lost them, and end their sessions. False when they had none.

    For whoever may change that person, and for `setia user reset` (`by` None). Raises `PermissionDenied`.
    """
    if by is not None:
        require_over(by, user)
    with transaction.atomic():
        if not Authenticator.objects.filter(user=user).delete()[0]:
            return False
        User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
        drop_sessions(user)
        audit(by=by, at=at, verb="user.second_factor_removed", about="user", about_id=user.pk)
        _tell(user, "FACTOR_REMOVED")
    return True


def require_second_factor(*, by: User, at: datetime, from_date: date | None) -> bool:
    """Ask everybody for a second factor from a day on (None: as they like). False when nothing changes.

    Raises `NoneOfYourOwn` when whoever asks has none, and `PermissionDenied`.
    """
    require(by, "accounts.security")
    if from_date and not Authenticator.objects.filter(user=by).exclude(type=Type.RECOVERY_CODES).exists():
        raise NoneOfYourOwn
    with transaction.atomic():
        changed = setia.core.actions.change_firm(at=at, second_factor_from_date=from_date)
        if changed:
            told = from_date.isoformat() if from_date else ""
            audit(by=by, at=at, verb="firm.second_factor_asked", about="firm", about_id=1, data={"to": told})
    return bool(changed)


def note_recovery_code(*, by: User, at: datetime) -> None:
    """Write down that a recovery code was used: it is one less, and its owner should know."""
    with transaction.atomic():
        audit(by=by, at=at, verb="user.recovery_code_used", about="user", about_id=by.pk)
        _tell(by, "RECOVERY_CODE_USED")


def note_refused_step(*, user: User, at: datetime) -> None:
    """Write down that the second step was refused after a right password: somebody may know that password."""
    audit(by=None, at=at, verb="user.second_step_refused", about="user", about_id=user.pk)


def _added(by: User, at: datetime, verb: str) -> bool:
    had_codes = Authenticator.objects.filter(user=by, type=Type.RECOVERY_CODES).exists()
    RecoveryCodes.activate(by)
    audit(by=by, at=at, verb=verb, about="user", about_id=by.pk)
    _tell(by, "FACTOR_ADDED")
    return not had_codes


def _tell(user: User, what: str) -> None:
    app.configure_task("accounts.send_notice").defer(user_id=user.pk, what=what)
