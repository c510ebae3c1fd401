"""Other brands and how we stand against them."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may
from setia.core.text import line
from setia.planning.models import Claim, Rival, RivalPrice


class Compared(NamedTuple):
    """A price beside ours: `gap` is theirs less ours, `share` that as a share of ours; None where we have no price."""

    noted: RivalPrice
    ours: Decimal | None
    gap: Decimal | None
    share: Decimal | None


class Card(NamedTuple):
    """A battle card."""

    rival: Rival
    claims: list[Claim]
    prices: list[Compared]


def rivals_for(user: Actor) -> QuerySet[Rival]:
    """The brands that are still met, for whoever may see know-how or sell."""
    if not (may(user, "planning.view") or may(user, "sales.view")):
        return Rival.objects.none()
    return Rival.objects.filter(archived_at=None).order_by("name")


def all_rivals_for(user: Actor) -> QuerySet[Rival]:
    """The brands whose cards this person may read, archived ones too."""
    return Rival.objects.all() if may(user, "planning.view") else Rival.objects.none()


def listed_rivals(user: Actor, *, archived: bool) -> list[Rival]:
    """Rivals by name, each with the number of `claimed` things and of `priced` products."""
    found = all_rivals_for(user).filter(archived_at__isnull=not archived)
    counted = found.annotate(claimed=Count("claims", distinct=True), priced=Count("prices", distinct=True))
    return list(counted.order_by("name", "id")[:500])


def get_rival_for(user: Actor, pk: int) -> Rival:
    """One rival. Raises `Http404`."""
    found = all_rivals_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_claim_for(user: Actor, pk: int) -> Claim:
    """One claim with its rival. Raises `Http404`."""
    found = Claim.objects.filter(pk=pk, rival__in=all_rivals_for(user)).select_related("rival").first()
    if found is None:
        raise Http404
    return found


def find_rivals(user: Actor, q: str, *, most: int = 3) -> list[Rival]:
    """Rivals whose name holds a text."""
    q = line(q)[:100]
    return list(all_rivals_for(user).filter(archived_at=None, name__icontains=q).order_by("name")[:most]) if q else []


def battle_cards(user: Actor, rivals: Collection[int], *, products: Collection[int] = ()) -> list[Card]:
    """The cards of rivals, by name; prices of these products alone, where some are given. Three queries."""
    found = list(all_rivals_for(user).filter(pk__in=rivals).order_by("name", "id"))
    claims: dict[int, list[Claim]] = {}
    for claim in Claim.objects.filter(rival__in=found).select_related("written_by").order_by("id"):
        claims.setdefault(claim.rival_id, []).append(claim)
    noted = RivalPrice.objects.filter(rival__in=found).select_related("product", "noted_by")
    prices: dict[int, list[Compared]] = {}
    for one in (noted.filter(product__in=products) if products else noted).order_by("product__name", "id"):
        prices.setdefault(one.rival_id, []).append(_compared(one))
    return [Card(one, claims.get(one.pk, []), prices.get(one.pk, [])) for one in found]


def _compared(noted: RivalPrice) -> Compared:
    ours = noted.product.price
    gap = noted.price - ours if ours is not None else None
    return Compared(noted, ours, gap, gap / ours if gap is not None and ours else None)
