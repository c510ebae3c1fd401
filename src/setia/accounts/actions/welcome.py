"""The first owner: `setia up` prints a link, its holder becomes the owner, and the link is spent."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse

from setia.accounts.actions.audit import audit
from setia.accounts.models import OwnerLink, User
from setia.accounts.secret_links import fresh_token, hash_token
from setia.core.actions import change_firm

LINK_LIFE_HOURS = 24


class LinkSpent(Exception):
    """The link was used, has run out, was replaced by a newer one, or an owner exists already."""


class AlreadyHere(Exception):
    """Somebody with this e-mail address is here already; `user` is that person."""

    def __init__(self, user: User) -> None:
        super().__init__(user.pk)
        self.user = user


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


def welcome_owner(
    *, token: str, email: str, name: str, password: str, firm_name: str, language: str, at: datetime
) -> User:
    """Spend the link, make its holder the owner, and name the firm, which speaks `language` from here on.

    Raises `LinkSpent` when the link is no longer good, `AlreadyHere` when the address is taken. Of two people with the
    same link, one gets in.
    """
    with transaction.atomic():
        _one_at_a_time()
        claimed = OwnerLink.objects.filter(pk=1, token_hash=hash_token(token), used_at=None, expires_at__gt=at).update(
            used_at=at
        )
        if not claimed or _owner_exists():
            raise LinkSpent
        if here := User.objects.filter(email__iexact=email.strip()).first():
            raise AlreadyHere(here)
        user = User.objects.create_user(email, password, name=name.strip(), role=User.Role.OWNER)
        change_firm(at=at, name=firm_name.strip(), language=language)
        audit(
            by=user,
            at=at,
            verb="user.joined",
            about="user",
            about_id=user.pk,
            data={"role": user.role_id, "way": "OWNER_LINK"},
        )
    return user


def _owner_exists() -> bool:
    return User.objects.filter(role=User.Role.OWNER, is_active=True).exists()


def _one_at_a_time() -> None:
    """Hold until commit: two starts of Setia, or two holders of the link, must not both pass the check."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('setia.accounts.first_owner'))")
