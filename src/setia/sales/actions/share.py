"""Give prospects nobody looks after to people, by the firm's rules; take idle ones from whoever lets them lie.

A rule's people are taken in turn, or whoever has fewest open ones. Nobody is chosen who is away, who has as many as the
rule allows or, where it says so, who is not at work now; then the next rule that fits is asked, and where no rule has
anybody the prospect waits for the next round. All is decided in memory and written by a few statements, however many.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.among import among
from setia.core.permissions import require
from setia.core.queries import current_firm
from setia.customers import actions as customers
from setia.sales.actions._record_prospect import record
from setia.sales.models import Prospect, SalesDesk, ShareMember, ShareRule, WorkTime
from setia.sales.queries.clock import at_work, away, desk, hours_of

AT_ONCE = 10_000
_COUNTED = 1000  # of open prospects a person has, when loads are compared
_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass
class _Turn:
    """A rule while prospects are given out: its people in the order of their turns, and what each got."""

    rule: ShareRule
    members: list[ShareMember]
    got: Counter[int] = field(default_factory=Counter)

    def fits(self, region: str, source: str, interest: str) -> bool:
        rule = self.rule
        return (
            (not rule.regions or any(one.casefold() in region.casefold() for one in rule.regions))
            and (not rule.sources or source.casefold() in {one.casefold() for one in rule.sources})
            and (not rule.interests or any(one.casefold() in interest.casefold() for one in rule.interests))
        )

    def take(self, load: Counter[int], but: int | None) -> int | None:
        """Whose turn it is; they go to the end of the line."""
        free = [one for one in self.members if one.user_id != but and not self._full(load[one.user_id])]
        if not free:
            return None
        chosen = free[0]
        if self.rule.way == ShareRule.Way.LOAD:
            chosen = min(free, key=lambda one: load[one.user_id])
        self.members.remove(chosen)
        self.members.append(chosen)
        self.got[chosen.pk] += 1
        load[chosen.user_id] += 1
        return chosen.user_id

    def _full(self, has: int) -> bool:
        return self.rule.most_open is not None and has >= self.rule.most_open


def share(*, at: datetime, customer_ids: Collection[int] | None = None) -> int:
    """Give those of these customers (None: of all) who are open prospects and nobody's to somebody; the longest waiting
    first, `AT_ONCE` at most. Answers how many found somebody.
    """
    rows = Prospect.objects.filter(closed_at=None, customer__owner=None, customer__archived_at=None)
    if customer_ids is not None:
        rows = rows.filter(among("customer", customer_ids))
    return len(_give(rows.order_by("captured_at", "id"), at=at))


def deal(*, at: datetime, customer_ids: Collection[int]) -> dict[int, int]:
    """Whose those of these customers are to be who are open prospects and nobody's, by the same rules: customer →
    person, by keys. The turns move on; the caller gives them, in the same transaction.
    """
    rows = Prospect.objects.filter(closed_at=None, customer__owner=None, customer__archived_at=None)
    rows = rows.filter(among("customer", customer_ids)).order_by("captured_at", "id")
    with transaction.atomic():
        turns = _turns(at=at)
        owners = _decided(turns, rows) if turns else {}
        _move_on(turns, at=at)
        if owners:
            data = {"count": len(owners), "people": sorted(set(owners.values())), "idle": False}
            audit(by=None, at=at, verb="prospect.shared_out", about="prospect", data=data)
    return owners


def share_now(*, by: User, at: datetime) -> int:
    """The same for all, because somebody asked for it."""
    require(by, "sales.share")
    return share(at=at)


def follow_idle(*, at: datetime) -> dict[int, list[str]]:
    """Warn whoever lets prospects lie, and give away those that lay on after a warning.

    Answers, by person, the names of those about to be given away, for a letter.
    """
    terms = desk()
    if terms.idle_days is None:
        return {}
    idle, notice = timedelta(days=terms.idle_days), timedelta(days=min(terms.warn_days, terms.idle_days))
    resting = Prospect.objects.filter(closed_at=None, customer__owner__isnull=False, customer__archived_at=None)
    with transaction.atomic():
        lying = resting.filter(moved_at__lt=at - idle, warned_at__lt=at - notice)
        _give(lying.order_by("moved_at", "id"), at=at, idle=True)
        # Whoever nobody else could take stays where they are for another while.
        lying.update(moved_at=at, warned_at=None)
        return _warn(resting.filter(moved_at__lt=at - idle + notice, warned_at=None), at=at)


def _warn(rows: Any, *, at: datetime) -> dict[int, list[str]]:
    warned: dict[int, list[str]] = {}
    for one in rows.select_related("customer").order_by("moved_at", "id")[:AT_ONCE]:
        warned.setdefault(one.customer.owner_id, []).append(one.customer.display_name)
        record("warned", by=None, at=at, customer=one.customer)
        Prospect.objects.filter(pk=one.pk).update(warned_at=at)
    return warned


def _give(rows: Any, *, at: datetime, idle: bool = False) -> list[int]:
    with transaction.atomic():
        turns = _turns(at=at)
        if not turns:
            return []
        owners = _decided(turns, rows[:AT_ONCE])
        given = customers.share_out(by=None, at=at, owners=owners)
        Prospect.objects.filter(among("customer", given)).update(moved_at=at, warned_at=None, updated_at=at)
        _move_on(turns, at=at)
        if given:
            each = Counter(owners[customer] for customer in given)
            data = {"count": len(given), "people": sorted(each), "idle": idle}
            about = given[0] if len(given) == 1 else None
            audit(by=None, at=at, verb="prospect.shared_out", about="prospect", about_id=about, data=data)
    return given


def _decided(turns: list[_Turn], rows: Any) -> dict[int, int]:
    """Customer → person, by keys, in the order of the rows; whoever no rule has anybody for is left out."""
    asked = ("customer", "customer__owner", "customer__region", "source", "note", "campaign")
    found = list(rows.values_list(*asked))
    people = {one.user_id for turn in turns for one in turn.members}
    load = _loads(people) if any(turn.rule.way == "LOAD" or turn.rule.most_open for turn in turns) else Counter()
    owners: dict[int, int] = {}
    for customer, owner, region, source, note, campaign in found:
        fitting = (turn for turn in turns if turn.fits(region, source, f"{note} {campaign}"))
        chosen = next((one for turn in fitting if (one := turn.take(load, owner)) is not None), None)
        if chosen is not None:
            owners[customer] = chosen
    return owners


def _turns(*, at: datetime) -> list[_Turn]:
    """The rules in their order, each with those of its people who may get something now. Locked until the end."""
    rules = list(ShareRule.objects.select_for_update().order_by("position", "id"))
    members = list(ShareMember.objects.filter(rule__in=rules, user__is_active=True))
    terms, tz = desk(), current_firm().tz
    hours = hours_of({one.user_id for one in members}, terms=terms)
    members = [one for one in members if not away(hours[one.user_id], at.astimezone(tz).date())]
    members.sort(key=lambda one: (one.given_at or _LONG_AGO, one.pk))
    turns = []
    for rule in rules:
        mine = [one for one in members if one.rule_id == rule.pk]
        if rule.at_work:
            mine = [one for one in mine if at_work(at, hours=hours[one.user_id], tz=tz)]
        if mine:
            turns.append(_Turn(rule, mine))
    return turns


def _move_on(turns: Iterable[_Turn], *, at: datetime) -> None:
    """Keep whose turn it was: the line as it stands now."""
    for turn in turns:
        for place, one in enumerate(turn.members):
            if turn.got[one.pk]:
                moment = at + timedelta(microseconds=place)
                ShareMember.objects.filter(pk=one.pk).update(given_at=moment, given=F("given") + turn.got[one.pk])


def _loads(people: Collection[int]) -> Counter[int]:
    """How many open prospects each has, looking at no more than so many of each. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person, (SELECT count(*) FROM (
                SELECT FROM sales_prospect p JOIN customers_customer c ON c.id = p.customer_id
                WHERE c.owner_id = person AND p.closed_at IS NULL AND c.archived_at IS NULL LIMIT %(most)s) few)
            FROM unnest(%(people)s::bigint[]) person
            """,
            {"people": sorted(people), "most": _COUNTED},
        )
        return Counter(dict(cursor.fetchall()))


def change_desk(*, by: User, at: datetime, **terms: Any) -> SalesDesk:
    """Set the firm's terms: fields of `SalesDesk`."""
    require(by, "sales.share")
    with transaction.atomic():
        before = desk()
        changed = sorted(name for name, value in terms.items() if getattr(before, name) != value)
        made, _new = SalesDesk.objects.update_or_create(pk=1, defaults={**terms, "changed_at": at})
        if changed:
            audit(by=by, at=at, verb="sales_desk.changed", about="sales_desk", data={"fields": changed})
    return made


def set_rule(*, by: User, at: datetime, rule: ShareRule | None, people: Collection[User], **facts: Any) -> ShareRule:
    """Make a rule (at the end of the line), or change one: fields of `ShareRule`, and whose turn it may be."""
    require(by, "sales.share")
    with transaction.atomic():
        if rule is None:
            latest = ShareRule.objects.order_by("-position").first()
            current = ShareRule(position=latest.position + 1 if latest else 1)
        else:
            current = ShareRule.objects.select_for_update().get(pk=rule.pk)
        for name, value in facts.items():
            setattr(current, name, value)
        current.changed_at = at
        current.save()
        current.members.exclude(user__in=people).delete()
        kept = set(current.members.values_list("user", flat=True))
        ShareMember.objects.bulk_create([ShareMember(rule=current, user=one) for one in people if one.pk not in kept])
        verb = "share_rule.changed" if rule else "share_rule.made"
        data = {"name": current.name, "people": sorted(one.pk for one in people)}
        audit(by=by, at=at, verb=verb, about="share_rule", about_id=current.pk, data=data)
    return current


def remove_rule(*, by: User, at: datetime, rule: ShareRule) -> None:
    """Take a rule away; what it gave stays given."""
    require(by, "sales.share")
    with transaction.atomic():
        audit(by=by, at=at, verb="share_rule.removed", about="share_rule", about_id=rule.pk, data={"name": rule.name})
        rule.delete()


def set_work_time(*, by: User, at: datetime, person: User, **hours: Any) -> None:
    """Say when a person works, and until when they are away: fields of `WorkTime`."""
    require(by, "sales.share")
    with transaction.atomic():
        WorkTime.objects.update_or_create(user=person, defaults=hours)
        audit(by=by, at=at, verb="work_time.changed", about="user", about_id=person.pk, data={"fields": sorted(hours)})
