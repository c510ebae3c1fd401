"""What else is done on the way: something finished, noted, ordered; somebody new."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from setia.accounts.models import User
from setia.core.text import paragraph
from setia.customers.actions import note as note_on_customer
from setia.orders.actions import Line
from setia.orders.actions import add as add_order
from setia.sales.actions.activities import log_activity
from setia.sales.actions.capture import capture
from setia.sales.actions.field.told import When
from setia.sales.actions.field.visits import activity_meant, close, customer_meant
from setia.sales.models import Activity


class NothingSaid(Exception):
    """A note without words."""


class CostsOtherwise(Exception):
    """A product costs something else by now than the device knew. `prices` are its key and what it costs, each."""

    def __init__(self, prices: list[tuple[int, Decimal | None]]) -> None:
        super().__init__(len(prices))
        self.prices = prices


def finish(
    *,
    by: User,
    at: datetime,
    when: When,
    activity: int,
    outcome: str = "",
    result: str = "",
    version: str = "",
    anyway: bool = False,
) -> dict[str, Any]:
    """Say that something planned is done. Raises `MetOtherwise`, unless `anyway`."""
    one = activity_meant(by, activity, "")
    close(one, by=by, at=at, when=when, outcome=outcome, result=result, version=version, anyway=anyway)
    return {"activity": one.pk}


def note(*, by: User, at: datetime, when: When, body: str, customer: int = 0, customer_key: str = "") -> dict[str, Any]:
    """Write a note on a customer, or one of one's own where it is about nobody. Raises `NothingSaid`."""
    text = paragraph(body)
    if not text:
        raise NothingSaid
    whom = customer_meant(by, customer, customer_key)
    if whom is not None:
        note_on_customer(by=by, at=at, customer=whom, body=text)
        return {"customer": whom.pk}
    title = text.split("\n", 1)[0][:200]
    made = log_activity(by=by, at=at, kind=Activity.Kind.NOTE, title=title, result=text, planned_at=when.moment)
    return {"activity": made.pk}


def prospect(*, by: User, at: datetime, when: When, person: dict[str, Any], anyway: bool = False) -> dict[str, Any]:
    """Take somebody new down; `person` is what `capture` takes. Raises `KnownAlready` (of `customers`) unless `anyway`.

    They count as taken down when the news came in: nobody could have answered them before.
    """
    made = capture(by=by, at=at, anyway=anyway, **person)
    return {"customer": made.customer_id}


def order(
    *,
    by: User,
    at: datetime,
    when: When,
    lines: Sequence[tuple[Line, Decimal | None]],
    customer: int = 0,
    customer_key: str = "",
    note: str = "",
    anyway: bool = False,
) -> dict[str, Any]:
    """Enter an order. With each line comes the price the device knew, None where it knew none.

    Raises `CostsOtherwise` where a price was left as the device knew it and is another by now, unless `anyway`.
    """
    whom = customer_meant(by, customer, customer_key)
    new = [
        (line.product.pk, line.product.price)
        for line, known in lines
        if line.product is not None and known is not None and line.unit_price == known != line.product.price
    ]
    if new and not anyway:
        raise CostsOtherwise(new)
    made = add_order(
        by=by,
        at=at,
        lines=[line for line, _known in lines],
        customer=whom,
        ordered_at=when.moment,
        note=paragraph(note),
    )
    return {"order": made.pk, "customer": made.customer_id}
