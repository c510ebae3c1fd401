"""What one who buys to sell pays less than the list says. This room keeps no such terms: a room above knows them and
says so here (`offer_terms`), and the form of an order asks."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, NamedTuple

from setia.core.permissions import Actor

if TYPE_CHECKING:
    from setia.customers.models import Customer

_PLACES = Decimal("0.0001")


class Terms(NamedTuple):
    """`percent` off the list's price. `whence` says in the reader's words where it comes from, `page` shows it."""

    percent: Decimal
    whence: str
    page: str

    def less(self, listed: Decimal, quantity: Decimal) -> Decimal:
        """What a line of so many at the list's price is less: the price of one is rounded, as a price list shows it."""
        each = (listed * (100 - self.percent) / 100).quantize(_PLACES, ROUND_HALF_EVEN)
        return ((listed - each) * quantity).quantize(_PLACES, ROUND_HALF_EVEN)


Ask = Callable[[Actor, "Customer"], Terms | None]
_known: list[Ask] = []


def offer_terms(ask: Ask) -> None:
    """Let the form of an order ask for a customer's terms. `ask` gets who asks, and answers None for the list's."""
    if ask not in _known:
        _known.append(ask)


def terms_for(user: Actor, customer: "Customer | None") -> Terms | None:
    """The terms of a customer who has come through the gate; None: they pay what the list says."""
    if customer is None:
        return None
    return next((found for ask in _known if (found := ask(user, customer)) is not None), None)
