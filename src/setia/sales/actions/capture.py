"""Take a prospect down: somebody new, or a customer who is here and has not bought yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.customers import actions as customers
from setia.customers.queries import get_customer_for
from setia.orders.queries import first_bought
from setia.sales.actions._record_prospect import record
from setia.sales.actions.fit import work_out_fit
from setia.sales.actions.follow_owners import follow_owners
from setia.sales.models import Prospect, ProspectStep
from setia.sales.queries.clock import desk, due_of
from setia.sales.queries.sources import as_spelled

if TYPE_CHECKING:
    from setia.customers.models import Customer


class BuysAlready(Exception):
    """The customer has bought: they are no prospect any more."""


class ProspectAlready(Exception):
    """The customer is a prospect. `prospect` is how they stand."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__(prospect.pk)
        self.prospect = prospect


class Came(TypedDict, total=False):
    """How a prospect came, and what they want. `how` is one of `Prospect.How`."""

    how: str
    source: str
    campaign: str
    note: str


def capture(
    *,
    by: User | None,
    at: datetime,
    name: str,
    contacts: Sequence[tuple[str, str]] = (),
    region: str = "",
    region_code: str = "",
    kind: str = "PERSON",
    title: str = "",
    call_name: str = "",
    owner: User | None = None,
    anyway: bool = False,
    keep: bool = True,
    **came: Unpack[Came],
) -> Prospect:
    """Add somebody as a customer who has not bought yet. Who typed them in looks after them unless `owner` does;
    without `keep`, nobody does until the rules say who (`share`).

    Raises `KnownAlready` (of `customers`) where they are here almost certainly, unless `anyway`; `NotAContact`, and
    `PermissionDenied` for an owner `by` may not choose.
    """
    if by is not None:
        require(by, "sales.prospects")
    with transaction.atomic():
        customer = customers.add(
            by=by,
            at=at,
            contacts=contacts,
            unless_known=not anyway,
            kind=kind,
            name=name,
            title=title,
            call_name=call_name,
            region=region,
            region_code=region_code,
            owner=owner or (by if keep else None),
        )
        return write(customer, by=by, at=at, came=came)


def start(*, by: User, at: datetime, customer: "Customer", **came: Unpack[Came]) -> Prospect:
    """Make a customer who is here a prospect. Raises `BuysAlready`, `ProspectAlready`, `RecordErased`."""
    require(by, "sales.prospects")
    with transaction.atomic():
        pk = customers.hold(customer.pk)
        if first_bought([pk]):
            raise BuysAlready
        try:
            with transaction.atomic():
                return write(get_customer_for(by, pk), by=by, at=at, came=came)
        except IntegrityError:  # somebody else may have been quicker
            if known := Prospect.objects.filter(customer=pk).first():
                raise ProspectAlready(known) from None
            raise


def write(customer: "Customer", *, by: User | None, at: datetime, came: Came) -> Prospect:
    """The row, its first step and what is told of it. Inside the caller's transaction."""
    made = Prospect.objects.create(
        customer=customer,
        how=Prospect.How(came.get("how", Prospect.How.HAND)),
        source=as_spelled(line(came.get("source", ""))[:60]),
        campaign=line(came.get("campaign", ""))[:100],
        note=paragraph(came.get("note", "")),
        captured_at=at,
        captured_by=by,
        due_at=due_of(at, desk()),
        moved_at=at,
        updated_at=at,
    )
    follow_owners([customer.pk])
    ProspectStep.objects.create(prospect=made, after=made.status, at=at, by=by)
    work_out_fit(customer_ids=[customer.pk])
    data = {"how": made.how, "source": made.source, "campaign": made.campaign}
    record("captured", by=by, at=at, customer=customer, data={**data, "note": made.note[:300]}, audited=data)
    return made
