"""Work the forecast out anew, pipeline by pipeline."""

from datetime import datetime

from setia.core.queries import today
from setia.sales.analysis import estimate
from setia.sales.models import Forecast
from setia.sales.queries import ends_of_months, history_of, pipelines


def work_out_forecast(*, at: datetime) -> None:
    """Estimate each pipeline in use from its history; nobody's doing, and so without a line in the trail."""
    months = ends_of_months(today(at=at))
    for pipeline in pipelines():
        found = estimate(history_of(pipeline, at=at), months)
        Forecast.objects.update_or_create(pipeline=pipeline, defaults={"at": at, **found._asdict()})
