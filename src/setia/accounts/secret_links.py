"""One-time links: a random token travels in the link, only its hash is kept."""

import hashlib
import secrets


def fresh_token() -> str:
    """A new secret of 256 random bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token. Plain SHA-256: the token is random, so there is nothing to guess slowly."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
