"""The schedules: the main job every morning, and the closing of the month before."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from orchestration.automation import DAILY, MONTH_CLOSE, TIME_ZONE, is_switched_on
from orchestration.errors import PartnerMetricsError
from orchestration.jobs import closing_job, main_job
from orchestration.ledger.closing import require_closable
from orchestration.ledger.closings import read_closings
from orchestration.settings import load_settings


def _status(name: str) -> dg.DefaultScheduleStatus:
    on, off = dg.DefaultScheduleStatus.RUNNING, dg.DefaultScheduleStatus.STOPPED
    return on if is_switched_on(name) else off


daily_schedule = dg.ScheduleDefinition(
    name=DAILY,
    job=main_job,
    cron_schedule="0 6 * * *",
    execution_timezone=TIME_ZONE,
    default_status=_status(DAILY),
    description="Every morning at 6: land, build, test, publish what passed.",
)


@dg.schedule(
    name=MONTH_CLOSE,
    job=closing_job,
    # Ten days, because the month may not be published yet on the first of them.
    cron_schedule="0 9 5-14 * *",
    execution_timezone=TIME_ZONE,
    default_status=_status(MONTH_CLOSE),
    description=(
        "From the 5th on, at 9: closes the month before as it is published, on the first day on "
        "which that is possible. Switch it on only if nobody has to agree first."
    ),
)
def month_close_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Close the month before the scheduled day, or say why not."""
    first_day = context.scheduled_execution_time.replace(day=1)
    month = f"{first_day - timedelta(days=1):%Y-%m}"
    settings = load_settings()
    try:
        if not read_closings(settings):
            return dg.SkipReason(
                "No month is closed yet, and the first closing takes all earlier months along: "
                f"make it yourself, once (make close MONTH={month})."
            )
        require_closable(settings, month)
    except PartnerMetricsError as error:
        return dg.SkipReason(str(error))
    return dg.RunRequest(partition_key=month)
