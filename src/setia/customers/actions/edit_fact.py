"""Change one fact of a customer where it stands, in a list or on the record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.db import transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.customers import queries
from setia.customers.actions.edit import edit
from setia.customers.facts import Facts
from setia.customers.models import Customer


def edit_fact(
    *, by: User, at: datetime, customer: Customer, kept: Sequence[str], version: str, **facts: Unpack[Facts]
) -> Customer:
    """Save what one cell states. It is an `edit`, with its timeline, audit and errors, that looks at this fact alone.

    `kept` are the names the record keeps the fact under, and `version` the `queries.fact_version` of them that the
    person saw. Raises `ChangedMeanwhile`, with the version of now, when somebody has changed this very fact since;
    changes of other facts do not matter.
    """
    require(by, "customers.edit")
    with transaction.atomic():
        current = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        versions.check(version or "none", queries.fact_version(current, kept))
        return edit(by=by, at=at, customer=current, **facts)
