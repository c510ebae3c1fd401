"""Whose a record is and who sees to it, as bodies name them: a customer by key or number, a colleague by e-mail."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from setia.accounts.queries import somebody
from setia.api.door import Asked
from setia.api.problems import invalid
from setia.api.v1.fields import Day, Given, Key, Line64, Line100
from setia.customers.queries import customers_for

if TYPE_CHECKING:
    from setia.accounts.models import User
    from setia.customers.models import Customer

NAMED = ("customer_id", "customer_number", "customer_source")
"""The fields of `Whose`."""


class Whose(Given):
    """Fields that name a customer."""

    customer_id: Key | None = None
    customer_number: Line100 = Field("", description=gettext_noop("Instead of the key."))
    customer_source: Line64 = "main"


def customer_named(request: Asked, given: Whose) -> "Customer":
    """The customer a body names, among those the token's holder sees. Raises `Problem`."""
    people = customers_for(request.user)
    where = "customer_id" if given.customer_id is not None else "customer_number"
    if given.customer_id is not None:
        people = people.filter(pk=given.customer_id)
    elif given.customer_number:
        people = people.filter(source=given.customer_source or "main", number=given.customer_number)
    else:
        raise invalid("/customer_id", _("Say whose it is, by key or by number."), "missing")
    if (found := people.first()) is None:
        raise invalid(f"/{where}", _("There is no such customer. Add the customer first."), "unknown")
    return found


def colleague(address: str | None, where: str) -> "User | None":
    """Who has an e-mail address here; nobody for none. Raises `Problem`."""
    if not address:
        return None
    if (found := somebody(address)) is None:
        raise invalid(f"/{where}", _("Nobody of the firm has this e-mail address."), "unknown")
    return found


def within(day: Day | None, where: str) -> None:
    """Raises `Problem` for a day in no sensible year."""
    if day is not None and not 1990 <= day.year <= 2200:
        raise invalid(f"/{where}", _("A day between the years 1990 and 2200."), "day")
