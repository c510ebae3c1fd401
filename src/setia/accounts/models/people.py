"""People who use Setia, the links that let them in, and the audit trail.

Nobody is ever deleted here: who leaves is deactivated, so that the trail keeps its names. Links carry a secret; only
its hash is stored, so that a copy of the database opens no door.
"""

from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from setia.accounts.models.roles import Role


class UserManager(BaseUserManager["User"]):
    """People come with their role, so that what they may do costs no query of its own."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().select_related("role")

    def create_user(
        self, email: str, password: str | None = None, *, role: str = Role.BuiltIn.MEMBER, **fields: Any
    ) -> "User":
        """`role` is the code of a role."""
        user = self.model(email=email.strip().lower(), role_id=str(role), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in by e-mail address and password."""

    Role = Role.BuiltIn

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    role = models.ForeignKey(
        "accounts.Role",
        on_delete=models.PROTECT,
        related_name="people",
        default=Role.MEMBER,
        db_column="role",
        db_index=False,
    )
    language = models.CharField(max_length=2, blank=True, default="", help_text="Empty: as the browser asks.")
    is_active = models.BooleanField(default=True)
    unread = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Mentions not looked at yet, counted as they come (`actions.news`)."
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    session_round = models.PositiveIntegerField(
        default=0, help_text="Part of every session's fingerprint: one more, and all sessions of the person end."
    )

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_folded")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_owner(self) -> bool:
        return self.role_id == self.Role.OWNER

    @property
    def verbs(self) -> frozenset[str]:
        """What this person may do (`core.permissions`)."""
        return self.role.granted

    @cached_property
    def owners_seen(self) -> frozenset[int] | None:
        """Whose customers this person sees: their own, their teams' as well, or (None) everybody's."""
        if self.role.sees == Role.Sees.ALL:
            return None
        if self.role.sees == Role.Sees.OWN:
            return frozenset([self.pk])
        mates = User.objects.filter(teams__members=self).order_by().values_list("pk", flat=True)
        return frozenset([self.pk, *mates])

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django compares this with the session at every request; a changed password or round ends the session."""
        fingerprint = f"{self.password}:{self.session_round}"
        return salted_hmac("setia.accounts.session", fingerprint, secret=secret, algorithm="sha256").hexdigest()


class Invitation(models.Model):
    """An owner's word that the holder of a link may come in, with a role."""

    email = models.EmailField()
    role = models.ForeignKey(
        "accounts.Role",
        on_delete=models.CASCADE,
        related_name="+",
        default=User.Role.MEMBER,
        db_column="role",
        db_index=False,
    )
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="accounts_invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return self.email


class OwnerLink(models.Model):
    """The one-time link that makes the first owner (at most one row: a new link replaces the old)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_ownerlink_is_one")]

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"


class AuditEntry(models.Model):
    """Who did what, when, to what. Append-only: a trigger refuses change and deletion.

    `address` is no network address but its keyed hash: equal marks mean the same place, nothing leads back to it.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    about = models.CharField(max_length=60)
    about_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    address = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="accounts_audit_at"),
            models.Index(fields=["by", "at", "id"], name="accounts_audit_by"),
            models.Index(fields=["verb", "at", "id"], name="accounts_audit_verb"),
            models.Index(fields=["by", "verb", "at", "id"], name="accounts_audit_by_verb"),
            models.Index(fields=["about", "about_id", "at", "id"], name="accounts_audit_about"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.about} {self.about_id or ''}".strip()
