"""Questions about requests, erasures and retention."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may, sees_all
from setia.core.personal import Keeping, keepings
from setia.customers.models import Customer, Erasure, PrivacyRequest, RetentionRule, TimelineEntry
from setia.customers.queries.gate import customers_for

SOON = timedelta(hours=24)
CLOSED_SHOWN = 20


def requests_for(user: Actor) -> QuerySet[PrivacyRequest]:
    """The requests this person may see: those about customers they see, and breaches; none without the right."""
    requests = PrivacyRequest.objects.select_related("customer", "by", "closed_by")
    if not may(user, "customers.privacy"):
        return requests.none()
    return requests if sees_all(user) else requests.filter(Q(customer=None) | Q(customer__in=customers_for(user)))


def get_request_for(user: Actor, pk: int) -> PrivacyRequest:
    """One request. Raises `Http404`."""
    found = requests_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def open_requests(user: Actor) -> list[PrivacyRequest]:
    """What waits for an answer, the nearest deadline first."""
    return list(requests_for(user).filter(state=PrivacyRequest.State.OPEN).order_by("due_at", "id")[:200])


def closed_requests(user: Actor) -> list[PrivacyRequest]:
    """The latest answers."""
    closed = requests_for(user).exclude(state=PrivacyRequest.State.OPEN)
    return list(closed.order_by("-closed_at", "-id")[:CLOSED_SHOWN])


def requests_of(user: Actor, customer: Customer) -> list[PrivacyRequest]:
    """A customer's requests, the newest first."""
    return list(requests_for(user).filter(customer=customer).order_by("-received_at", "-id")[:50])


def due(request: PrivacyRequest, *, at: datetime) -> str:
    """`LATE`, `SOON` (within a day), `OPEN`, or `` for one that is closed."""
    if request.state != PrivacyRequest.State.OPEN:
        return ""
    if request.due_at <= at:
        return "LATE"
    return "SOON" if request.due_at - at <= SOON else "OPEN"


def next_due(user: Actor) -> PrivacyRequest | None:
    """The open request whose deadline is nearest, for those who may answer it. One query."""
    return requests_for(user).filter(state=PrivacyRequest.State.OPEN).order_by("due_at", "id").first()


def erasure_of(customer: Customer) -> Erasure | None:
    """When and by whom a customer was erased; None for everybody else."""
    return Erasure.objects.select_related("by").filter(customer_key=customer.pk).first()


def untouched_since(before: datetime) -> QuerySet[Customer]:
    """Customers nothing has happened with since a moment: no change, no entry in their timeline, no open request.

    Those erased already, and markers of a merge, are left out.
    """
    mine = OuterRef("pk")
    return Customer.objects.filter(
        ~Exists(TimelineEntry.objects.filter(customer=mine, at__gte=before)),
        ~Exists(Erasure.objects.filter(customer_key=mine)),
        ~Exists(PrivacyRequest.objects.filter(customer=mine, state=PrivacyRequest.State.OPEN)),
        updated_at__lt=before,
        merged_into=None,
    ).order_by("updated_at", "id")


@dataclass(frozen=True)
class Rule:
    """How long a kind of data is kept here."""

    keeping: Keeping
    days: int
    on: bool


def retention() -> list[Rule]:
    """Every kind of data kept for a time, with the firm's own rule or the one its room proposes."""
    own = {row.code: row for row in RetentionRule.objects.all()}
    rules = []
    for one in keepings():
        row = own.get(one.code)
        rules.append(Rule(one, row.days if row else one.days, row.on if row else one.on))
    return rules


@dataclass(frozen=True)
class Preview:
    """What tonight's round would take, were the rule on: how many, and a few by name."""

    rule: Rule
    count: int
    sample: list[str]


def retention_preview(*, at: datetime) -> list[Preview]:
    """What would go, kind by kind, without anything going."""
    found = []
    for rule in retention():
        before = at - timedelta(days=rule.days)
        count = rule.keeping.due(before)
        sample = rule.keeping.sample(before) if rule.keeping.sample and count else []
        found.append(Preview(rule, count, sample))
    return found
