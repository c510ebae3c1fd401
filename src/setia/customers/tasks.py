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
        "customers.keep_name_keys": _("Fold the names by which doubles are found"),
        "customers.keep_name_keys_nightly": _("Fold the names by which doubles are found, every night"),
        "customers.search_doubles": _("Search for doubles among all customers"),
        "customers.merge_doubles": _("Merge the doubles found above a certainty"),
        "customers.remind_requests": _("Remind of requests about personal data"),
        "customers.work_bulk": _("Change many customers"),
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
    actions.read_regions(at=at)
    actions.count_regions(at=at)


@app.task(name="customers.work_bulk", queue="customers")
def work_bulk(run_id: int) -> None:
    """Work off a change of many customers."""
    actions.work_bulk(run_id=run_id)


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


@app.periodic(cron="25 18 * * *")  # 01.25 WIB
@app.task(name="customers.keep_name_keys_nightly", queue="customers", queueing_lock="customers.keep_name_keys_nightly")
def keep_name_keys_nightly(timestamp: int) -> None:
    """Names that changed by another way than a person's edit."""
    actions.keep_name_keys()


@app.task(name="customers.keep_name_keys", queue="customers")
def keep_name_keys() -> None:
    """Customers came in by the file."""
    actions.keep_name_keys()


@app.task(name="customers.search_doubles", queue="customers")
def search_doubles(search_id: int) -> None:
    """Search all customers for doubles."""
    from setia.customers.actions.search_doubles import search_doubles as search

    search(search_id)


@app.task(name="customers.merge_doubles", queue="customers")
def merge_doubles(search_id: int) -> None:
    """Merge all groups above a certainty."""
    actions.merge_doubles(search_id)


@app.periodic(cron="37 19 * * *")
@app.task(name="customers.retain", queue="house", queueing_lock="customers.retain")
def retain(timestamp: int) -> None:
    """Let go of what has been kept long enough, and write the ledger of erased people anew. Nightly."""
    actions.retain(at=datetime.now(UTC))
    actions.write_ledger()


@app.periodic(cron="5 * * * *")
@app.task(name="customers.remind_requests", queue="house", queueing_lock="customers.remind_requests")
def remind_requests(timestamp: int) -> None:
    """Write about requests whose deadline is near, or has passed. Hourly."""
    actions.remind_requests(at=datetime.now(UTC))


@app.periodic(cron="50 18 * * *")
@app.task(name="customers.sweep_files", queue="customers", queueing_lock="customers.sweep_files")
def sweep_files(timestamp: int) -> None:
    """Forget files that were taken away a month ago."""
    from setia.customers import actions

    actions.sweep_files(at=datetime.now(UTC))
