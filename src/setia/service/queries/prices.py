"""The price list of one who sells for the firm: each product at the list's price less their discount."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.orders.queries import Terms as OrderTerms
from setia.portraits.queries import portrait_of
from setia.service.models import Discount
from setia.service.models.prices import SellerRole

_PLACES = Decimal("0.0001")
_HUNDRED = Decimal(100)


class Terms(NamedTuple):
    """What one who sells pays: `percent` off the list, from the discount of their own or else that of their role.

    `role` is the one that counts for them, computed or said by a person.
    """

    role: str
    role_words: str
    own: Decimal | None
    of_role: Decimal | None

    @property
    def percent(self) -> Decimal:
        """Percent off the list that counts."""
        if self.own is not None:
            return self.own
        return self.of_role or Decimal(0)

    @property
    def sells(self) -> bool:
        """Whether they are known to sell for the firm."""
        return self.role in SellerRole.values

    def price_of(self, listed: Decimal | None) -> Decimal | None:
        """A price of the list, less the discount."""
        if listed is None:
            return None
        return (listed * (_HUNDRED - self.percent) / _HUNDRED).quantize(_PLACES, ROUND_HALF_EVEN)


class Priced(NamedTuple):
    """A product with the price one who sells pays for one of it; None where the list has no price."""

    product: Any
    price: Decimal | None


def terms_of(customer: Any) -> Terms:
    """The terms of a customer who has come through the gate."""
    known = portrait_of(customer.pk) or customer
    found = Discount.objects.filter(customer=customer) | Discount.objects.filter(customer=None, role=known.role)
    own = of_role = None
    for one in found:
        if one.customer_id is not None:
            own = one.percent
        else:
            of_role = one.percent
    return Terms(str(known.role), known.get_role_display(), own, of_role)


def order_terms(user: Actor, customer: Any) -> OrderTerms | None:
    """A customer's terms for the form of an order; None where they pay the list's price, or for whom may not see it."""
    if not may(user, "service.view"):
        return None
    terms = terms_of(customer)
    if not terms.percent:
        return None
    if terms.own is not None:
        whence = _("a discount of their own")
    else:
        whence = _("the discount of everybody of the role “%(role)s”") % {"role": terms.role_words}
    return OrderTerms(terms.percent, whence, reverse("price_list", args=[customer.pk]))


def price_legs(products: QuerySet[Any]) -> list[Leg]:
    """The list by name."""
    return [Leg(products.select_related("category"), ("name", "id"))]


def priced(products: Iterable[Any], terms: Terms) -> list[Priced]:
    """A page of products with the price that counts for these terms."""
    return [Priced(one, terms.price_of(one.price)) for one in products]


def exported_prices(products: QuerySet[Any], terms: Terms) -> Iterator[list[Any]]:
    """Rows for a file, by name."""
    for one in products.select_related("category").order_by("name", "id").iterator(2000):
        category = one.category.name if one.category else ""
        yield [one.code, one.name, category, one.price, terms.percent, terms.price_of(one.price)]
