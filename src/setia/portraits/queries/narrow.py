"""From a figure to its customers: the filters behind the pictures, each in one word of the address.

=========  ====================================  ======================================================================
stage      LOYALTY                               in a stage
base       LOYAL, GENERAL, RECURRING, INSTALLED  in a base class (BUYERS: has bought)
trait      DEVOTED                               shows a trait
role       INTERMEDIARY                          has a role
relation   CLIENT                                is client or buyer
service    CUSTOM                                is served in a way
interact   DIRECT                                is dealt with in a way
said       RELATION, ANY                         a person said otherwise about a class
leaving    1                                     about to leave
rfm        5.4, 5.4.3, CHAMPIONS                 in a cell of the map (recency.frequency[.money]), or a named group
moved      CHAMPIONS.AT_RISK                     between these groups within three months; NOT_YET: was new
together   12.34, 12.34.first                    bought two products in one order; or the first, and never the second
cohort     2011-01, 2011-01.3, 2011-01.3.not     first bought in a month; and bought, or not, so many months later
bought     2011-01.new, 2011-01-05.returning     new or returning in a month or on a day
retention  YEAR.2011-12-09.kept (or .lost)       bought in the earlier window, and in the later one or not
move       RETENTION.DEFECTED                    moved between stages this month; .RETENTION came in, RETENTION. left it
value      100000-200000                         expected to spend so much in the coming year
top        10                                    the tenth of the customers who spent most (percent)
foretold   12.10, 12.10.came, 12.10.away         of whom a forecast spoke, in a tenth; who came then, who did not
=========  ====================================  ======================================================================

What is not of these shapes is no filter. Figures count archived customers too, so a list behind a figure shows them.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, F, Max, Q, QuerySet, TextChoices
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.catalogue.queries import product_name
from setia.core.chips import Chip
from setia.core.queries import firm
from setia.orders.queries.bought import bought_between, buyers_of, buyers_on
from setia.portraits.models import (
    Forecast,
    Foretold,
    Interaction,
    Overruling,
    Portrait,
    Relation,
    Role,
    Service,
    Stage,
    Trait,
)
from setia.portraits.queries.figures import figures, latest_refresh
from setia.portraits.queries.known import in_force
from setia.portraits.words import base_word, cell_word, day_word, money_word, month_word
from setia.subscriptions.queries import in_base

Customers = QuerySet[Any]
ONE_DAY = timedelta(days=1)
ROLLING_KEPT, CALENDAR_KEPT = 60, 62
"""Months that the bits of `Portrait.active_months` and `Portrait.calendar_months` hold."""


class Behind(NamedTuple):
    """Customers behind a figure: those of `customers` whose portrait fulfils `having`.

    Apart, so that a list ordered by a field of the portraits can put the condition on the portraits it walks.
    `narrowed`: a filter has made `customers` fewer too.
    """

    customers: Customers
    having: Q
    narrowed: bool = False

    def all(self) -> Customers:
        """The same as customers alone."""
        if not self.having:
            return self.customers
        return self.customers.filter(pk__in=Portrait.objects.filter(self.having).values("customer"))


Narrowed = tuple[Behind, str, str]
"""The fewer customers, what the filter is about, and its value in words."""


def narrow(customers: Customers, params: Mapping[str, str]) -> tuple[Customers, list[Chip]]:
    """Apply the filters of this room that an address names to a queryset of customers, and say which in words."""
    behind, chips = behind_for(customers, params)
    return behind.all(), chips


def behind_for(customers: Customers, params: Mapping[str, str]) -> tuple[Behind, list[Chip]]:
    """As `narrow`, with what the filters ask of portraits kept apart."""
    behind = Behind(customers, Q())
    chips: list[Chip] = []
    for key, apply in _FILTERS.items():
        value = params.get(key, "")
        if not value or len(value) > 60:
            continue
        done = apply(behind, value)
        if done is not None:
            behind, label, words = done
            chips.append(Chip(label, words, key))
    return behind, chips


def _having(behind: Behind, *conditions: Q, **values: Any) -> Behind:
    return behind._replace(having=behind.having & Q(*conditions, **values))


def _stage(behind: Behind, value: str) -> Narrowed | None:
    if value not in Stage.values:
        return None
    return _having(behind, stage=value), _("Stage"), str(Stage(value).label)


def _base(behind: Behind, value: str) -> Narrowed | None:
    if value in ("RECURRING", "INSTALLED"):
        as_of = _as_of()
        if as_of is None:
            return None
        fewer = behind.customers.filter(in_base(value, as_of))
        return behind._replace(customers=fewer, narrowed=True), _("Base"), base_word(value)
    conditions = {"BUYERS": Q(purchase_days__gt=0), "LOYAL": Q(loyal=True), "GENERAL": Q(general=True)}
    if value not in conditions:
        return None
    return _having(behind, conditions[value]), _("Base"), base_word(value)


def _trait(behind: Behind, value: str) -> Narrowed | None:
    if value not in Trait.values:
        return None
    return _having(behind, traits__contains=[value]), _("Trait"), str(Trait(value).label)


def _class(field: str, choices: type[TextChoices], label: Any) -> Callable[[Behind, str], Narrowed | None]:
    def apply(behind: Behind, value: str) -> Narrowed | None:
        if value not in choices.values:
            return None
        return _having(behind, **{field: value}), str(label), str(choices(value).label)

    return apply


def _said(behind: Behind, value: str) -> Narrowed | None:
    what = dict(Overruling.What.choices)
    if value != "ANY" and value not in what:
        return None
    words = Overruling.objects.filter(in_force(today=timezone.localdate()))
    words = words if value == "ANY" else words.filter(what=value)
    label = _("a person") if value == "ANY" else str(what[value])
    return _having(behind, customer__in=words.values("customer")), _("Said by a person"), label


def _leaving(behind: Behind, value: str) -> Narrowed | None:
    if value != "1":
        return None
    return _having(behind, leaving=True), _("Risk"), _("about to leave")


def _rfm(behind: Behind, value: str) -> Narrowed | None:
    scores = re.fullmatch(r"([1-5])\.([1-5])(?:\.([1-5]))?", value)
    if scores:
        r, f, m = scores.groups()
        found = _having(behind, r=int(r), f=int(f), **({"m": int(m)} if m else {}))
        words = _("recency %(r)s, frequency %(f)s") % {"r": r, "f": f}
        return found, "RFM", words + (_(", money %(m)s") % {"m": m} if m else "")
    if not (word := cell_word(value)):
        return None
    return _having(behind, rfm_cell=value), "RFM", word


def _moved(behind: Behind, value: str) -> Narrowed | None:
    before, _dot, after = value.partition(".")
    words = {"before": cell_word(before), "after": cell_word(after)}
    if not all(words.values()) or after == "NOT_YET":
        return None
    found = _having(behind, ~Q(rfm_cell=""), rfm_cell_before="" if before == "NOT_YET" else before, rfm_cell=after)
    return found, _("RFM, three months"), _("from %(before)s to %(after)s") % words


def _together(behind: Behind, value: str) -> Narrowed | None:
    parts = re.fullmatch(r"([0-9]{1,15})\.([0-9]{1,15})(\.first)?", value)
    rows = figures("together")["together"] if parts else []
    if parts is None or not rows:
        return None
    since, one, other = date.fromisoformat(rows[0]["since"]), int(parts[1]), int(parts[2])
    words = {"one": product_name(one), "other": product_name(other)}
    if parts[3]:
        fewer = behind.customers.filter(pk__in=buyers_of(one, since=since)).exclude(
            pk__in=buyers_of(other, since=since)
        )
        said = _("%(one)s, but not %(other)s") % words
    else:
        fewer = behind.customers.filter(pk__in=buyers_of(one, other, since=since))
        said = _("%(one)s with %(other)s") % words
    return behind._replace(customers=fewer, narrowed=True), _("Bought"), said


def _cohort(behind: Behind, value: str) -> Narrowed | None:
    parts = re.fullmatch(r"([0-9]{4}-[0-9]{2})(?:\.([0-9]{1,3})(\.not)?)?", value)
    days = _days(parts[1]) if parts else None
    if parts is None or days is None:
        return None
    found = _having(behind, first_date__range=days)
    label, month = _("First bought"), month_word(days[0])
    if parts[2] is None:
        return found, label, month
    later = _days(_month_after(days[0], int(parts[2])))
    as_of = _as_of()
    if later is None or as_of is None:
        return None
    words = {"month": month, "later": month_word(later[0])}
    bought = _bought_in_month(later, as_of)
    if parts[3]:
        return _having(found, ~bought), label, _("%(month)s, did not buy in %(later)s") % words
    return _having(found, bought), label, _("%(month)s, bought in %(later)s") % words


def _bought(behind: Behind, value: str) -> Narrowed | None:
    period, _dot, who = value.partition(".")
    days = _days(period)
    if days is None or who not in {"new", "returning"}:
        return None
    words = month_word(days[0]) if len(period) == 7 else day_word(days[0])
    if who == "new":
        return _having(behind, first_date__range=days), _("New"), words
    as_of = _as_of()
    if as_of is None:
        return None
    if len(period) == 10:
        buyers = buyers_on(days[0], free=_free_counts())
        return _having(behind, first_date__lt=days[0], pk__in=buyers), _("Returning"), words
    window = days[0], min(days[1], as_of)
    known = _bought_in_month(days, as_of)
    # Returning is a day after the first one, which for those new in the period is a second day within it.
    again = Q(_bought_between(*window, after="first_date"), first_date__range=window)
    return _having(behind, Q(known, first_date__lt=days[0]) | again), _("Returning"), words


def _retention(behind: Behind, value: str) -> Narrowed | None:
    parts = re.fullmatch(r"(YEAR|QUARTER|MONTH)\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.(kept|lost)", value)
    as_of = _as_of()
    if parts is None or as_of is None:
        return None
    length = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}[parts[1]]
    try:
        on = date.fromisoformat(parts[2])
        back = (as_of.year - on.year) * 12 + as_of.month - on.month
        if back >= 0 and _months_before(as_of, back) == on and back + 2 * length <= ROLLING_KEPT:
            later, earlier = _active(back, back + length), _active(back + length, back + 2 * length)
        else:
            middle, start = _months_before(on, length), _months_before(on, 2 * length)
            later = Q(_bought_between(middle + ONE_DAY, on))
            earlier = Q(_bought_between(start + ONE_DAY, middle))
    except ValueError:
        return None
    day = day_word(on)
    if parts[3] == "kept":
        return _having(behind, earlier, later), _("Retention"), _("stayed as of %(day)s") % {"day": day}
    return _having(behind, earlier, ~later), _("Retention"), _("not back as of %(day)s") % {"day": day}


def _move(behind: Behind, value: str) -> Narrowed | None:
    origin, dot, to = value.partition(".")
    if not dot or not (origin or to) or {origin, to} - {"", *Stage.values} or origin == to:
        return None
    words = {code: str(Stage(code).label) for code in (origin, to) if code}
    moved = ~Q(stage=F("stage_at_month_start"))
    if not origin:
        return _having(behind, moved, stage=to), _("This month"), _("came to %(stage)s") % {"stage": words[to]}
    if not to:
        left = _("left %(stage)s") % {"stage": words[origin]}
        return _having(behind, moved, stage_at_month_start=origin), _("This month"), left
    found = _having(behind, moved, stage=to, stage_at_month_start=origin)
    return found, _("This month"), _("from %(origin)s to %(to)s") % {"origin": words[origin], "to": words[to]}


def _value(behind: Behind, value: str) -> Narrowed | None:
    parts = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,4})?)-([0-9]{1,15}(?:\.[0-9]{1,4})?)", value)
    if parts is None:
        return None
    low, high = Decimal(parts[1]), Decimal(parts[2])
    words = _("%(low)s to %(high)s a year") % {"low": money_word(low), "high": money_word(high)}
    return _having(behind, value__gte=low, value__lt=high), _("Expected"), words


def _top(behind: Behind, value: str) -> Narrowed | None:
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= 100:
        return None
    ranked = Portrait.objects.aggregate(n=Max("spent_rank"))["n"] or 0
    # Rounded up, as the picture counts.
    found = _having(behind, spent_rank__lte=-(-ranked * int(value) // 100))
    return found, _("Spent most"), _("the first %(share)s%%") % {"share": value}


def _foretold(behind: Behind, value: str) -> Narrowed | None:
    parts = re.fullmatch(r"([0-9]{1,12})\.([1-9]|10)(?:\.(came|away))?", value)
    forecast = Forecast.objects.filter(pk=int(parts[1])).first() if parts else None
    if parts is None or forecast is None:
        return None
    told = Foretold.objects.filter(forecast=forecast, group=int(parts[2]))
    words = {"group": parts[2], "day": day_word(forecast.as_of_date)}
    if parts[3] == "came":
        told, said = told.filter(bought__gt=0), _("tenth %(group)s as of %(day)s, came")
    elif parts[3] == "away":
        told, said = told.filter(bought=0), _("tenth %(group)s as of %(day)s, stayed away")
    else:
        said = _("tenth %(group)s as of %(day)s")
    fewer = behind.customers.filter(pk__in=told.values("customer"))
    return behind._replace(customers=fewer, narrowed=True), _("Foretold"), said % words


def _bought_between(first: date, latest: date, *, after: str | None = None) -> Exists:
    return bought_between(first, latest, after=after, free=_free_counts())


def _free_counts() -> bool:
    return bool(firm().rules.get("free_is_purchase"))


def _bought_in_month(month: tuple[date, date], as_of: date) -> Q:
    """Bought in a calendar month, as far as the figures have seen: by the portrait's bits, or by the orders."""
    back = (as_of.year - month[0].year) * 12 + as_of.month - month[0].month
    if back < CALENDAR_KEPT:
        return _bits("calendar_months", 1 << back if back >= 0 else 0)
    return Q(_bought_between(*month))


def _active(start: int, stop: int) -> Q:
    """Bought in (as of - `stop` months, as of - `start` months]."""
    return _bits("active_months", (1 << stop) - (1 << start))


def _bits(field: str, mask: int) -> Q:
    return ~Q(Exact(F(field).bitand(mask), 0))


def _days(period: str) -> tuple[date, date] | None:
    """The days of `2011-01` or `2011-01-05`, both ends included."""
    try:
        if len(period) == 7:
            first = date.fromisoformat(f"{period}-01")
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        return (date.fromisoformat(period),) * 2 if len(period) == 10 else None
    except ValueError:
        return None


def _as_of() -> date | None:
    latest = latest_refresh()
    return latest.as_of_date if latest else None


def _month_after(day: date, months: int) -> str:
    place = day.year * 12 + day.month - 1 + months
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last, as the windows of retention end."""
    place = day.year * 12 + day.month - 1 - months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


_FILTERS: dict[str, Callable[[Behind, str], Narrowed | None]] = {
    "stage": _stage,
    "base": _base,
    "trait": _trait,
    "role": _class("role", Role, gettext_lazy("Role")),
    "relation": _class("relation", Relation, gettext_lazy("Relation")),
    "service": _class("service", Service, gettext_lazy("Service model")),
    "interact": _class("interaction", Interaction, gettext_lazy("Way of interacting")),
    "said": _said,
    "leaving": _leaving,
    "rfm": _rfm,
    "moved": _moved,
    "together": _together,
    "cohort": _cohort,
    "bought": _bought,
    "retention": _retention,
    "move": _move,
    "value": _value,
    "top": _top,
    "foretold": _foretold,
}
PLAIN = ("stage", "base", "trait", "role", "relation", "service", "interact", "said")
"""Of these, the ones a person chooses in a list; the others are behind figures."""
KEYS = tuple(_FILTERS)
"""Words of an address that are filters of this room. A list narrowed by one of them shows archived customers too."""
