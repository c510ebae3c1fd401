"""The entrances of this room apart from the operations: for programs, tokens, webhooks."""

from setia.api.views.programs import api_docs, nowhere, openapi
from setia.api.views.tokens import make_token, revoke_token, tokens
from setia.api.views.webhooks import (
    add_endpoint,
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
    "add_endpoint",
    "api_docs",
    "edit_endpoint",
    "endpoint",
    "endpoints",
    "make_token",
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
