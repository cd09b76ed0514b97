"""Whether months are closed in time, and stay closed."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

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
        Frame(
            sql="""
                select
                    'the last publication' as subject,
                    count(*) filter (where now.month_start is null) as reopened_months
                from before.closed_months as said
                left join certified.closed_months as now on said.month_start = now.month_start
                having count(*) > 0
            """,
            measures={"reopened_months": "Months that were closed and are not any more"},
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
