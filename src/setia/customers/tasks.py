"""What the worker does for customers: the tree of regions, what free texts mean in it, the firm's own fields.

A job is queued in the transaction that asks for it.
"""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core.words import name_jobs
from setia.customers import actions

name_jobs(
    {
        "customers.index_field": _("Make a field quick to find by"),
        "customers.drop_index": _("Forget how to find by a field"),
        "customers.remove_field": _("Remove a deleted field's values"),
    }
)


@app.periodic(cron="40 18 * * *")  # 01.40 WIB
@app.task(name="customers.keep_regions_nightly", queue="customers", queueing_lock="customers.keep_regions_nightly")
def keep_regions_nightly(timestamp: int) -> None:
    """What was typed and counted during the day."""
    keep_regions()


@app.task(name="customers.keep_regions", queue="customers")
def keep_regions() -> None:
    """Load the tree where this edition is not in yet, read new free texts, count."""
    at = datetime.now(UTC)
    actions.load_regions(at=at)
    actions.read_regions()
    actions.count_regions(at=at)


@app.task(name="customers.index_field", queue="house")
def index_field(field_id: int) -> None:
    """Make a field's index."""
    actions.index_field(field_id=field_id)


@app.task(name="customers.drop_index", queue="house")
def drop_index(field_id: int) -> None:
    """Remove a field's index."""
    actions.drop_index(field_id=field_id)


@app.task(name="customers.remove_field", queue="house")
def remove_field(field_id: int) -> None:
    """Remove a deleted field and its values."""
    actions.remove_field(field_id=field_id)
