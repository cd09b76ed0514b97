"""Whether the calendar of days ends where figures end."""

from orchestration.suites import Suite, months_behind

SUITE = Suite(
    table="calendar_days",
    title="Calendar of days",
    description="Metrics are asked for along this calendar: past its end there are no figures.",
    frames=(months_behind("calendar_days"),),
)
