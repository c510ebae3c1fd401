"""Subscriptions by the month they began in, and by how many renewals they made: the rows behind a renewal curve.

The same words as in `lived`: who left on the day of a renewal did not make it, who left within a period made the one
before; what never paid belongs to no cohort. So many rows open behind a figure as it counts, on the day it was counted.
"""

import re
from collections.abc import Mapping
from datetime import date

from django.db.models import DateField, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.core.chips import Chip
from setia.core.queries import current_firm
from setia.subscriptions.models import LeavingStudy, Period, Subscription
from setia.subscriptions.terms import months_later

_COHORT = re.compile(r"(all|\d{4}-\d{2})(?:\.(\d{1,4}))?(\.not)?")
_LENGTH = re.compile(r"(MONTH|QUARTER|YEAR)|DAYS\.(\d{1,5})")
_DUE = """
CASE subscriptions_subscription.period WHEN 'DAYS'
THEN COALESCE(subscriptions_subscription.trial_until_date, subscriptions_subscription.started_date)
     + %s * subscriptions_subscription.days
ELSE (COALESCE(subscriptions_subscription.trial_until_date, subscriptions_subscription.started_date)
      + make_interval(months => %s * CASE subscriptions_subscription.period
          WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 ELSE 12 END))::date END
"""


def narrow(rows: QuerySet[Subscription], params: Mapping[str, str]) -> tuple[QuerySet[Subscription], list[Chip]]:
    """Apply `length` (`MONTH`, `DAYS.30`) and `cohort`: the month of beginning (`2026-01`, or `all`) of those that ever
    paid; with `.3` those that made at least three renewals, with `.3.not` those that left before.
    """
    chips: list[Chip] = []
    if found := _LENGTH.fullmatch(params.get("length", "")):
        period, days = found[1] or "DAYS", int(found[2]) if found[2] else None
        rows = rows.filter(period=period, days=days)
        chips.append(Chip(str(_("Length")), length_words(period, days), "length"))
    if found := _COHORT.fullmatch(params.get("cohort", "")):
        month = _month(found[1])
        if month is None and found[1] != "all":
            return rows, chips
        day = _day()
        rows = _of_cohort(rows, month, day)
        words = [month_words(month) if month else _("any month")]
        if found[2]:
            made = int(found[2])
            rows = _made(rows, made, day, left=bool(found[3]))
            words.append(_left_words(made) if found[3] else _made_words(made))
        chips.append(Chip(str(_("Began")), ", ".join(words), "cohort"))
    return rows, chips


def renewal_studies() -> list[LeavingStudy]:
    """What was learnt of each plan, and of all plans of one length where there are several; the largest first."""
    found = list(LeavingStudy.objects.select_related("plan").order_by("id"))
    plans: dict[tuple[str, int | None], int] = {}
    for one in found:
        if one.plan_id:
            plans[(one.period, one.days)] = plans.get((one.period, one.days), 0) + 1
    kept = [one for one in found if one.plan_id or plans.get((one.period, one.days), 0) != 1]
    return sorted(kept, key=lambda one: (-one.subscriptions, one.plan_id is not None, one.pk))


def length_words(period: str, days: int | None) -> str:
    """By the month; every 30 days."""
    if period == "DAYS":
        return ngettext("every %(num)s day", "every %(num)s days", days or 1) % {"num": days or 1}
    return str(_("by the %(period)s") % {"period": str(Period(period).label).lower()})


def month_words(month: date) -> str:
    """Jan 2026, in the reader's language."""
    from django.utils.formats import date_format

    return date_format(month, "M Y")


def _made_words(made: int) -> str:
    return ngettext("made %(num)s renewal or more", "made %(num)s renewals or more", made) % {"num": made}


def _left_words(made: int) -> str:
    return ngettext("left before renewal %(num)s", "left before renewal %(num)s", made) % {"num": made}


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _day() -> date:
    """The day the figures were counted; today where nothing has been counted yet."""
    counted = LeavingStudy.objects.order_by("id").values_list("as_of_date", flat=True).first()
    return counted or current_firm().day_of(timezone.now())


def _of_cohort(rows: QuerySet[Subscription], month: date | None, day: date) -> QuerySet[Subscription]:
    if month is not None:
        # By the days themselves, so that the index of those that began serves.
        rows = rows.filter(started_date__gte=month, started_date__lt=months_later(month, 1))
    rows = rows.alias(paid_from=Coalesce("trial_until_date", "started_date")).filter(paid_from__lt=day)
    return rows.filter(Q(ended_date=None) | Q(ended_date__gt=F("paid_from")))


def _made(rows: QuerySet[Subscription], made: int, day: date, *, left: bool) -> QuerySet[Subscription]:
    rows = rows.alias(renewal_due=RawSQL(_DUE, [made, made], output_field=DateField()))  # noqa: S611 - own words
    if left:
        return rows.filter(ended_date__lte=F("renewal_due")).filter(ended_date__lte=day)
    return rows.filter(renewal_due__lte=day).filter(Q(ended_date=None) | Q(ended_date__gt=F("renewal_due")))
