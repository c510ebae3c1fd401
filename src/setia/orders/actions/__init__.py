"""What changes an order. A module per verb; this is the room's public face.

Every verb writes the audit trail and the event `order.changed` in its transaction; a customer's timeline reads orders
from their own table, so nothing is written there.
"""

from setia.orders.actions.add import NoLines, NumberTaken, OwnAgent, add
from setia.orders.actions.edit import Settled, edit
from setia.orders.actions.give_back import CannotGiveBack, CannotUndo, give_back, undo_give_back
from setia.orders.actions.move import move
from setia.orders.lines import Line, total_of

__all__ = [
    "CannotGiveBack",
    "CannotUndo",
    "Line",
    "NoLines",
    "NumberTaken",
    "OwnAgent",
    "Settled",
    "add",
    "edit",
    "give_back",
    "move",
    "total_of",
    "undo_give_back",
]
