"""The secret in the address of a calendar: random, told once, kept as its hash."""

import hashlib
import secrets


def fresh_token() -> str:
    """A new secret of 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of it. Plain SHA-256: the secret is random, so there is nothing to guess slowly."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
