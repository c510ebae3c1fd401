"""Saved reports: which a person may open, and which go to them by e-mail. `get_saved_for` is the only gate to one."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from setia.accounts.models import Team, User
from setia.core.permissions import may
from setia.reports.models import Mailing, SavedReport
from setia.reports.queries.live import live_reports_for


@dataclass(frozen=True)
class Kept:
    """A saved report as a list shows it; `every` is how often it goes to the reader, '' for never."""

    saved: SavedReport
    title: str
    mine: bool
    every: str
    problem: str


def saved_reports_for(user: User) -> "QuerySet[SavedReport]":
    """The saved reports this person may open: their own, their teams', everybody's."""
    if not may(user, "reports.view"):
        return SavedReport.objects.none()
    teams = Team.objects.filter(members=user.pk).values("pk")
    rows = SavedReport.objects.filter(Q(maker=user.pk) | Q(for_all=True) | Q(team__in=teams), deleted_at=None)
    return rows.order_by("name", "id")


def kept_for(user: User) -> list[Kept]:
    """Those of reports this person may see, by name, with how they go to them. Two queries."""
    titles = {one.name: str(one.title) for one in live_reports_for(user)}
    mailings = {one.saved_id: one for one in Mailing.objects.filter(user=user.pk)}
    found = []
    for one in saved_reports_for(user).select_related("maker", "team"):
        if one.report in titles:
            sent = mailings.get(one.pk)
            mine = one.maker_id == user.pk
            found.append(Kept(one, titles[one.report], mine, sent.every if sent else "", sent.problem if sent else ""))
    return found


def sees_saved(user: User, saved: SavedReport) -> bool:
    """Whether this person may open a saved report."""
    return saved_reports_for(user).filter(pk=saved.pk).exists()


def may_change_saved(user: User, saved: SavedReport) -> bool:
    """Whether this person may delete a saved report: their own, or one of everybody's if they may share."""
    if not may(user, "reports.view"):
        return False
    return saved.maker_id == user.pk or (saved.for_all and may(user, "reports.share"))


def get_saved_for(user: User, pk: int, *, to_change: bool = False, gone_too: bool = False) -> SavedReport:
    """One saved report, to open or `to_change`; `gone_too` finds a deleted one. Raises `Http404`."""
    rows = SavedReport.objects.filter(pk=pk).select_related("team")
    found = (rows if gone_too else rows.filter(deleted_at=None)).first()
    allowed = found is not None and (may_change_saved(user, found) if to_change else sees_saved(user, found))
    if found is None or not allowed:
        raise Http404
    return found


def teams_of(user: User) -> list[Team]:
    """The teams this person may share a report with: those they are in."""
    return list(Team.objects.filter(members=user.pk).order_by("name")) if may(user, "reports.share") else []
