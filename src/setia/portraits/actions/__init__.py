"""What changes portraits. A module per verb; this is the room's public face."""

from setia.portraits.actions.refresh import compute, refresh
from setia.portraits.actions.refresh_one import SwapRunning, keep_up, refresh_one

__all__ = ["SwapRunning", "compute", "keep_up", "refresh", "refresh_one"]
