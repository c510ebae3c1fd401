"""What changes portraits. A module per verb; this is the room's public face."""

from setia.portraits.actions.follow_alive import follow_alive
from setia.portraits.actions.look_back import due, look_back, look_back_later
from setia.portraits.actions.overrule import (
    DayPassed,
    NoSuchClass,
    ReasonNeeded,
    Superseded,
    end_expired,
    overrule,
    restore_overruling,
    withdraw_overruling,
)
from setia.portraits.actions.refresh import compute, refresh
from setia.portraits.actions.refresh_one import SwapRunning, keep_up, refresh_one

__all__ = [
    "DayPassed",
    "NoSuchClass",
    "ReasonNeeded",
    "Superseded",
    "SwapRunning",
    "compute",
    "due",
    "end_expired",
    "follow_alive",
    "keep_up",
    "look_back",
    "look_back_later",
    "overrule",
    "refresh",
    "refresh_one",
    "restore_overruling",
    "withdraw_overruling",
]
