"""What changes who may come in, and what they may do. A module per verb; this is the room's public face."""

from setia.accounts.actions.audit import audit, mark
from setia.accounts.actions.invite import Invited, accept_invitation, invite, revoke_invitation
from setia.accounts.actions.people import (
    LastOwner,
    change_profile,
    change_role,
    deactivate,
    reactivate,
    sign_out_everywhere,
)
from setia.accounts.actions.roles import make_built_in_roles
from setia.accounts.actions.settings import change_firm, change_mail_server, remove_mail_server, retry_job, test_mail
from setia.accounts.actions.signin import (
    note_refused_sign_in,
    note_sign_in,
    note_sign_out,
    reset_link,
    send_reset,
    set_password,
)
from setia.accounts.actions.welcome import AlreadyHere, LinkSpent, owner_link, welcome_owner

__all__ = [
    "AlreadyHere",
    "Invited",
    "LastOwner",
    "LinkSpent",
    "accept_invitation",
    "audit",
    "change_firm",
    "change_mail_server",
    "change_profile",
    "change_role",
    "deactivate",
    "invite",
    "make_built_in_roles",
    "mark",
    "note_refused_sign_in",
    "note_sign_in",
    "note_sign_out",
    "owner_link",
    "reactivate",
    "remove_mail_server",
    "reset_link",
    "retry_job",
    "revoke_invitation",
    "send_reset",
    "set_password",
    "sign_out_everywhere",
    "test_mail",
    "welcome_owner",
]
