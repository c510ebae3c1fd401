"""What an order is made of before it is saved, and how its money adds up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, TypedDict

from setia.core.words import told

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer
    from setia.orders.models import OrderLine

_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Line:
    """A line as a person enters it. Money in the firm's currency; `discount` is for the whole line."""

    product: "Product | None"
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    description: str = ""

    @property
    def amount(self) -> Decimal:
        """What the line costs: quantity times price, less its discount, to four decimals."""
        return (self.quantity * self.unit_price - self.discount).quantize(_PLACES, ROUND_HALF_EVEN)


class Facts(TypedDict, total=False):
    """What a person may state about an order. `discount` is for the whole order; no customer makes it a walk-in.

    `agent` is who sold it for the firm, credited with the sale.
    """

    number: str
    customer: "Customer | None"
    agent: "Customer | None"
    ordered_at: datetime
    discount: Decimal
    promotion_code: str
    channel: str
    note: str


def total_of(lines: Sequence[Line], discount: Decimal = Decimal(0)) -> Decimal:
    """What an order costs: its lines, less its discount."""
    return sum((line.amount for line in lines), Decimal(0)) - discount.quantize(_PLACES, ROUND_HALF_EVEN)


def told_lines(lines: "Iterable[Line | OrderLine]") -> list[str]:
    """Each line as a change keeps it: how many of what for how much, as "2 × KOPI-1 = 30000"."""
    return [f"{told(one.quantity)} × {_what(one)} = {told(one.amount)}" for one in lines]


def _what(one: "Line | OrderLine") -> str:
    return one.product.code if one.product else one.description or "–"
