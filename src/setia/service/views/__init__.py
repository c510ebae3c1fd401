"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

from setia.service.views.concerns import (
    add_concern,
    concerns,
    edit_concern,
    export_concerns,
    reopen_concern,
    settle_concern,
)
from setia.service.views.contracts import (
    add_contract,
    contracts,
    edit_contract,
    export_contracts,
    remove_contract,
    renew_contract,
)
from setia.service.views.prices import change_discount, export_prices, price_list
from setia.service.views.reach import influence, note_followers
from setia.service.views.served import served

__all__ = [
    "add_concern",
    "add_contract",
    "change_discount",
    "concerns",
    "contracts",
    "edit_concern",
    "edit_contract",
    "export_concerns",
    "export_contracts",
    "export_prices",
    "influence",
    "note_followers",
    "price_list",
    "remove_contract",
    "renew_contract",
    "reopen_concern",
    "served",
    "settle_concern",
]
