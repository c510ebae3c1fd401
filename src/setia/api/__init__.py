"""The door for programs: the REST interface under `/api/v1/`, its tokens, and webhooks that tell what happened.

It owns tokens, the answers kept for repeated requests, webhook endpoints and their deliveries, and nothing of the
firm's business: every request goes through the same gates and verbs as the pages, as the person who made its token.
"""
