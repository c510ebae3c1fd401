"""Ask for a search for doubles among all customers; the worker runs it (`search_doubles`)."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.models import DoubleSearch

LOST_AFTER = timedelta(hours=6)
"""Longer than any step of a search of a million took between two signs of life, many times over."""


class SearchRunning(Exception):
    """A search is under way. `search` is that one."""

    def __init__(self, search: DoubleSearch) -> None:
        super().__init__(search.pk)
        self.search = search


def give_up_lost(kind: str, *, at: datetime) -> None:
    """A job not heard of for `LOST_AFTER` has failed: it must not stand in a new one's way."""
    lost = DoubleSearch.objects.filter(kind=kind, state__in=["QUEUED", "RUNNING"], beat_at__lt=at - LOST_AFTER)
    lost.update(state=DoubleSearch.State.FAILED, finished_at=at)


def ask_for_search(*, by: User, at: datetime) -> DoubleSearch:
    """Queue a search. Raises `SearchRunning`: one at a time."""
    require(by, "customers.merge")
    try:
        with transaction.atomic():
            give_up_lost("SEARCH", at=at)
            search = DoubleSearch.objects.create(by=by, asked_at=at, beat_at=at)
            audit(by=by, at=at, verb="double.searched", about="double_search", about_id=search.pk)
            app.configure_task("customers.search_doubles").defer(search_id=search.pk)
    except IntegrityError:
        under_way = DoubleSearch.objects.filter(kind="SEARCH", state__in=["QUEUED", "RUNNING"]).first()
        if under_way is None:
            raise
        raise SearchRunning(under_way) from None
    return search
