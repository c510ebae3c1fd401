"""The ideal customer: set its traits, and work out how well prospects fit."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import line
from setia.sales.models import FitTrait
from setia.sales.queries.fit import SCORE

_CHUNK = 20_000
_WRITE = """
UPDATE sales_prospect p SET fit = s.fit FROM ({score}) s (id, fit)
WHERE p.id = s.id AND p.fit IS DISTINCT FROM s.fit
"""


def set_trait(*, by: User, at: datetime, what: str, value: str, weight: int) -> FitTrait:
    """Add a trait to the ideal customer, or change how much it weighs; all prospects are counted anew."""
    require(by, "sales.share")
    with transaction.atomic():
        made, _new = FitTrait.objects.update_or_create(
            what=FitTrait.What(what), value=line(value)[:100], defaults={"weight": weight, "changed_at": at}
        )
        _told("set", by=by, at=at, trait=made)
    return made


def remove_trait(*, by: User, at: datetime, trait: FitTrait) -> None:
    """Take a trait off the ideal customer."""
    require(by, "sales.share")
    with transaction.atomic():
        _told("removed", by=by, at=at, trait=trait)
        trait.delete()


def work_out_fit(*, customer_ids: Collection[int]) -> None:
    """Count how well these customers' prospects fit. One statement; without traits nobody has a score."""
    where = "p.customer_id = ANY(%(customers)s)"
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(score=SCORE.format(where=where)), {"customers": list(customer_ids)})


def work_out_all_fits() -> None:
    """The same for all who are open, a chunk at a time."""
    where, after = "p.id > %(after)s AND p.id <= %(until)s AND p.closed_at IS NULL", 0
    with connection.cursor() as cursor:
        if not FitTrait.objects.exists():
            cursor.execute("UPDATE sales_prospect SET fit = NULL WHERE fit IS NOT NULL")
            return
        cursor.execute("SELECT coalesce(max(id), 0) FROM sales_prospect")
        latest = cursor.fetchone()[0]
        while after < latest:
            names = {"after": after, "until": after + _CHUNK}
            cursor.execute(_WRITE.format(score=SCORE.format(where=where)), names)
            after += _CHUNK


def _told(verb: str, *, by: User, at: datetime, trait: FitTrait) -> None:
    data = {"what": trait.what, "value": trait.value, "weight": trait.weight}
    audit(by=by, at=at, verb=f"fit_trait.{verb}", about="fit_trait", about_id=trait.pk, data=data)
    try:
        with transaction.atomic():
            app.configure_task("sales.work_out_fits", queueing_lock="sales.work_out_fits").defer()
    except AlreadyEnqueued:
        return
