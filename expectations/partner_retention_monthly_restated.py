"""Whether retention as known today is near what was certified."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="partner_retention_monthly_restated",
    title="Retention of each partner, as known today",
    description=(
        "Closed months keep the NRR that was certified; this is the distance to what is known "
        "today, for cohorts of 20 customers or more."
    ),
    frames=(
        Frame(
            sql="""
                select
                    partner_id || ', ' || window_months || ' months to '
                    || strftime(month_start, '%Y-%m') as subject,
                    nrr - certified_nrr as nrr_restatement_change
                from certified.partner_retention_monthly_restated
                where
                    cohort_customers >= 20
                    and month_start <= (select max(month_start) from certified.closed_months)
            """,
            measures={"nrr_restatement_change": "NRR as known today, above the certified NRR"},
            if_empty="No closed month has a cohort of 20 customers.",
        ),
    ),
)
