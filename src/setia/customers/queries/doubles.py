"""The queue of doubles: groups that wait, what a search has done, and what merging in bulk would touch."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from setia.core.keyset import COUNTED, Count, Leg, count
from setia.core.permissions import Actor, may, sees_all
from setia.customers.matching.score import Scored, decode, judged
from setia.customers.models import ContactPoint, Customer, DoubleGroup, DoubleSearch, DoubleTraining
from setia.customers.queries.gate import customers_for
from setia.customers.queries.twins import tell
from setia.customers.queries.weights import latest_weights

MEASURED = ((0.999, 0.9967, 0.923), (0.99, 0.9958, 0.945), (0.95, 0.9958, 0.951))
"""(threshold, precision, recall) on the simulated Indonesian file of a seed used for nothing else: docs/doubles.md."""
SHOWN_MEMBERS = 8


@dataclass(frozen=True)
class Member:
    """A customer of a group, with the ways to reach them."""

    customer: Customer
    contacts: list[str]


@dataclass(frozen=True)
class Double:
    """A group as shown: those of its customers the reader may see, and why they are thought to be one."""

    group: DoubleGroup
    members: list[Member]
    more: int
    reasons: list[str]

    @property
    def percent(self) -> int:
        """Certainty in whole percent, never rounded up to 100."""
        return min(int(self.group.certainty * 100), 99)


def doubles_for(user: Actor, *, state: str = DoubleGroup.State.OPEN) -> QuerySet[DoubleGroup]:
    """The groups this person may decide about. A group is of the whole firm: who sees only some customers sees none."""
    groups = DoubleGroup.objects.filter(state=state)
    return groups if may(user, "customers.merge") and sees_all(user) else groups.none()


def get_double_for(user: Actor, pk: int) -> DoubleGroup:
    """One group, decided or not. Raises `Http404`."""
    seen = may(user, "customers.merge") and sees_all(user)
    group = DoubleGroup.objects.filter(pk=pk).first() if seen else None
    if group is None:
        raise Http404
    return group


def get_training_for(user: Actor, pk: int) -> DoubleTraining:
    """Weights learnt from the firm's records. Raises `Http404`."""
    seen = may(user, "customers.merge") and sees_all(user)
    training = DoubleTraining.objects.filter(pk=pk).first() if seen else None
    if training is None:
        raise Http404
    return training


def legs_by_certainty(groups: QuerySet[DoubleGroup]) -> list[Leg]:
    """The most certain first."""
    return [Leg(groups, ("-certainty", "-id"))]


def legs_by_decision(groups: QuerySet[DoubleGroup]) -> list[Leg]:
    """Those decided latest first."""
    return [Leg(groups, ("-decided_at", "-id"))]


def described(user: Actor, groups: Sequence[DoubleGroup]) -> list[Double]:
    """Groups with their customers and reasons, for a page of them. Three queries. Customers gone since are left out."""
    wanted = {key for group in groups for key in group.members[:SHOWN_MEMBERS]}
    customers = {one.pk: one for one in customers_for(user).filter(pk__in=wanted)}
    contacts: dict[int, list[str]] = {}
    for point in ContactPoint.objects.filter(customer_id__in=customers).order_by("-preferred", "id"):
        told = contacts.setdefault(point.customer_id, [])
        if str(point) not in told:  # one number for calls and for WhatsApp is said once
            told.append(str(point))
    weights = latest_weights()
    shown = []
    for group in groups:
        there = [customers[key] for key in group.members[:SHOWN_MEMBERS] if key in customers]
        members = [Member(one, contacts.get(one.pk, [])[:3]) for one in there]
        reasons = []
        if group.pairs:
            _a, _b, certainty, code, guard = min(group.pairs, key=lambda pair: pair[2])
            levels = decode(code)
            reasons = tell(Scored(0, certainty, judged(levels, weights, 100_000)[2], guard))
        shown.append(Double(group, members, max(len(group.members) - SHOWN_MEMBERS, 0), reasons))
    return shown


def latest_search(kind: str = DoubleSearch.Kind.SEARCH) -> DoubleSearch | None:
    """The search (or the merging in bulk) asked for latest."""
    return DoubleSearch.objects.filter(kind=kind).order_by("-id").first()


def certain_enough(user: Actor) -> list[tuple[float, float, float, Count]]:
    """For each threshold: its measured precision and recall, and how many groups that wait are at least so certain."""
    groups = doubles_for(user)
    return [
        (threshold, precision, recall, count(groups.filter(certainty__gte=threshold), most=COUNTED))
        for threshold, precision, recall in MEASURED
    ]
