"""Whether segments, regions, tiers and products keep customers at rates that can be."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="retention_by_level_monthly",
    title="Retention by segment, region, tier and product",
    description="Cohorts of 50 customers or more, in open months.",
    frames=(
        Frame(
            sql=f"""
                select
                    level || ' ' || coalesce(level_value, 'none') || ', ' || window_months
                    || ' months to ' || strftime(month_start, '%Y-%m') as subject,
                    nrr,
                    grr,
                    logo_retention
                from certified.retention_by_level_monthly
                where cohort_customers >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "nrr": "NRR",
                "grr": "GRR",
                "logo_retention": "Customers kept",
            },
            if_empty="No open month has a cohort of 50 customers.",
        ),
        Frame(
            sql="""
                with now as (
                    select level, count(distinct level_value) as level_values
                    from certified.retention_by_level_monthly
                    group by level
                ),

                said as (
                    select level, count(distinct level_value) as level_values
                    from before.retention_by_level_monthly
                    group by level
                )

                select
                    said.level as subject,
                    coalesce(now.level_values, 0) / said.level_values - 1 as level_values_change
                from said
                left join now on said.level = now.level
            """,
            measures={
                "level_values_change": (
                    "Change of how many segments, regions, tiers or products there are"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
