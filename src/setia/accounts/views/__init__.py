"""The entrances of this room, a module per part: the door, people, settings, the house."""

from setia.accounts.views.door import invitation, password_reset, welcome
from setia.accounts.views.house import audit, jobs, retry_job
from setia.accounts.views.people import (
    change_role,
    deactivate,
    invite,
    people,
    reactivate,
    reset_link,
    revoke_invitation,
    sign_out_everywhere,
)
from setia.accounts.views.settings import firm, mail_server, profile, remove_mail_server, settings, test_mail

__all__ = [
    "audit",
    "change_role",
    "deactivate",
    "firm",
    "invitation",
    "invite",
    "jobs",
    "mail_server",
    "password_reset",
    "people",
    "profile",
    "reactivate",
    "remove_mail_server",
    "reset_link",
    "retry_job",
    "revoke_invitation",
    "settings",
    "sign_out_everywhere",
    "test_mail",
    "welcome",
]
