"""Say how one customer stands to another, and take it back."""

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.actions.edit import edit
from setia.customers.models import Customer, CustomerLink


class LinkTaken(Exception):
    """These two are linked in this way already."""


class LinkToOneself(Exception):
    """Nobody works at, sells for or is family of themselves."""


class SellsInACircle(Exception):
    """The other one sells, through others or directly, for this customer; both ways round nobody would earn."""


class DatesReversed(Exception):
    """It ends before it begins."""


def link(
    *,
    by: User,
    at: datetime,
    customer: Customer,
    other: Customer,
    kind: str,
    words: str = "",
    from_date: date | None = None,
    to_date: date | None = None,
) -> CustomerLink | None:
    """Link `customer` to `other`; both timelines tell. `kind` is one of `CustomerLink.Kind`, or `REFERRED_BY`.

    Who referred a customer is a fact of that customer, so that kind changes the record and makes no link (None).
    Raises `LinkToOneself`, `LinkTaken`, `DatesReversed` and `SellsInACircle`.
    """
    require(by, "customers.edit")
    if customer.pk == other.pk:
        raise LinkToOneself
    if from_date and to_date and to_date < from_date:
        raise DatesReversed
    if kind == "REFERRED_BY":
        edit(by=by, at=at, customer=customer, recommended_by=other, acquisition=Customer.Acquisition.RECOMMENDED)
        return None
    kind = CustomerLink.Kind(kind)
    try:
        with transaction.atomic():
            if kind == CustomerLink.Kind.SELLS_FOR:
                _refuse_circle(customer.pk, other.pk)
            elif kind == CustomerLink.Kind.FAMILY:
                # The first key of the two is the lock: the same pair said from both sides at once is said once.
                list(
                    Customer.objects.filter(pk__in=[customer.pk, other.pk])
                    .order_by("pk")
                    .select_for_update(of=("self",))
                )
                if CustomerLink.objects.filter(customer=other, other=customer, kind=kind).exists():
                    raise LinkTaken
            made = CustomerLink.objects.create(
                customer=customer,
                other=other,
                kind=kind,
                words=normalise.text(words)[:100],
                from_date=from_date,
                to_date=to_date,
                at=at,
                by=by,
            )
            _tell("linked", by=by, at=at, link=made)
    except IntegrityError as error:
        raise LinkTaken from error
    return made


def unlink(*, by: User, at: datetime, link: CustomerLink) -> None:
    """Take a link back. One that is gone already changes nothing."""
    require(by, "customers.edit")
    with transaction.atomic():
        if CustomerLink.objects.filter(pk=link.pk).delete()[0]:
            _tell("unlinked", by=by, at=at, link=link)


def _refuse_circle(seller: int, principal: int) -> None:
    """Raise `SellsInACircle` when the one sold for sells, through whomever, for the seller."""
    with connection.cursor() as cursor:
        # Two people who close a circle from both ends at once take turns.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers.sells_for'))")
        cursor.execute(
            """
            WITH RECURSIVE up(id) AS (
                SELECT %s::bigint
                UNION
                SELECT l.other_id FROM customers_customerlink l JOIN up ON l.customer_id = up.id
                WHERE l.kind = 'SELLS_FOR'
            )
            SELECT EXISTS (SELECT FROM up WHERE id = %s)
            """,
            [principal, seller],
        )
        if cursor.fetchone()[0]:
            raise SellsInACircle


def _tell(verb: str, *, by: User, at: datetime, link: CustomerLink) -> None:
    for one, other, way in ((link.customer, link.other, "to"), (link.other, link.customer, "from")):
        data = {"kind": link.kind, "way": way, "other": other.pk, "name": other.display_name, "words": link.words}
        record(verb, by=by, at=at, customer=one, data=data, audited={"kind": link.kind, "other": other.pk})
