"""What changes who may come in, and what they may do. A module per verb; this is the room's public face."""

from setia.accounts.actions.audit import audit, mark
from setia.accounts.actions.email import change_email, confirm_email
from setia.accounts.actions.invite import Invited, accept_invitation, invite, revoke_invitation
from setia.accounts.actions.news import count_news, no_news
from setia.accounts.actions.people import (
    LastOwner,
    change_profile,
    change_role,
    deactivate,
    reactivate,
    sign_out_everywhere,
)
from setia.accounts.actions.roles import make_built_in_roles
from setia.accounts.actions.second_factor import (
    GRACE,
    AlreadyThere,
    NoneOfYourOwn,
    StillAsked,
    add_app,
    add_passkey,
    new_recovery_codes,
    note_recovery_code,
    note_refused_step,
    remove_factor,
    remove_second_factors,
    require_second_factor,
)
from setia.accounts.actions.sessions import end_other_sessions, end_session
from setia.accounts.actions.settings import (
    change_firm,
    change_mail_server,
    release_outgoing,
    remove_mail_server,
    retry_job,
    test_mail,
)
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
    "GRACE",
    "AlreadyHere",
    "AlreadyThere",
    "Invited",
    "LastOwner",
    "LinkSpent",
    "NoneOfYourOwn",
    "StillAsked",
    "accept_invitation",
    "add_app",
    "add_passkey",
    "audit",
    "change_email",
    "change_firm",
    "change_mail_server",
    "change_profile",
    "change_role",
    "confirm_email",
    "count_news",
    "deactivate",
    "end_other_sessions",
    "end_session",
    "invite",
    "make_built_in_roles",
    "mark",
    "new_recovery_codes",
    "no_news",
    "note_recovery_code",
    "note_refused_sign_in",
    "note_refused_step",
    "note_sign_in",
    "note_sign_out",
    "owner_link",
    "reactivate",
    "release_outgoing",
    "remove_factor",
    "remove_mail_server",
    "remove_second_factors",
    "require_second_factor",
    "reset_link",
    "retry_job",
    "revoke_invitation",
    "send_reset",
    "set_password",
    "sign_out_everywhere",
    "test_mail",
    "welcome_owner",
]
