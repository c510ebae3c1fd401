"""The tables of the people who use Setia, a module per subject."""

from setia.accounts.models.people import AuditEntry, Invitation, OwnerLink, User, UserManager

__all__ = ["AuditEntry", "Invitation", "OwnerLink", "User", "UserManager"]
