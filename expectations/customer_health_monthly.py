"""Whether scores stand on enough, and do not all move at once."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="customer_health_monthly",
    title="Health of customers",
    description="All customers together, in open months.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        avg(coverage) as coverage_share,
                        avg(health_score) as score
                    from certified.customer_health_monthly
                    group by month_start
                    having count(*) >= 50
                ),

                compared as (
                    select *, lag(score) over (order by month_start) as score_before
                    from months
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    coverage_share,
                    score - score_before as score_moved
                from compared
                where {OPEN_MONTHS}
            """,
            measures={
                "coverage_share": "Weights whose components are known, for the mean customer",
                "score_moved": "Points by which the mean score moved in a month",
            },
            if_empty="No open month has fifty customers.",
        ),
        rows_compared("customer_health_monthly"),
    ),
)
