"""What who sells for the firm pays less than the list says: of one seller, or of all of a role."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions import hold, refuse_erased
from setia.service.actions._record import record
from setia.service.models import Discount
from setia.service.models.prices import SellerRole

if TYPE_CHECKING:
    from setia.customers.models import Customer


def set_discount(*, by: User, at: datetime, customer: "Customer", percent: Decimal | None) -> None:
    """Give one seller a discount of their own, 0 included; None: their role's counts again."""
    require(by, "service.discounts")
    with transaction.atomic():
        key = hold(customer.pk)
        refuse_erased([key])
        _set(by=by, at=at, percent=percent, customer_id=key, role="")


def set_role_discount(*, by: User, at: datetime, role: str, percent: Decimal | None) -> None:
    """Give everybody of a role (`SellerRole`) a discount; None: none."""
    require(by, "service.class_discounts")
    with transaction.atomic():
        _set(by=by, at=at, percent=percent, customer_id=None, role=SellerRole(role))


def _set(*, by: User, at: datetime, percent: Decimal | None, customer_id: int | None, role: str) -> None:
    theirs = Discount.objects.select_for_update().filter(customer=customer_id, role=role)
    present = theirs.first()
    if percent == (present.percent if present else None):
        return
    about_id = customer_id or 0
    data = {"percent": [str(present.percent) if present else "", "" if percent is None else str(percent)]}
    if role:
        data["role"] = ["", str(role)]
    if percent is None:
        theirs.delete()
        record("discount.removed", by=by, at=at, about_id=about_id, customer_id=customer_id, data={"changes": data})
        return
    if present:
        theirs.update(percent=percent, at=at, by=by)
    else:
        Discount.objects.create(customer_id=customer_id, role=role, percent=percent, at=at, by=by)
    record("discount.set", by=by, at=at, about_id=about_id, customer_id=customer_id, data={"changes": data})
