"""How well a prospect fits the ideal customer: 0 to 100, the share of the weights of all kinds of traits that it meets.

Of each kind (region, industry …) the best trait met counts, out of the heaviest of that kind: a firm that likes Medan
and Binjai asks nobody to live in both. The suggestion is counted from customers who have bought, and only where there
are enough of them for a share to mean something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from setia.core.permissions import Actor, may, sees_all
from setia.sales.models import FitTrait, Prospect

FEWEST = 30
"""Of fewer buyers nothing is suggested."""
FEWEST_ALIKE = 10
"""Nor of fewer who share the trait."""

# The same score for one prospect or a million: %(where)s says for whom.
SCORE = """
SELECT p.id, round(100.0 * sum(best) / nullif(sum(most), 0))::int
FROM sales_prospect p JOIN customers_customer c ON c.id = p.customer_id
LEFT JOIN customers_industry i ON i.id = c.industry_id
CROSS JOIN LATERAL (
  SELECT what, max(weight) AS most, coalesce(max(weight) FILTER (WHERE CASE what
      WHEN 'REGION' THEN position(lower(value) IN lower(c.region)) > 0
      WHEN 'INDUSTRY' THEN lower(value) = lower(i.name)
      WHEN 'KIND' THEN value = c.kind
      WHEN 'SOURCE' THEN lower(value) = lower(p.source)
      ELSE position(lower(value) IN lower(p.note || ' ' || p.campaign)) > 0 END), 0) AS best
  FROM sales_fittrait GROUP BY what) kinds
WHERE {where} GROUP BY p.id
"""


@dataclass(frozen=True)
class Met:
    """A trait and whether a prospect has it."""

    trait: FitTrait
    met: bool


@dataclass(frozen=True)
class Suggested:
    """A trait more frequent among buyers than among all: in how many, their share, and the share of all customers."""

    what: str
    value: str
    buyers: int
    share: float
    of_all: float

    @property
    def words(self) -> str:
        """What is looked at, in words."""
        return str(FitTrait.What(self.what).label)


def fit_traits(user: Actor) -> list[FitTrait]:
    """The ideal customer, heaviest first."""
    return list(FitTrait.objects.all()) if may(user, "sales.view") else []


def fit_reasons(prospect: Prospect) -> list[Met]:
    """Why a prospect fits as it does: each trait, met or not. `customer` with its industry should be at hand."""
    customer: Any = prospect.customer
    industry = customer.industry.name.lower() if customer.industry else ""
    wants = f"{prospect.note} {prospect.campaign}".lower()
    tests: dict[str, Callable[[str], bool]] = {
        "REGION": lambda value: value in customer.region.lower(),
        "INDUSTRY": lambda value: value == industry,
        "KIND": lambda value: value == customer.kind.lower(),
        "SOURCE": lambda value: value == prospect.source.lower(),
        "INTEREST": lambda value: value in wants,
    }
    return [Met(one, tests[one.what](one.value.lower())) for one in FitTrait.objects.all()]


def suggested_fit(user: Actor) -> list[Suggested]:
    """Traits that buyers have markedly more often than all customers, the strongest first; none of fewer than `FEWEST`
    buyers. Reads the latest hundred thousand customers at most.
    """
    if not sees_all(user):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SUGGEST, {"fewest": FEWEST, "alike": FEWEST_ALIKE})
        known = set(FitTrait.objects.values_list("what", "value"))
        return [one for row in cursor.fetchall() if ((one := Suggested(*row)).what, one.value) not in known]


_SUGGEST = """
WITH latest AS (
  SELECT c.id, c.region, i.name AS industry, c.kind,
         EXISTS (SELECT FROM orders_order o
                 WHERE o.customer_id = c.id AND o.kind = 'PURCHASE' AND NOT o.reversed) AS buys
  FROM (SELECT * FROM customers_customer WHERE archived_at IS NULL AND merged_into_id IS NULL
        ORDER BY created_at DESC, id DESC LIMIT 100000) c
  LEFT JOIN customers_industry i ON i.id = c.industry_id),
whole AS (SELECT count(*) AS customers, count(*) FILTER (WHERE buys) AS buyers FROM latest),
traits AS (
  SELECT 'REGION' AS what, region AS value, buys FROM latest WHERE region > ''
  UNION ALL SELECT 'INDUSTRY', industry, buys FROM latest WHERE industry > ''
  UNION ALL SELECT 'KIND', kind, buys FROM latest),
counted AS (SELECT what, value, count(*) AS customers, count(*) FILTER (WHERE buys) AS buyers FROM traits GROUP BY 1, 2)
SELECT what, left(value, 100), counted.buyers, counted.buyers::float / whole.buyers,
       counted.customers::float / whole.customers
FROM counted, whole
WHERE whole.buyers >= %(fewest)s AND counted.buyers >= %(alike)s
  AND counted.buyers::float / whole.buyers >= 1.2 * counted.customers::float / whole.customers
ORDER BY (counted.buyers::float / whole.buyers) / (counted.customers::float / whole.customers) DESC, 3 DESC LIMIT 12
"""
