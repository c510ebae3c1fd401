"""Make a token, take it back, and note that it was used."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.api.models import Token
from setia.api.queries.tokens import hash_of
from setia.api.scopes import SCOPES
from setia.core.permissions import may, require
from setia.core.text import line

PREFIX = "setia_"  # by which a scanner of leaked secrets, and a person, knows what it is


class MoreThanYou(Exception):
    """A token must not be allowed what its maker may not do. `scopes` are those."""

    def __init__(self, scopes: Iterable[str]) -> None:
        self.scopes = sorted(scopes)
        super().__init__(*self.scopes)


def make_token(
    *,
    by: User,
    at: datetime,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    per_minute: int = 600,
) -> tuple[Token, str]:
    """Make a token for oneself. Answers it with its secret, which nobody can read again. Raises `MoreThanYou`."""
    require(by, "api.use")
    wanted = set(scopes)
    if refused := {scope for scope in wanted if scope not in SCOPES or not may(by, scope)}:
        raise MoreThanYou(refused)
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            user=by,
            name=line(name)[:100],
            start=secret[: len(PREFIX) + 5],
            hash=hash_of(secret),
            scopes=[scope for scope in SCOPES if scope in wanted],
            per_minute=per_minute,
            created_at=at,
            expires_at=expires_at,
        )
        audit(
            by=by,
            at=at,
            verb="api_token.made",
            about="api_token",
            about_id=token.pk,
            data={"name": token.name, "scopes": token.scopes},
        )
    return token, secret


def revoke_token(*, by: User, at: datetime, token: Token) -> bool:
    """Let a token open no door any more. One's own, or any for who may manage them. False when it was so already."""
    if token.user_id != by.pk:
        require(by, "api.manage")
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            return False
        audit(by=by, at=at, verb="api_token.revoked", about="api_token", about_id=token.pk, data={"name": token.name})
    return True


def touch(token: Token, *, at: datetime) -> None:
    """Note that a token was used, at most once a minute: a row rewritten at every request would be a queue."""
    minute_ago = at - timedelta(minutes=1)
    if token.used_at is None or token.used_at < minute_ago:
        Token.objects.filter(Q(used_at=None) | Q(used_at__lt=minute_ago), pk=token.pk).update(used_at=at)
