"""What is bought together, and what a customer needs next.

`together` finds products that go together, with false finds held down; `NextBasket` foretells a customer's next basket
and gives the reason for each suggestion; `choose` finds by back-test which kind of foretelling suits the firm.
"""

from setia_insight.basket._lines import Lines, read
from setia_insight.basket._next import CANDIDATES, Choice, NextBasket, choose
from setia_insight.basket._together import together

__all__ = ["CANDIDATES", "Choice", "Lines", "NextBasket", "choose", "read", "together"]
