"""What the worker does for customers: the tree of regions, and what the firm's free texts mean in it."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app


@app.periodic(cron="40 18 * * *")  # 01.40 WIB
@app.task(name="customers.keep_regions_nightly", queue="customers", queueing_lock="customers.keep_regions_nightly")
def keep_regions_nightly(timestamp: int) -> None:
    """What was typed and counted during the day."""
    keep_regions()


@app.task(name="customers.keep_regions", queue="customers")
def keep_regions() -> None:
    """Load the tree where this edition is not in yet, read new free texts, count."""
    from setia.customers import actions

    at = datetime.now(UTC)
    actions.load_regions(at=at)
    actions.read_regions()
    actions.count_regions(at=at)
