"""Targets and how far they are: one question for all on a page, over the tally and the days counted at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from setia.accounts.models import Team, User
from setia.core.permissions import Actor, may, owners_seen
from setia.core.queries import current_firm
from setia.sales.counting import DEEDS
from setia.sales.models import StaleDay, Target
from setia.sales.pace import Pace, pace

LIVE = 5
"""So many days are counted while a page is made, the newest of those out of date; older ones wait for the worker."""
MOST = 200

# What each measure reads of the tally, and of the days counted now. The whole firm's holds what is nobody's, too.
_FITS = """
d.what = CASE t.measure WHEN 'WON' THEN 'WON' WHEN 'ACTIVITIES' THEN 'DONE' ELSE 'SOLD' END
AND d.day BETWEEN t.from_date AND t.until_date AND d.product_id IS NOT DISTINCT FROM t.product_id
AND (t.person_id IS NULL OR d.person_id = t.person_id)
AND (t.team_id IS NULL OR d.person_id IN (SELECT m.user_id FROM accounts_team_members m WHERE m.team_id = t.team_id))
"""
_SUM = "SELECT sum(CASE t.measure WHEN 'AMOUNT' THEN d.amount ELSE d.number END) FROM"
_ATTAINED = f"""
WITH live AS MATERIALIZED ({DEEDS})
SELECT t.id,
  COALESCE(({_SUM} sales_tally d WHERE {_FITS} AND NOT d.day = ANY(%(days)s::date[])), 0)
  + COALESCE(({_SUM} live d WHERE {_FITS}), 0)
FROM sales_target t WHERE t.id = ANY(%(targets)s)
"""  # noqa: S608 — what is put in is this room's own SQL


class Standing(NamedTuple):
    """A target with what is attained, its share of the value, and the pace."""

    target: Target
    attained: Decimal
    share: Decimal
    pace: Pace


class Board(NamedTuple):
    """Targets with where they stand; `waiting` says how many days the worker has still to count."""

    standings: list[Standing]
    waiting: int


def targets_for(user: Actor) -> QuerySet[Target]:
    """The targets this person may see: all, for whoever sees all customers; else those of the people whose customers
    they see, and of their own teams.
    """
    if not may(user, "sales.view"):
        return Target.objects.none()
    owners = owners_seen(user)
    if owners is None:
        return Target.objects.all()
    key = getattr(user, "pk", None)
    # For a reader who is nobody in particular (the team board): the teams all of whose people they see.
    own = Q(team__members=key) if key is not None else Q(team__in=_whole_teams(owners))
    return Target.objects.filter(own | Q(person__in=sorted(owners))).distinct()


def _whole_teams(owners: frozenset[int]) -> "QuerySet[Team]":
    others = User.objects.filter(is_active=True).exclude(pk__in=sorted(owners))
    return Team.objects.filter(members__in=sorted(owners)).exclude(members__in=others)


def get_target_for(user: Actor, pk: int) -> Target:
    """One target with whose it is and of what. Raises `Http404`."""
    found = targets_for(user).select_related("person", "team", "product").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def target_board(user: Actor, *, at: datetime, show: str = "", person: int | None = None) -> Board:
    """The targets of now, or those over (`past`) or to come (`coming`), of all this person sees or of one `person`."""
    today = current_firm().day_of(at)
    rows = targets_for(user).select_related("person", "team", "product")
    if person is not None:
        rows = rows.filter(Q(person=person) | Q(team__members=person)).distinct()
    if show == "past":
        rows = rows.filter(until_date__lt=today).order_by("-until_date", "-id")
    elif show == "coming":
        rows = rows.filter(from_date__gt=today).order_by("from_date", "id")
    else:
        rows = rows.filter(from_date__lte=today, until_date__gte=today).order_by("until_date", "id")
    found = list(rows[:MOST])
    if not found:
        return Board([], 0)
    attained, waiting = _attained(found, today=today)
    standings = []
    for one in found:
        reached = attained.get(one.pk, Decimal(0))
        judged = pace(one.value, reached, one.from_date, one.until_date, today=today)
        standings.append(Standing(one, reached, reached / one.value, judged))
    return Board(standings, waiting)


def _attained(targets: Sequence[Target], *, today: date) -> tuple[dict[int, Decimal], int]:
    """What each target has attained. Two queries."""
    first, final = min(one.from_date for one in targets), max(one.until_date for one in targets)
    stale = StaleDay.objects.filter(day__gte=first, day__lte=min(final, today)).order_by("-day")
    old = list(stale.values_list("day", flat=True)[: 400 + LIVE])
    recent = {today, today - timedelta(days=1)}
    live = [*recent, *[day for day in old if day not in recent][:LIVE]]
    with connection.cursor() as cursor:
        names: dict[str, Any] = {"days": live, "zone": current_firm().zone, "targets": [one.pk for one in targets]}
        cursor.execute(_ATTAINED, names)
        rows = {pk: Decimal(value) for pk, value in cursor.fetchall()}
    return rows, max(len([day for day in old if day not in recent]) - LIVE, 0)
