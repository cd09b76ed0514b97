"""Whether forward MRR is MRR with known changes, and not a forecast of its own."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_forward_mrr_monthly",
    title="Forward MRR of each partner",
    description=(
        "All partners together, by horizon, in open months from the second year on. Only what is "
        "signed, scheduled or cancelled already moves forward MRR away from MRR, so it stays near."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        horizon_months,
                        month_start,
                        count(*) as partners,
                        sum(closing_mrr) as closing_mrr,
                        sum(forward_mrr) as forward_mrr,
                        sum(scheduled_churn_mrr) as scheduled_churn_mrr,
                        sum(signed_not_live_mrr) as signed_not_live_mrr,
                        row_number() over (partition by horizon_months order by month_start)
                            as month_number
                    from certified.partner_forward_mrr_monthly
                    group by horizon_months, month_start
                )

                select
                    horizon_months || ' months from ' || strftime(month_start, '%Y-%m') as subject,
                    forward_mrr / closing_mrr - 1 as forward_change,
                    scheduled_churn_mrr / closing_mrr as scheduled_churn_share,
                    signed_not_live_mrr / closing_mrr as signed_not_live_share
                from months
                where
                    closing_mrr > 0 and partners >= 10 and month_number > 12 and {OPEN_MONTHS}
            """,
            measures={
                "forward_change": "Forward MRR, above MRR",
                "scheduled_churn_share": "MRR that is set to end, of MRR",
                "signed_not_live_share": "MRR that is signed and not live, of MRR",
            },
            if_empty="No open month has ten partners with MRR and a year of history behind it.",
        ),
        rows_compared("partner_forward_mrr_monthly"),
    ),
)
