"""Who of the demo's customers subscribes to what, and whose machines the shop looks after.

Only customers who bought both lately and before the month began are taken, and none of the named: so no stage, and
nobody's story, is another for it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db.backends.utils import CursorWrapper

from setia.demo import shop
from setia.demo.named import NAMED
from setia.subscriptions.actions import SamplePlan, SampleSubscription, SampleUnit

_SEEN = 600
"""Customers looked at, from the first on, so that it takes as long in a small shop as in a large one."""
_SUBSCRIBERS, _UNITS = 64, 14  # so many that the curve of renewals has its model
_REASONS = ("PRICE", "UNUSED", "COMPETITOR", "MOVED")
Customer = tuple[int, str, date]


def customers(cursor: CursorWrapper, first: int, latest: int, *, today: date) -> list[Customer]:
    """Key, kind and first day of customers who may be taken, in the order of their keys."""
    cursor.execute(
        "SELECT c.id, c.kind, c.created_at::date FROM customers_customer c"
        " WHERE c.id BETWEEN %s AND %s AND NOT c.name = ANY(%s) AND c.name <> '' AND c.id IN ("
        " SELECT customer_id FROM orders_order WHERE customer_id BETWEEN %s AND %s AND kind = 'PURCHASE'"
        " AND day BETWEEN %s AND %s) ORDER BY c.id",
        [
            *(first, min(latest, first + _SEEN - 1), [each.name for each in NAMED]),
            *(first, min(latest, first + _SEEN - 1), today - timedelta(days=300), today - timedelta(days=40)),
        ],
    )
    return list(cursor.fetchall())


def plans(products: Sequence[int]) -> list[SamplePlan]:
    """What can be subscribed to. `products` are the keys of the shelf, in its order."""
    places = {each.code: place for place, each in enumerate(shop.PRODUCTS)}
    return [
        SamplePlan(code, name, products[places[product]], Decimal(price), period, trial)
        for code, name, product, price, period, trial in shop.PLANS
    ]


def subscriptions(people: Sequence[Customer], *, seed: int, today: date) -> list[SampleSubscription]:
    """Companies take the office's parcel, people the surprise; some take more later, some have left."""
    random = Random(f"subscriptions {seed}")  # noqa: S311 - a simulation, not a secret
    made = []
    for key, kind, since in sorted(random.sample(people, min(_SUBSCRIBERS, len(people)))):
        plan = random.choice((1, 1, 2)) if kind == "COMPANY" else random.choice((0, 0, 0, 2))
        ago = random.randint(3, 420)
        started = max(today - timedelta(days=ago), since)
        stayed, luck = (today - started).days, random.random()
        turn = started + timedelta(days=random.randint(40, max(41, stayed)))
        quantity = Decimal(random.randint(1, 4) if kind == "COMPANY" else 1)
        if luck < 0.2 and turn < today:
            reason = random.choice(_REASONS)
            made.append(SampleSubscription(key, plan, started, quantity, ended_date=turn, reason=reason))
        elif luck < 0.5 and turn < today:
            made.append(SampleSubscription(key, plan, started, quantity, turn, quantity + 1))
        else:
            made.append(SampleSubscription(key, plan, started, quantity))
    return made


def units(people: Sequence[Customer], products: Sequence[int], *, seed: int, today: date) -> list[SampleUnit]:
    """Espresso machines and grinders, companies first; with some the latest service is overdue."""
    random = Random(f"units {seed}")  # noqa: S311 - a simulation, not a secret
    machines = [place for place, each in enumerate(shop.PRODUCTS) if each.code in shop.MACHINES]
    some = sorted(people, key=lambda one: one[1] != "COMPANY")[:_UNITS]
    made = []
    for place, (key, _kind, since) in enumerate(some, 1):
        machine = machines[place % len(machines)]
        installed = max(today - timedelta(days=random.randint(20, 700)), since)
        made.append(
            SampleUnit(
                customer_id=key,
                product_id=products[machine],
                serial=f"{shop.PRODUCTS[machine].code}-{random.randint(10_000, 99_999)}-{place:02d}",
                installed_date=installed,
                service_every_months=6,
                served_until=today - timedelta(days=60 if random.random() < 0.25 else 0),
                done=random.choice(shop.SERVICES),
            )
        )
    return made
