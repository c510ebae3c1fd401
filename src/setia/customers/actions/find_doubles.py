"""Ask for a search for doubles among all customers; the worker runs it (`search_doubles`)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.models import DoubleSearch


class SearchRunning(Exception):
    """A search is under way. `search` is that one."""

    def __init__(self, search: DoubleSearch) -> None:
        super().__init__(search.pk)
        self.search = search


def ask_for_search(*, by: User, at: datetime) -> DoubleSearch:
    """Queue a search. Raises `SearchRunning`: one at a time."""
    require(by, "customers.merge")
    try:
        with transaction.atomic():
            search = DoubleSearch.objects.create(by=by, asked_at=at, beat_at=at)
            audit(by=by, at=at, verb="double.searched", about="double_search", about_id=search.pk)
            app.configure_task("customers.search_doubles").defer(search_id=search.pk)
    except IntegrityError:
        under_way = DoubleSearch.objects.filter(kind="SEARCH", state__in=["QUEUED", "RUNNING"]).first()
        if under_way is None:
            raise
        raise SearchRunning(under_way) from None
    return search
