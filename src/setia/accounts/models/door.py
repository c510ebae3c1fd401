"""What the front door remembers: who sits where (sessions), and e-mail addresses that wait for a confirmation.

A person's authenticators (app, passkeys, recovery codes) are django-allauth's own table; their secrets are sealed.
"""

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower


class Session(AbstractBaseSession):
    """A session, and of a signed-in person also where they sit and since when.

    `place` is no network address but its keyed hash, as in the audit trail; `agent` is what the browser calls itself.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=300, blank=True, default="")
    place = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="accounts_session_of")]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from setia.accounts.sessions import SessionStore

        return SessionStore

    def __str__(self) -> str:
        return f"session of {self.user_id or 'nobody'}"


class EmailChange(models.Model):
    """An address a person wants to sign in with; it counts once the link sent there was opened. One open per person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(Lower("email"), name="accounts_emailchange_to")]

    def __str__(self) -> str:
        return self.email
