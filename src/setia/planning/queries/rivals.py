"""Other brands, by name."""

from django.db.models import QuerySet

from setia.core.permissions import Actor, may
from setia.planning.models import Rival


def rivals_for(user: Actor) -> "QuerySet[Rival]":
    """The brands that are still met, for whoever may see know-how or sell."""
    if not (may(user, "planning.view") or may(user, "sales.view")):
        return Rival.objects.none()
    return Rival.objects.filter(archived_at=None).order_by("name")
