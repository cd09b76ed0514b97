"""Whether the calendar of months ends where figures end."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="calendar_months",
    title="Calendar of months",
    description="Metrics are asked for along this calendar: past its end there are no figures.",
    frames=(
        Frame(
            sql="""
                select
                    'the end of the calendar' as subject,
                    date_diff('month', max(calendar.month_start), max(as_of.last_complete_month))
                        as months_behind
                from certified.calendar_months as calendar
                cross join intermediate.int_as_of as as_of
            """,
            measures={"months_behind": "Months from the end to the last complete month"},
            if_empty="The calendar is empty.",
        ),
    ),
)
