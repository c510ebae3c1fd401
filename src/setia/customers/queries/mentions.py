"""The notes a person was named in."""

from typing import NamedTuple

from setia.accounts.models import User
from setia.customers.models import Customer, Mention, TimelineEntry
from setia.customers.queries.gate import customers_for
from setia.customers.queries.words import tell

PAGE = 30


class Named(NamedTuple):
    """A note somebody was named in, or a colleague's question, in words; and the customer it now belongs to."""

    mention: Mention
    entry: TimelineEntry
    customer: Customer
    text: str


def mentions_of(user: User, *, before: int | None = None, most: int = PAGE) -> tuple[list[Named], int | None]:
    """The latest notes that name this person, about customers they may see; and where the next page begins."""
    mine = Mention.objects.filter(user=user)
    if before:
        mine = mine.filter(entry__lt=before)
    rows = list(mine.select_related("entry__by", "entry__customer").order_by("-entry")[: most + 1])
    keys = {row.entry.customer.merged_into_id or row.entry.customer_id for row in rows}
    seen = customers_for(user).in_bulk(keys)
    shown = [
        Named(row, row.entry, seen[key], _text(row.entry))
        for row in rows[:most]
        if (key := row.entry.customer.merged_into_id or row.entry.customer_id) in seen
    ]
    return shown, rows[most - 1].entry_id if len(rows) > most else None


def _text(entry: TimelineEntry) -> str:
    told = tell(entry)
    if entry.kind == "NOTE":
        return told.text
    changes = ", ".join(f"{one.label}: {one.before} → {one.after}" for one in told.changes)
    return f"{told.title}. {told.text or changes}"
