"""A saved report for a walk along every address: a colleague's own, which nobody else may open or change."""

from datetime import datetime

from setia.accounts.models import User
from setia.reports.models import SavedReport


def kept(maker: User, *, key: int, mark: str, at: datetime) -> None:
    """One of `maker`'s own."""
    SavedReport.objects.create(pk=key, maker=maker, name=f"{mark} report", report="by-person", made_at=at)
