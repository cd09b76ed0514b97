"""Whether cohorts age as cohorts do."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="landing_cohorts_monthly",
    title="Customers by the month in which they landed",
    description=(
        "Cohorts of the whole channel with 20 customers or more. A heat map is read down its "
        "columns: one cohort far outside the others is usually a migration, not a behaviour."
    ),
    frames=(
        Frame(
            sql=f"""
                select
                    strftime(landing_month, '%Y-%m') || ' after ' || months_since_landing
                    || ' months' as subject,
                    logo_retention,
                    mrr_retention,
                    mrr_retention - lag(mrr_retention) over (
                        partition by landing_month order by months_since_landing
                    ) as mrr_retention_change
                from certified.landing_cohorts_monthly
                where level = 'vendor' and landed_customers >= 20 and {OPEN_MONTHS}
            """,
            measures={
                "logo_retention": "Customers that are still there, of those that landed",
                "mrr_retention": "MRR now, of the MRR that they landed with",
                "mrr_retention_change": "Change of the MRR kept, within one month",
            },
            if_empty="No cohort of the channel has 20 customers in an open month.",
        ),
        rows_compared("landing_cohorts_monthly"),
    ),
)
