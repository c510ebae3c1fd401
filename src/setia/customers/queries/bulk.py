"""Changes of many customers: how far they are, and what was left out."""

from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may
from setia.customers.models import BulkRow, BulkRun, Customer
from setia.customers.queries.gate import customers_for

SHOWN = 100
"""Customers left out that a page names."""


class Progress(NamedTuple):
    """How many of a run's customers wait, changed, were so already, were left out; the share that is through."""

    waiting: int
    changed: int
    same: int
    skipped: int

    @property
    def share(self) -> float:
        whole = sum(self)
        return 1 - self.waiting / whole if whole else 1.0


def bulk_runs_for(user: Actor) -> QuerySet[BulkRun]:
    """The runs this person asked for, the latest first; nobody else's."""
    if not may(user, "customers.view"):
        return BulkRun.objects.none()
    return BulkRun.objects.filter(by=getattr(user, "pk", None)).order_by("-id")


def get_bulk_for(user: Actor, pk: int) -> BulkRun:
    """A run this person asked for. Raises `Http404`."""
    run = bulk_runs_for(user).filter(pk=pk).select_related("undoes", "undone_by").first()
    if run is None:
        raise Http404
    return run


def progress_of(run: BulkRun) -> Progress:
    """How far a run is. It reads the run's rows, of which there are at most a hundred thousand."""
    found = dict(run.rows.order_by().values_list("state").annotate(n=Count("id")))
    states = BulkRow.State
    return Progress(*(found.get(one.value, 0) for one in (states.WAITING, states.CHANGED, states.SAME, states.SKIPPED)))


def left_out(user: Actor, run: BulkRun) -> list[tuple[Customer | None, str]]:
    """The first of those left out, with the reason; None for one this person may not see."""
    rows = list(run.rows.filter(state=BulkRow.State.SKIPPED).order_by("id")[:SHOWN])
    seen = {one.pk: one for one in customers_for(user).filter(pk__in=[row.customer_id for row in rows])}
    return [(seen.get(row.customer_id), str(row.get_reason_display())) for row in rows]
