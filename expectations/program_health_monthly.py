"""Whether the program owner's figures moved by more than a program can within a month."""

from orchestration.suites import Frame, Suite, rows_compared

SUITE = Suite(
    table="program_health_monthly",
    title="Health of the partner program",
    description=(
        "Shares of twelve months move slowly. One that jumps was reclassified, or lost part of its "
        "data; a table without values answers none of the three questions."
    ),
    frames=(
        Frame(
            sql="""
                with steps as (
                    select
                        *,
                        value - lag(value) over (
                            partition by measure_id order by month_start
                        ) as value_step
                    from certified.program_health_monthly
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    max(abs(value_step)) filter (where question = 'reward') as largest_step_change
                from steps
                group by month_start
            """,
            measures={
                "largest_step_change": "Largest move of what is rewarded or kept, within a month"
            },
            if_empty="No figure of twelve months has a value in two months that follow each other.",
        ),
        Frame(
            sql="""
                select
                    question as subject,
                    avg((value is null)::int) as valueless_share
                from certified.program_health_monthly
                where month_start = (select max(month_start) from certified.program_health_monthly)
                group by question
            """,
            measures={"valueless_share": "Measures of the last month without a value"},
            if_empty="The table is empty.",
        ),
        rows_compared("program_health_monthly"),
    ),
)
