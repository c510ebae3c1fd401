"""Questions about tokens, webhooks and the interface's own description."""

from setia.api.queries.tokens import holder_of, tokens_for

__all__ = ["holder_of", "tokens_for"]
