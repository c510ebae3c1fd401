"""What was sent by a form and never became anybody's goes after a time."""

from datetime import datetime

from django.db.models import QuerySet


def due(before: datetime) -> int:
    """How many are older than a moment."""
    return _old(before).count()


def go(before: datetime) -> int:
    """Let them go; answers how many went."""
    return int(_old(before).delete()[0])


def _old(before: datetime) -> QuerySet:  # type: ignore[type-arg]
    from setia.sales.models import Submission

    return Submission.objects.filter(customer=None, at__lt=before)
