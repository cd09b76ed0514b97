"""Whether the calendar of months ends where figures end."""

from orchestration.suites import Suite, months_behind

SUITE = Suite(
    table="calendar_months",
    title="Calendar of months",
    description="Metrics are asked for along this calendar: past its end there are no figures.",
    frames=(months_behind("calendar_months"),),
)
