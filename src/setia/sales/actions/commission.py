"""Works commission out as rows, again and again with the same end; closes a month for payroll; keeps its rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypedDict, Unpack

from django.db import connection, transaction
from django.db.models import Sum
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import line
from setia.sales.models import CommissionMonth, CommissionRow, CommissionRule
from setia.sales.tiers import earned, tiers_of

PLACES = Decimal("0.0001")
_ZERO = Decimal(0)


class MonthClosed(Exception):
    """Payroll has taken this month: what changes about it comes as corrections in the first open one."""


class MonthNotOver(Exception):
    """The month still runs; it is closed when its last day has passed."""


class RuleFacts(TypedDict, total=False):
    """What a person may state about a rule: see `CommissionRule`. `tiers` are pairs (from amount, percent)."""

    name: str
    tiers: list[tuple[Decimal, Decimal]]
    closer_percent: Decimal
    from_date: date
    until_date: date | None


def add_commission_rule(*, by: User, at: datetime, **facts: Unpack[RuleFacts]) -> CommissionRule:
    """Make a rule. One that earns is not changed any more: it is ended, and another made."""
    require(by, "sales.commission_rules")
    with transaction.atomic():
        folded: dict[str, Any] = dict(facts)
        folded["name"] = line(folded["name"])
        folded["tiers"] = [[f"{start.normalize():f}", f"{percent.normalize():f}"] for start, percent in folded["tiers"]]
        made = CommissionRule(made_by=by, created_at=at, updated_at=at, **folded)
        tiers_of(made)  # a ladder that does not climb from 0 is refused before it is kept
        made.save(force_insert=True)
        data = {"name": made.name, "tiers": made.tiers, "closer_percent": str(made.closer_percent)}
        audit(by=by, at=at, verb="commission.rule_added", about="commission", about_id=made.pk, data=data)
    return made


def end_commission_rule(*, by: User, at: datetime, rule: CommissionRule, today: date) -> None:
    """Let a rule count until the end of the present month, or of its first one where it has not begun."""
    require(by, "sales.commission_rules")
    until_date = _next(max(today.replace(day=1), rule.from_date)) - timedelta(days=1)
    with transaction.atomic():
        CommissionRule.objects.filter(pk=rule.pk).update(until_date=until_date, updated_at=at)
        data = {"until_date": until_date.isoformat()}
        audit(by=by, at=at, verb="commission.rule_ended", about="commission", about_id=rule.pk, data=data)


@dataclass(frozen=True)
class _Wanted:
    """A row as it should be, by (person, order, kind)."""

    person: int
    kind: str
    order_key: int
    number: str
    day: date
    share: Decimal
    base: Decimal
    amount: Decimal
    reason: str
    reverses_order: int | None = None

    @property
    def key(self) -> tuple[int, int, str]:
        return self.person, self.order_key, self.kind

    @property
    def rate(self) -> Decimal:
        return (self.amount / self.base * 100).quantize(Decimal("0.000001"), ROUND_HALF_EVEN) if self.base else _ZERO


def ask_month(*, by: User, at: datetime, rule: CommissionRule, month: date) -> None:
    """Have a month worked out by the worker, soon."""
    require(by, "sales.commission_rules")
    with transaction.atomic():
        data = {"month": month.isoformat()}
        audit(by=by, at=at, verb="commission.asked", about="commission", about_id=rule.pk, data=data)
        job = app.configure_task("sales.compute_commission")
        job.defer(rule_id=rule.pk, month=month.isoformat())


def compute_month(*, rule: CommissionRule, month: date, at: datetime) -> int:
    """Work a month of a rule out, and answer how many rows were written or taken away; 0 when nothing had changed.

    1. The month's purchases and returns are read in the order of time, with who earns by them.
    2. A purchase earns, for each person, what its part of the base brings in the tiers it falls into.
    3. A return that names its order takes back what that order earned, as far as it was returned, whichever month it
       was paid with; one that names none takes its base at the first tier's percent.
    4. An open month's rows are made to be these. A closed month's stay: what differs is written as corrections, one for
       each person and order, into the first open month.
    """
    with transaction.atomic():
        kept, _made = CommissionMonth.objects.get_or_create(rule=rule, month=month)
        kept = CommissionMonth.objects.select_for_update().get(pk=kept.pk)
        wanted = {one.key: one for one in _wanted(rule, month)}
        written = _corrected(rule, month, wanted, at) if kept.closed_at else _replaced(rule, month, wanted, at)
        CommissionMonth.objects.filter(pk=kept.pk).update(computed_at=at)
    return written


def compute_all(*, at: datetime, today: date) -> int:
    """Work every running rule's latest three months out, closed ones for corrections. Answers the rows that changed."""
    changed = 0
    for rule in CommissionRule.objects.order_by("id"):
        month = today.replace(day=1)
        for _turn in range(3):
            if rule.from_date <= month and (rule.until_date is None or month <= rule.until_date):
                changed += compute_month(rule=rule, month=month, at=at)
            month = (month - timedelta(days=1)).replace(day=1)
    return changed


def close_month(*, by: User, at: datetime, month: CommissionMonth, today: date) -> None:
    """Hand a month over to payroll: worked out once more, and from then on its rows stay. Raises `MonthClosed` and
    `MonthNotOver`.
    """
    require(by, "sales.commission_rules")
    if today < _next(month.month):
        raise MonthNotOver
    with transaction.atomic():
        if CommissionMonth.objects.filter(pk=month.pk, closed_at__isnull=False).exists():
            raise MonthClosed
        compute_month(rule=month.rule, month=month.month, at=at)
        CommissionMonth.objects.filter(pk=month.pk).update(closed_at=at, closed_by=by)
        total = CommissionRow.objects.filter(rule=month.rule_id, month=month.month).aggregate(sum=Sum("amount"))["sum"]
        data = {"month": month.month.isoformat(), "amount": str(total or 0)}
        audit(by=by, at=at, verb="commission.closed", about="commission", about_id=month.rule_id, data=data)


# Purchases and returns of known customers, in the order of time, with who is responsible and who won it.
_ORDERS = """
SELECT o.id, o.number, o.day, o.kind, o.total, o.reverses_id, c.owner_id,
       (SELECT p.owner_id FROM sales_opportunity p WHERE p.order_id = o.id AND p.status = 'WON' ORDER BY p.id LIMIT 1)
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
WHERE o.kind IN ('PURCHASE', 'RETURN') AND o.day >= %(first)s AND o.day < %(final)s
  AND o.ordered_at >= %(first)s::date - 2 AND o.ordered_at < %(final)s::date + 2
ORDER BY o.ordered_at, o.id
"""


def _wanted(rule: CommissionRule, month: date) -> Iterable[_Wanted]:
    tiers, closer = tiers_of(rule), rule.closer_percent / 100
    so_far: dict[int, Decimal] = {}
    sales: dict[int, list[_Wanted]] = {}
    returns = []
    with connection.cursor() as cursor:
        final = min(_next(month), rule.until_date + timedelta(days=1)) if rule.until_date else _next(month)
        cursor.execute(_ORDERS, {"first": max(month, rule.from_date), "final": final})
        rows = cursor.fetchall()
    totals: dict[int, Decimal] = {}
    for key, number, day, kind, total, reverses, owner, winner in rows:
        shares = _shares(owner, winner, closer)
        if kind == "RETURN":
            returns.append((key, number, day, -abs(total), reverses, shares))
            continue
        totals[key] = total
        for person, (share, reason) in shares.items():
            base = (total * share).quantize(PLACES, ROUND_HALF_EVEN)
            before = so_far.get(person, _ZERO)
            so_far[person] = before + base
            amount = (earned(tiers, before + base) - earned(tiers, before)).quantize(PLACES, ROUND_HALF_EVEN)
            made = _Wanted(person, "SALE", key, number, day, share, base, amount, reason)
            sales.setdefault(key, []).append(made)
            yield made
    named = {reverses for *_row, reverses, _shares_of in returns if reverses and reverses not in sales}
    paid, paid_totals = _paid(rule, named)
    for key, number, day, total, reverses, shares in returns:
        if reverses is None:
            for person, (share, _reason) in shares.items():
                base = (total * share).quantize(PLACES, ROUND_HALF_EVEN)
                amount = (base * tiers[0][1] / 100).quantize(PLACES, ROUND_HALF_EVEN)
                yield _Wanted(person, "RETURN", key, number, day, share, base, amount, "FIRST_TIER")
            continue
        whole = totals.get(reverses) or paid_totals.get(reverses) or _ZERO
        part = min(-total / whole, Decimal(1)) if whole else Decimal(1)
        for one in sales.get(reverses) or paid.get(reverses, []):
            base = -(one.base * part).quantize(PLACES, ROUND_HALF_EVEN)
            amount = -(one.amount * part).quantize(PLACES, ROUND_HALF_EVEN)
            yield _Wanted(one.person, "RETURN", key, number, day, one.share, base, amount, "TAKEN_BACK", reverses)


def _shares(owner: int | None, winner: int | None, closer: Decimal) -> dict[int, tuple[Decimal, str]]:
    """Who earns by an order: person → (part of it, why)."""
    if winner is None or owner is None or winner == owner:
        person = winner if winner is not None else owner
        return {person: (Decimal(1), "WON" if winner else "RESPONSIBLE")} if person is not None else {}
    shares = {winner: (closer, "WON"), owner: (1 - closer, "RESPONSIBLE")}
    return {person: share for person, share in shares.items() if share[0]}


def _paid(rule: CommissionRule, orders: set[int]) -> tuple[dict[int, list[_Wanted]], dict[int, Decimal]]:
    """What orders of earlier months earned, corrections included, and their totals."""
    found: dict[tuple[int, int], _Wanted] = {}
    rows = CommissionRow.objects.filter(rule=rule, order_key__in=orders, person__isnull=False)
    for row in rows.filter(kind__in=["SALE", "CORRECTION"]).order_by("id"):
        person = row.person_id or 0
        before = found.get((row.order_key, person))
        if before is None:
            found[row.order_key, person] = _Wanted(
                person, "SALE", row.order_key, row.number, row.day, row.share, row.base, row.amount, row.reason
            )
        else:
            more = replace(before, base=before.base + row.base, amount=before.amount + row.amount)
            found[row.order_key, person] = more
    by_order: dict[int, list[_Wanted]] = {}
    totals: dict[int, Decimal] = {}
    for (order, _person), one in found.items():
        by_order.setdefault(order, []).append(one)
        totals[order] = totals.get(order, _ZERO) + one.base
    return by_order, totals


def _replaced(rule: CommissionRule, month: date, wanted: dict[tuple[int, int, str], _Wanted], at: datetime) -> int:
    """Make an open month's rows, corrections apart, what they should be; answers how many were touched."""
    kept = CommissionRow.objects.filter(rule=rule, month=month).exclude(kind="CORRECTION")
    there = {(row.person_id or 0, row.order_key, row.kind): row for row in kept}
    gone = [row.pk for key, row in there.items() if key not in wanted or not _same(row, wanted[key])]
    stays = {key for key, row in there.items() if key in wanted and _same(row, wanted[key])}
    CommissionRow.objects.filter(pk__in=gone).delete()
    new = [one for key, one in wanted.items() if key not in stays]
    for kind in ("SALE", "RETURN"):  # what takes back points at what it takes back
        some = [one for one in new if one.kind == kind]
        links = _links(rule, some)
        CommissionRow.objects.bulk_create(
            [_row(rule, month, one, at, links.get((one.person, one.reverses_order or 0))) for one in some],
            batch_size=2000,
        )
    return len(gone) + len(new)


def _corrected(rule: CommissionRule, month: date, wanted: dict[tuple[int, int, str], _Wanted], at: datetime) -> int:
    """Write what a closed month should have paid and did not into the first open one; answers how many rows changed."""
    open_month = _first_open(rule, month, at)
    should: dict[tuple[int, int], list[Decimal]] = {}
    facts: dict[tuple[int, int], Any] = {}
    for one in wanted.values():
        place = should.setdefault((one.person, one.order_key), [_ZERO, _ZERO])
        place[0], place[1] = place[0] + one.base, place[1] + one.amount
        facts[one.person, one.order_key] = one
    paid = CommissionRow.objects.filter(rule=rule, month=month).exclude(kind="CORRECTION")
    first: dict[tuple[int, int], CommissionRow] = {}
    done: dict[tuple[int, int], list[Decimal]] = {}
    for row in paid:
        key = (row.person_id or 0, row.order_key)
        first.setdefault(key, row)
        place = done.setdefault(key, [_ZERO, _ZERO])
        place[0], place[1] = place[0] + row.base, place[1] + row.amount
    touched = 0
    settled: dict[tuple[int, int], list[Decimal]] = {}
    corrections = CommissionRow.objects.filter(rule=rule, kind="CORRECTION", of_month=month)
    present: dict[tuple[int, int], CommissionRow] = {}
    for row in corrections:
        key = (row.person_id or 0, row.order_key)
        first.setdefault(key, row)
        if row.month == open_month:
            present[key] = row
        else:
            place = settled.setdefault(key, [_ZERO, _ZERO])
            place[0], place[1] = place[0] + row.base, place[1] + row.amount
    none = [_ZERO, _ZERO]
    for key in {*should, *done, *present, *settled}:
        base, amount = (
            should.get(key, none)[which] - done.get(key, none)[which] - settled.get(key, none)[which]
            for which in (0, 1)
        )
        now = present.get(key)
        if now is not None and (now.base, now.amount) == (base, amount):
            continue
        if now is not None:
            now.delete()
            touched += 1
        if base or amount:
            told = facts.get(key) or first[key]
            missing = _Wanted(
                key[0], "CORRECTION", key[1], told.number, told.day, told.share, base, amount, "CLOSED_MONTH"
            )
            made = _row(rule, month, missing, at, first.get(key))
            made.month = open_month
            made.save(force_insert=True)
            touched += 1
    return touched


def _first_open(rule: CommissionRule, month: date, at: datetime) -> date:
    closed = set(
        CommissionMonth.objects.filter(rule=rule, month__gt=month, closed_at__isnull=False).values_list(
            "month", flat=True
        )
    )
    month = _next(month)
    while month in closed:
        month = _next(month)
    CommissionMonth.objects.get_or_create(rule=rule, month=month)
    return month


def _links(rule: CommissionRule, rows: list[_Wanted]) -> dict[tuple[int, int], CommissionRow]:
    """The rows that are taken back, by person and order."""
    orders = {one.reverses_order for one in rows if one.reverses_order}
    found = CommissionRow.objects.filter(rule=rule, kind="SALE", order_key__in=orders) if orders else ()
    return {(row.person_id or 0, row.order_key): row for row in found}


def _row(
    rule: CommissionRule, month: date, one: _Wanted, at: datetime, reverses: CommissionRow | None
) -> CommissionRow:
    return CommissionRow(
        rule=rule,
        month=month,
        of_month=month,
        person_id=one.person or None,
        kind=one.kind,
        order_key=one.order_key,
        number=one.number,
        day=one.day,
        share=one.share,
        base=one.base,
        rate=one.rate,
        amount=one.amount,
        reason=one.reason,
        reverses=reverses,
        computed_at=at,
    )


def _same(row: CommissionRow, one: _Wanted) -> bool:
    facts = ("number", "day", "share", "base", "amount", "reason")
    return all(getattr(row, name) == getattr(one, name) for name in facts)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def compute_asked(*, rule_id: int, month: date, at: datetime) -> int:
    """Work out what somebody asked for, if the rule is still there."""
    rule = CommissionRule.objects.filter(pk=rule_id).first()
    return compute_month(rule=rule, month=month, at=at) if rule else 0
