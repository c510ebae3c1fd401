"""Questions about tokens and webhooks."""

from setia.api.queries.tokens import holder_of, tokens_for
from setia.api.queries.webhooks import Standing, deliveries, endpoints_for, get_endpoint_for, standing

__all__ = [
    "Standing",
    "deliveries",
    "endpoints_for",
    "get_endpoint_for",
    "holder_of",
    "standing",
    "tokens_for",
]
