"""The CDNOW purchases, taken in as a firm would, give the published BG/NBD of the literature.

Source of the figures: Fader, Hardie & Lee (2005) and their public copy of the data; the full set of 23,570 customers as
measured with the library `lifetimes`. In it an order of nothing counts as a purchase, so the firm's rule says so here.
The models of a firm count days; the published ones weeks, which changes alpha
by seven and the likelihood by a constant.
"""

import math
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from setia.core.queries import firm
from setia.intake.actions import execute, start_draft
from setia.intake.models import Run
from setia.portraits.actions import refresh
from setia.portraits.models import Portrait

DATASETS = os.environ.get("SETIA_DATASETS")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATASETS, reason="SETIA_DATASETS does not say where the real data sets are"),
]

PUBLISHED = {
    date(1998, 6, 30): ({"r": 0.2671, "alpha": 5.9865, "a": 0.4835, "b": 2.1116}, -173_425.92),
    date(1997, 9, 30): ({"r": 0.2516, "alpha": 4.7889, "a": 0.7234, "b": 2.1611}, -95_368.44),
}


@pytest.mark.django_db(transaction=True)
def test_cdnow_taken_in_gives_the_published_parameters() -> None:
    at = datetime.now(UTC)
    path = Path(str(DATASETS)) / "cdnow" / "CDNOW_master.txt"
    run = start_draft(by=None, at=at, what="ORDERS", file_name=path.name, upload=path)
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, beat_at=at)
    run = execute(run.pk)
    assert (run.state, run.rows, run.accepted, run.rejected) == ("DONE", 69_659, 69_659, 0)
    ours = firm()
    ours.rules = {"free_is_purchase": True}
    ours.save(update_fields=["rules"])
    for as_of, (parameters, log_likelihood) in PUBLISHED.items():
        fitted = refresh(by=None, at=at, as_of=as_of).models_json["repeat_bg"]
        weekly = {**fitted["parameters"], "alpha": fitted["parameters"]["alpha"] / 7}
        assert {name: round(value, 4) for name, value in weekly.items()} == pytest.approx(parameters, abs=1e-4)
        repeats = int(sum(days - 1 for days in Portrait.objects.values_list("purchase_days", flat=True) if days > 1))
        assert round(fitted["log_likelihood"] + repeats * math.log(7), 2) == pytest.approx(log_likelihood, abs=0.01)
        assert fitted["customers"] == 23_570
