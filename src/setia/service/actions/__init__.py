"""What changes how customers are served. A module per subject; this is the room's public face."""

from setia.core.versions import ChangedMeanwhile
from setia.service.actions.concerns import (
    OtherCustomersContract,
    StandsOtherwise,
    add_concern,
    edit_concern,
    reopen_concern,
    settle_concern,
)
from setia.service.actions.contracts import (
    CannotRenew,
    DatesReversed,
    add_contract,
    edit_contract,
    remove_contract,
    renew_contract,
)
from setia.service.actions.discounts import set_discount, set_role_discount
from setia.service.actions.reach import keep_reach, note_followers, work_out_reach

__all__ = [
    "CannotRenew",
    "ChangedMeanwhile",
    "DatesReversed",
    "OtherCustomersContract",
    "StandsOtherwise",
    "add_concern",
    "add_contract",
    "edit_concern",
    "edit_contract",
    "keep_reach",
    "note_followers",
    "remove_contract",
    "renew_contract",
    "reopen_concern",
    "set_discount",
    "set_role_discount",
    "settle_concern",
    "work_out_reach",
]
