"""The pictures as they were counted by the latest refresh, and whether they still hold."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from setia.core.models import Event
from setia.core.permissions import Actor, require
from setia.core.queries import firm
from setia.portraits.models import Picture, Refresh

Rows = list[dict[str, Any]]

QUICK_SECONDS = 10
_CHANGES = Q(name__in=["import.done", "import.undone", "order.changed", "base.changed", "firm.changed"])
_CHANGES |= Q(name__in=["customer.overruled", "customer.overruling_ended", "customer.restated"])
_CHANGES |= Q(name__in=["customer.linked", "customer.unlinked"])


@dataclass(frozen=True)
class Figures:
    """Pictures by name, the day they are as of and the moment they were computed. Falsy before the first refresh."""

    rows: dict[str, Rows]
    as_of: date | None = None
    computed_at: datetime | None = None

    def __bool__(self) -> bool:
        return self.as_of is not None

    def __getitem__(self, name: str) -> Rows:
        return self.rows.get(name, [])


def figures(*names: str) -> Figures:
    """Some pictures, read at once so that they belong together."""
    found = list(Picture.objects.filter(name__in=names))
    if not found:
        return Figures({})
    return Figures({each.name: each.rows for each in found}, found[0].as_of_date, found[0].computed_at)


def figures_for(user: Actor, *names: str) -> Figures:
    """Some pictures for somebody who may see them. Raises `PermissionDenied`."""
    require(user, "portraits.view")
    return figures(*names)


def latest_refresh() -> Refresh | None:
    """The refresh the portraits in place come from; None before the first."""
    return Refresh.objects.order_by("-id").first()


def follows_at_once() -> bool:
    """Whether the latest refresh was so quick (or none has been) that every order may be followed by another."""
    latest = latest_refresh()
    return latest is None or (latest.seconds or 0) < QUICK_SECONDS


def is_stale(*, at: datetime) -> bool:
    """Whether orders, customers' days or rules have changed since the latest refresh, or a day has passed live."""
    latest = latest_refresh()
    if latest is None:
        return True
    own = firm()
    if own.feed_live and latest.as_of_date != own.day_of(at):
        return True
    return Event.objects.filter(_CHANGES, id__gt=latest.event_id).exists()


def why_absent(refresh: Refresh | None, model: str = "repeat") -> str:
    """Why there is no forecast, in words; '' where there is one. `model` is `repeat` or `value`."""
    kept = (refresh.models_json if refresh else {}).get(model)
    if kept is None:
        return _("Nothing has been computed yet.")
    match kept.get("absent"):
        case "HISTORY":
            return _("Orders of at least %(needs)s days are needed for a forecast; there are %(has)s.") % {
                "needs": kept["needs"]["days"],
                "has": kept["has"]["days"],
            }
        case "TOO_FEW":
            return _("A forecast needs at least %(needs)s customers who bought again; there are %(has)s.") % {
                "needs": kept["needs"]["repeat_customers"],
                "has": kept["has"].get("repeat_customers", 0),
            }
        case "NO_FIT":
            return _("The orders follow no pattern a forecast could be made from.")
    return ""
