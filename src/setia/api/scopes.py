"""What a token may be allowed: verbs on rooms, the same ones that roles are made of (`core.permissions`)."""

from django.utils.functional import Promise

from setia.core.permissions import Actor, may, rooms

SCOPES = (
    "customers.view",
    "customers.add",
    "customers.edit",
    "customers.note",
    "customers.archive",
    "customers.restore",
    "customers.delete",
    "catalogue.view",
    "catalogue.add",
    "catalogue.edit",
    "catalogue.archive",
    "catalogue.restore",
    "orders.view",
    "orders.add",
    "orders.edit",
    "orders.give_back",
    "sales.view",
    "sales.opportunities",
    "sales.activities",
    "reports.view",
    "subscriptions.view",
    "subscriptions.add",
    "subscriptions.edit",
    "subscriptions.cancel",
    "subscriptions.plans",
    "subscriptions.units",
    "service.view",
    "service.contracts",
    "service.concerns",
    "sales.view",
    "sales.prospects",
    "intake.view",
    "intake.run",
    "intake.undo",
)
"""The verbs that some operation of the interface asks for."""


def offered_to(user: Actor) -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """The scopes this person may give to a token, which are what they may do themselves: by room, with their words."""
    found = []
    for words, verbs in rooms():
        if mine := [(verb.code, verb.words) for verb in verbs if verb.code in SCOPES and may(user, verb.code)]:
            found.append((words, mine))
    return found


def codes_offered_to(user: Actor) -> list[str]:
    """The same without words."""
    return [scope for scope in SCOPES if may(user, scope)]


READING = tuple(scope for scope in SCOPES if scope.endswith(".view"))
"""Those that change nothing."""
