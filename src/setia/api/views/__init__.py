"""The entrances of this room apart from the operations: for programs, tokens, webhooks."""

from setia.api.views.programs import api_docs, nowhere, openapi
from setia.api.views.tokens import revoke_token, tokens
from setia.api.views.webhooks import (
    edit_endpoint,
    endpoint,
    endpoints,
    pause_endpoint,
    remove_endpoint,
    renew_secret,
    resume_endpoint,
    send_again,
    test_endpoint,
)

__all__ = [
    "api_docs",
    "edit_endpoint",
    "endpoint",
    "endpoints",
    "nowhere",
    "openapi",
    "pause_endpoint",
    "remove_endpoint",
    "renew_secret",
    "resume_endpoint",
    "revoke_token",
    "send_again",
    "test_endpoint",
    "tokens",
]
