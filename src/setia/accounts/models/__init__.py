"""The tables of the people who use Setia, a module per subject."""

from setia.accounts.models.backups import Backup, BackupPlan
from setia.accounts.models.door import EmailChange, Session
from setia.accounts.models.people import AuditEntry, Invitation, OwnerLink, User, UserManager
from setia.accounts.models.roles import Role
from setia.accounts.models.teams import Team

__all__ = [
    "AuditEntry",
    "Backup",
    "BackupPlan",
    "EmailChange",
    "Invitation",
    "OwnerLink",
    "Role",
    "Session",
    "Team",
    "User",
    "UserManager",
]
