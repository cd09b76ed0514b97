"""Whether customers grow after they land as customers do."""

from orchestration.suites import Frame, Suite, rows_compared

SUITE = Suite(
    table="land_and_expand_cohorts",
    title="Land and expand",
    description="Cohorts of the whole channel with 20 customers or more.",
    frames=(
        Frame(
            sql="""
                select
                    'landed in ' || strftime(landing_month, '%Y-%m') as subject,
                    expansion_multiple,
                    expanded_customers / landed_customers as expanded_share,
                    current_customers / landed_customers as staying_share
                from certified.land_and_expand_cohorts
                where level = 'vendor' and landed_customers >= 20
            """,
            measures={
                "expansion_multiple": "MRR now, as a multiple of the MRR that they landed with",
                "expanded_share": "Customers that have expanded, of those that landed",
                "staying_share": "Customers that are still there, of those that landed",
            },
            if_empty="No cohort of the channel has 20 customers.",
        ),
        rows_compared("land_and_expand_cohorts"),
    ),
)
