"""Whether months are closed in time, and stay closed."""

from orchestration.suites import Frame, Suite, rows_lost

SUITE = Suite(
    table="closed_months",
    title="Closed months",
    description="Months that are open can move: the longer they stay open, the more people quote.",
    frames=(
        Frame(
            sql="""
                select
                    'the last complete month' as subject,
                    date_diff('month', max(closed.month_start), max(as_of.last_complete_month))
                        as open_months
                from certified.closed_months as closed
                cross join intermediate.int_as_of as as_of
                having count(closed.month_start) > 0
            """,
            measures={"open_months": "Complete months that are not closed"},
            if_empty="No month was ever closed.",
        ),
        rows_lost(
            "closed_months",
            ("month_start",),
            "reopened_months",
            "Months that were closed and are not any more",
        ),
    ),
)
