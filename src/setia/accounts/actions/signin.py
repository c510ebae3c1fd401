"""The trail of the front door: who came in, who was turned away, who left, who has a new password."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from setia.accounts import letters
from setia.accounts.actions.audit import audit
from setia.accounts.actions.people import require_over
from setia.accounts.models import User


def note_sign_in(*, by: User, at: datetime, address: str, way: str = "") -> None:
    """Write down that somebody signed in; `way` names what more than the password was shown."""
    data = {"way": way} if way else {}
    audit(by=by, at=at, verb="user.signed_in", about="user", about_id=by.pk, data=data, address=address)


def note_sign_out(*, by: User, at: datetime, address: str) -> None:
    """Write down that somebody signed out."""
    audit(by=by, at=at, verb="user.signed_out", about="user", about_id=by.pk, address=address)


def note_refused_sign_in(*, email: str, at: datetime, address: str, throttled: bool = False) -> None:
    """Write down an attempt that failed. What was typed is not kept: it may be a password in the wrong box."""
    about_id = User.objects.filter(email__iexact=email.strip()).values_list("pk", flat=True).first()
    verb = "user.sign_in_slowed" if throttled else "user.sign_in_refused"
    audit(by=None, at=at, verb=verb, about="user", about_id=about_id, address=address)


def set_password(*, user: User, password: str, at: datetime) -> None:
    """Give somebody a new password (their own doing, or through a reset link); all other sessions end."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        audit(by=user, at=at, verb="user.password_changed", about="user", about_id=user.pk)


def reset_link(*, by: User | None, at: datetime, user: User) -> str:
    """A link, as a URL path, that sets a new password once within 24 hours, without e-mail.

    For whoever may change this person, and for `setia user reset` (`by` None). Raises `PermissionDenied` for anybody
    else and for a deactivated person.
    """
    if by is not None:
        require_over(by, user)
    if not user.is_active:
        raise PermissionDenied
    audit(by=by, at=at, verb="user.reset_link_made", about="user", about_id=user.pk)
    return reset_path(user)


def send_reset(*, user: User, base: str) -> None:
    """Mail the reset link. `base` is the address people use to reach Setia. Raises `MailTrouble`."""
    letters.send_reset(user, url=base.rstrip("/") + reset_path(user))


def reset_path(user: User) -> str:
    """The link itself. It stops working when the password changes or the person signs in."""
    uid = user_pk_to_url_str(user)
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
