"""One's own e-mail address: it changes when the link sent to the new one is opened, and the old one is told."""

import contextlib
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from setia.accounts import letters
from setia.accounts.actions.audit import audit
from setia.accounts.actions.welcome import AlreadyHere, LinkSpent
from setia.accounts.models import EmailChange, User
from setia.accounts.secret_links import fresh_token, hash_token
from setia.core.mail import MailTrouble

LIFE_HOURS = 24


def change_email(*, by: User, at: datetime, email: str, base: str) -> None:
    """Write a link to the new address. Raises `AlreadyHere` where somebody signs in with it, and `MailTrouble`."""
    email, token = email.strip().lower(), fresh_token()
    if here := User.objects.filter(email__iexact=email).first():
        raise AlreadyHere(here)
    with transaction.atomic():
        EmailChange.objects.update_or_create(
            user=by,
            defaults={
                "email": email,
                "token_hash": hash_token(token),
                "asked_at": at,
                "expires_at": at + timedelta(hours=LIFE_HOURS),
            },
        )
        audit(by=by, at=at, verb="user.email_change_asked", about="user", about_id=by.pk)
    letters.send_new_address(by, to=email, url=base.rstrip("/") + reverse("confirm_email", args=[token]))


def confirm_email(*, token: str, at: datetime) -> User:
    """Spend the link: its owner signs in with the new address from here on.

    Raises `LinkSpent` when it was used, has run out, was replaced, or the address has come to belong to somebody else.
    """
    try:
        with transaction.atomic():
            asked = EmailChange.objects.select_for_update().filter(token_hash=hash_token(token), expires_at__gt=at)
            change = asked.select_related("user").first()
            if change is None or not change.user.is_active:
                raise LinkSpent
            user = change.user
            former, user.email = user.email, change.email
            user.save(update_fields=["email"])
            change.delete()
            audit(by=user, at=at, verb="user.email_changed", about="user", about_id=user.pk)
    except IntegrityError as error:
        raise LinkSpent from error
    with contextlib.suppress(MailTrouble):  # the old box may be the reason for the change; the audit line stands
        letters.send_notice(user, "EMAIL_CHANGED", to=former)
    return user
