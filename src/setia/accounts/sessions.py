"""Sessions as Django keeps them in the database, with the person, the browser and the time in columns of their own.

That makes the list of one's devices a plain query, and “sign out there” the deletion of a row. The session also
remembers when its holder last proved who they are: what is sensitive asks again after a while (`queries.door`).
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"
CONFIRMED_AT = "confirmed_at"
PLACE = "place"
_SEEN_EVERY = timedelta(minutes=10)


class SessionStore(DatabaseStore):
    """The session backend of Setia (`SESSION_ENGINE`)."""

    @classmethod
    def get_model_class(cls) -> Any:
        from setia.accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row: who, where and since when come from what signing in left in the session."""
        now = timezone.now()
        user = data.get(SESSION_KEY)
        if user is not None:
            data.setdefault(SIGNED_IN_AT, int(now.timestamp()))
        row: Any = super().create_model_instance(data)
        if user is not None:
            place = data.get(PLACE) or {}
            row.user_id = int(user)
            row.started_at = datetime.fromtimestamp(data[SIGNED_IN_AT], tz=now.tzinfo)
            row.seen_at = now
            row.agent = str(place.get("agent", ""))[:300]
            row.place = place.get("mark", "")
        return row

    def load(self) -> dict[str, Any]:
        """The session's data; notes, every ten minutes at most, that somebody is there."""
        row = self._get_session_from_db()  # type: ignore[attr-defined]  # the library's own, missing in its types
        if not row:
            return {}
        now = timezone.now()
        if row.user_id and (row.seen_at is None or now - row.seen_at > _SEEN_EVERY):
            type(row).objects.filter(pk=row.pk).update(seen_at=now)
        return dict(self.decode(row.session_data))
