"""Keep what is foretold of the month that begins, for the report that lays it beside what came."""

from datetime import datetime
from decimal import Decimal

from setia.core.queries import current_firm
from setia.reports.models import KeptForecast
from setia.sales.queries import forecast_page, pipelines


def keep_forecast(*, at: datetime) -> int:
    """Keep each pipeline's forecast of the present month, unless one is kept already. Answers how many were.

    It runs every night, so the first night of a month is the one that counts; what is kept later in a month, in a firm
    that has just begun, says so by its moment.
    """
    today = current_firm().day_of(at)
    month = today.replace(day=1)
    there = set(KeptForecast.objects.filter(month=month).values_list("pipeline", flat=True))
    new = []
    for pipeline in pipelines():
        if pipeline.pk in there:
            continue
        said = forecast_page(pipeline, today=today).months[0]
        expected, low, high = (
            None if one is None else Decimal(str(one)).quantize(Decimal("0.0001"))
            for one in (said.expected, said.low, said.high)
        )
        new.append(
            KeptForecast(
                pipeline=pipeline,
                month=month,
                taken_at=at,
                by_stage=said.by_stage,
                expected=expected,
                low=low,
                high=high,
            )
        )
    return len(KeptForecast.objects.bulk_create(new, ignore_conflicts=True))
