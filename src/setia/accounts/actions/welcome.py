"""The first owner: `setia up` prints a link, its holder becomes the owner, and the link is spent."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse

from setia.accounts.actions.audit import audit
from setia.accounts.models import OwnerLink, User
from setia.accounts.secret_links import fresh_token, hash_token

LINK_LIFE_HOURS = 24


class LinkSpent(Exception):
    """The link was used, has run out, was replaced by a newer one, or an owner exists already."""


def owner_link(*, at: datetime) -> str:
    """A fresh link for the first owner, as a URL path; the former link stops working. '' once an owner exists."""
    with transaction.atomic():
        _one_at_a_time()
        if _owner_exists():
            return ""
        token = fresh_token()
        OwnerLink.objects.update_or_create(
            pk=1,
            defaults={
                "token_hash": hash_token(token),
                "expires_at": at + timedelta(hours=LINK_LIFE_HOURS),
                "used_at": None,
            },
        )
    return reverse("welcome", args=[token])


def welcome_owner(*, token: str, email: str, name: str, password: str, language: str, at: datetime) -> User:
    """Spend the link and make its holder the owner.

    Raises `LinkSpent` when the link is no longer good. Of two people with the same link, one gets in.
    """
    with transaction.atomic():
        _one_at_a_time()
        claimed = OwnerLink.objects.filter(pk=1, token_hash=hash_token(token), used_at=None, expires_at__gt=at).update(
            used_at=at
        )
        if not claimed or _owner_exists():
            raise LinkSpent
        user = User.objects.create_user(email, password, name=name.strip(), role=User.Role.OWNER, language=language)
        audit(
            by=user,
            at=at,
            verb="user.joined",
            about="user",
            about_id=user.pk,
            data={"role": user.role, "way": "OWNER_LINK"},
        )
    return user


def _owner_exists() -> bool:
    return User.objects.filter(role=User.Role.OWNER, is_active=True).exists()


def _one_at_a_time() -> None:
    """Hold until commit: two starts of Setia, or two holders of the link, must not both pass the check."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('setia.accounts.first_owner'))")
