"""The secret address of a person's calendar: made, made anew, taken away."""

from datetime import datetime, timedelta

from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.sales.models import CalendarFeed
from setia.sales.secret_address import fresh_token, hash_token


def make_feed(*, by: User, at: datetime) -> str:
    """A new secret for one's own calendar; the one before it works no more. It is answered once and not kept."""
    require(by, "sales.view")
    token = fresh_token()
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(
            user=by, defaults={"token_hash": hash_token(token), "made_at": at, "read_at": None}
        )
        audit(by=by, at=at, verb="calendar_feed.made", about="calendar_feed", about_id=None, data={})
    return token


def drop_feed(*, by: User, at: datetime) -> None:
    """Nobody reads one's calendar from outside any more."""
    with transaction.atomic():
        gone, _of = CalendarFeed.objects.filter(user=by).delete()
        if gone:
            audit(by=by, at=at, verb="calendar_feed.dropped", about="calendar_feed", about_id=None, data={})


def note_reading(*, feed: CalendarFeed, at: datetime) -> None:
    """A program read it: kept to the hour, so that a busy program writes nothing."""
    if feed.read_at is None or at - feed.read_at >= timedelta(hours=1):
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)
