"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

from setia.orders.views.entry import add_order, edit_order, give_back, undo_give_back
from setia.orders.views.moving import move_orders
from setia.orders.views.orders import agent, export_orders, order, orders

__all__ = [
    "add_order",
    "agent",
    "edit_order",
    "export_orders",
    "give_back",
    "move_orders",
    "order",
    "orders",
    "undo_give_back",
]
