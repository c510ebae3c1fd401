"""What changes who may come in, and what they may do. A module per verb; this is the room's public face."""

from setia.accounts.actions.audit import audit
from setia.accounts.actions.welcome import owner_link

__all__ = ["audit", "owner_link"]
