"""How far a customer's word reaches, from what is recorded: whom they brought, what those spent, who is tied to them,
who follows them. Each counts up to a most, half of it at a number that can be read off `PARTS`: so the tenth customer
brought adds less than the first, and no single figure decides alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from setia.core.keyset import Leg
from setia.core.permissions import Actor, owners_seen
from setia.customers.queries import customers_for
from setia.portraits.queries import latest_refresh
from setia.service.models import Followers, Reach

PARTS: Mapping[str, tuple[int, int]] = {
    "buyers": (40, 3),
    "spent": (30, 10),
    "linked": (10, 5),
    "followers": (20, 10_000),
}
"""By kind of evidence, the most it counts and the number at which it counts half of that.

`buyers` are recommended customers who bought; `spent` counts in the firm's typical orders; the parts add up to 100.
"""

# `{is_one}` narrows each source to one customer, `{seen}` to those somebody may see. Both are this module's words.
_EVIDENCE = """
WITH brought AS (
  SELECT c.recommended_by_id AS id, count(*) AS brought, count(*) FILTER (WHERE p.purchases > 0) AS buyers,
    COALESCE(sum(p.spent + p.returned), 0) AS spent
  FROM customers_customer c LEFT JOIN portraits_portrait p ON p.customer_id = c.id
  WHERE c.recommended_by_id {is_one} AND c.merged_into_id IS NULL {seen} GROUP BY 1
), ends AS (
  SELECT l.customer_id AS id, l.other_id AS other FROM customers_customerlink l
  WHERE l.customer_id {is_one} AND (l.to_date IS NULL OR l.to_date >= %(today)s)
  UNION
  SELECT l.other_id, l.customer_id FROM customers_customerlink l
  WHERE l.other_id {is_one} AND (l.to_date IS NULL OR l.to_date >= %(today)s)
), linked AS (
  SELECT e.id, count(*) AS linked FROM ends e JOIN customers_customer c ON c.id = e.other
  WHERE c.merged_into_id IS NULL {seen} GROUP BY 1
), followed AS (
  SELECT f.customer_id AS id, sum(f.number) AS followers FROM service_followers f
  WHERE f.customer_id {is_one} GROUP BY 1
)
SELECT id, COALESCE(brought, 0), COALESCE(buyers, 0), COALESCE(spent, 0), COALESCE(linked, 0), COALESCE(followers, 0)
FROM brought FULL JOIN linked USING (id) FULL JOIN followed USING (id)
"""


class Evidence(NamedTuple):
    """What is recorded of a customer's reach. `spent` is what the customers they brought spent, less returns."""

    customer_id: int
    brought: int = 0
    buyers: int = 0
    spent: Decimal = Decimal(0)
    linked: int = 0
    followers: int = 0


class Part(NamedTuple):
    """What one kind of evidence counts, of at most how much."""

    kind: str
    points: int
    most: int


@dataclass(frozen=True)
class ReachPage:
    """A customer's reach: the score of 100, what it rests on, and the followers by channel."""

    score: int
    evidence: Evidence
    parts: list[Part]
    followers: list[Followers]

    @property
    def known(self) -> bool:
        """Whether anything is recorded that tells of it."""
        return bool(self.evidence.brought or self.evidence.linked or self.evidence.followers)


def evidence_of(*, today: date, customer_id: int | None = None, owners: frozenset[int] | None = None) -> list[Evidence]:
    """What is recorded of everybody, or of one customer; counting all customers, or those of some people alone."""
    is_one = "IS NOT NULL" if customer_id is None else "= %(customer)s"
    seen = "" if owners is None else "AND c.owner_id = ANY(%(owners)s)"
    names: dict[str, Any] = {"today": today, "customer": customer_id, "owners": sorted(owners or ())}
    with connection.cursor() as cursor:
        cursor.execute(_EVIDENCE.format(is_one=is_one, seen=seen), names)
        return [Evidence(*row) for row in cursor.fetchall()]


def parts_of(evidence: Evidence, *, typical: Decimal | None) -> list[Part]:
    """What each kind of evidence counts. `typical` is the firm's typical order; without it what was spent counts 0."""
    orders = max(evidence.spent, Decimal(0)) / typical if typical else Decimal(0)
    numbers = {
        "buyers": Decimal(evidence.buyers),
        "spent": orders,
        "linked": Decimal(evidence.linked),
        "followers": Decimal(evidence.followers),
    }
    return [
        Part(kind, int((most * numbers[kind] / (numbers[kind] + half)).quantize(Decimal(1), ROUND_HALF_UP)), most)
        for kind, (most, half) in PARTS.items()
    ]


def typical_order() -> Decimal | None:
    """Half of the firm's orders stay below it, as of the latest refresh; None before the first one."""
    latest = latest_refresh()
    value = latest.models_json.get("typical_order") if latest else None
    return Decimal(str(value)) if value else None


def reach_page(user: Actor, customer: Any, *, today: date) -> ReachPage:
    """The reach of a customer who has come through the gate, counting the customers this person may see."""
    found = evidence_of(today=today, customer_id=customer.pk, owners=owners_seen(user))
    evidence = found[0] if found else Evidence(customer.pk)
    parts = parts_of(evidence, typical=typical_order())
    followers = list(Followers.objects.filter(customer=customer).order_by("-number", "id"))
    return ReachPage(sum(part.points for part in parts), evidence, parts, followers)


def reach_for(user: Actor) -> QuerySet[Reach]:
    """The scores of the customers this person may see."""
    return Reach.objects.filter(customer__in=customers_for(user).filter(archived_at=None))


def reach_legs(rows: QuerySet[Reach]) -> list[Leg]:
    """Who reaches furthest first."""
    return [Leg(rows.select_related("customer"), ("-score", "id"))]
