"""What is sensitive asks once more who is there, when somebody signed in long ago; and nothing sensitive is missed."""

import re

import pytest
from django.core.cache import cache as counters
from django.test import Client

from setia.accounts.models import User
from tests.test_routes import Address, addresses
from tests.world import world

SENSITIVE = {
    "add_app": "a new second factor",
    "add_endpoint": "what happens is told to another system",
    "add_passkey": "a new second factor",
    "add_role": "what people may do",
    "add_team": "whose customers people see",
    "download_backup": "everything leaves the house",
    "change_email": "where one's password links go",
    "change_role": "what somebody may do",
    "deactivate": "who works here",
    "delete_customer": "for good",
    "edit_endpoint": "what happens is told to another system",
    "edit_role": "what people may do",
    "edit_team": "whose customers people see",
    "erase_customer": "for good",
    "export_audit": "what everybody did leaves the house",
    "export_customers": "customers leave the house",
    "export_commission": "what people earn leaves the house",
    **dict.fromkeys(("export_orders", "export_subscriptions", "export_units"), "customers leave the house"),
    **dict.fromkeys(("export_contracts", "export_concerns"), "customers leave the house"),
    "export_opportunities": "customers leave the house",
    "export_sales_report": "names of customers leave the house",
    "hand_over_data": "everything held about a person leaves the house",
    "invite": "who works here",
    "mail_server": "where everybody's password links go",
    "make_token": "a way in for programs",
    "new_recovery_codes": "a second factor",
    "reactivate": "who works here",
    "recovery_codes": "a second factor",
    "remove_factor": "a second factor",
    "remove_mail_server": "password links",
    "remove_role": "what people may do",
    "remove_second_factors": "somebody's second factor",
    "renew_secret": "a secret is shown",
    "require_second_factor": "how everybody comes in",
    "reset_link": "a way in",
    "retain_now": "data goes for good",
    "retention": "data goes for good",
}
"""Addresses that ask once more, each with what is at stake."""

OPEN = {
    "account_change_password": "asks for the old password itself",
    "account_reset_password": "for somebody who cannot sign in",
    "account_reset_password_done": "for somebody who cannot sign in",
    "account_reset_password_from_key": "for somebody who cannot sign in",
    "account_reset_password_from_key_done": "for somebody who cannot sign in",
    "delete_view": "a list's filters and columns, no data",
    "delete_saved_report": "a report's name and period, no data; it comes back",
    "mail_report": "to one's own address, what one may see",
    "delete_field": "takes a field of the firm's own, hidden before, which the audit trail tells; no way in and out",
    "export_prices": "products with a discount are no secret of a person",
    "export_products": "products are no secret of a person",
    "export_report": "figures without names",
    "export_curves": "figures without names",
    "privacy_request": "what was asked; the copy and the erasure have addresses of their own",
    "remove_endpoint": "tells less",
    "revoke_invitation": "lets fewer in",
    "revoke_token": "lets fewer in",
    "roles": "read only",
    "second_factor_due": "leads to the pages that ask",
    "teams": "read only",
    "team_day": "how much each person has to do; read only",
    "remove_team": "shows less",
    "tokens": "read only",
    "endpoint": "read only",
    "endpoints": "read only",
    "pause_endpoint": "tells less",
    "resume_endpoint": "tells an address that was confirmed when it was chosen",
    "test_endpoint": "sends a message without content to an address that was confirmed when it was chosen",
    "test_mail": "a letter to oneself",
    "archive_customers": "can be undone",
    "backups": "a change of the plan asks, which its own test says; to read it does not",
    "start_backup": "makes one more copy where the others lie",
    "follow_backup": "read only",
    "cancel_backup": "can be made again",
}
"""Addresses whose name sounds sensitive and that do not ask, each with the reason."""

_SOUNDS = re.compile(
    r"export|erase|hand_over|retain|retention|token|secret|factor|role|team|passkey|recovery|endpoint|password|mail"
    r"|reset|delete|backup|invit|activate"
)
_OF_OTHERS = {"invitation", "confirm_email", "mfa_authenticate"}


@pytest.fixture
def owner(db: None) -> Client:
    """Rani, who owns the firm, half an hour after she signed in."""

    class Case:
        pass

    world(Case)
    client = Client()
    client.force_login(User.objects.get(role="OWNER"))
    session = client.session
    session["signed_in_at"] = session["signed_in_at"] - 1801
    session.save()
    return client


def asks(client: Client, address: Address) -> list[str]:
    """How each method was answered: `asked`, or the status."""
    said = []
    for method in ("GET", "POST"):
        counters.clear()
        answer = client.generic(method, address.path)
        asked = answer.status_code == 302 and answer["Location"].startswith("/sign-in/confirm/")
        said.append("asked" if asked else str(answer.status_code))
    return said


def test_everything_sensitive_asks_once_more_who_is_there(owner: Client) -> None:
    known = {one.name: one for one in addresses()}
    assert set(SENSITIVE) <= set(known), set(SENSITIVE) - set(known)
    wrong = [
        f"{name} answered {said}"
        for name in sorted(SENSITIVE)
        if not (said := asks(owner, known[name])) or set(said) - {"asked", "405"} or "asked" not in said
    ]
    assert not wrong, "\n".join(wrong)


def test_what_sounds_sensitive_asks_or_says_why_not() -> None:
    names = {one.name for one in addresses() if not one.path.startswith("/api/")}
    unsaid = {name for name in names if _SOUNDS.search(name)} - set(SENSITIVE) - set(OPEN) - _OF_OTHERS
    assert not unsaid, unsaid
    assert set(OPEN) <= names, set(OPEN) - names
