"""Whose token this is, and which tokens a person may see."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from setia.api.models import Token
from setia.core.permissions import Actor, may


def hash_of(secret: str) -> str:
    """What is stored of a token. Plain SHA-256: the token is random, so there is nothing to guess slowly."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def holder_of(secret: str, *, at: datetime) -> Token | None:
    """The token of this secret with its person, if it opens the door at that moment; else None. One query."""
    token = Token.objects.select_related("user__role").filter(hash=hash_of(secret)).first()
    return token if token is not None and token.works_at(at) and token.user.is_active else None


def tokens_for(user: Actor) -> QuerySet[Token]:
    """The tokens this person may see and revoke: their own; all of the firm for who may manage them."""
    tokens = Token.objects.select_related("user").order_by("-id")
    if may(user, "api.manage"):
        return tokens
    return tokens.filter(user=getattr(user, "pk", None)) if may(user, "api.use") else tokens.none()
