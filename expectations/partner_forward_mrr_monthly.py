"""Whether forward MRR is MRR with known changes, and not a forecast of its own."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_forward_mrr_monthly",
    title="Forward MRR of each partner",
    description=(
        "All partners together, by horizon, in open months. Only what is signed, scheduled or "
        "cancelled already moves forward MRR away from MRR, so it stays near."
    ),
    frames=(
        Frame(
            sql=f"""
                select
                    horizon_months || ' months from ' || strftime(month_start, '%Y-%m') as subject,
                    sum(forward_mrr) / sum(closing_mrr) - 1 as forward_change,
                    sum(scheduled_churn_mrr) / sum(closing_mrr) as scheduled_churn_share,
                    sum(signed_not_live_mrr) / sum(closing_mrr) as signed_not_live_share
                from certified.partner_forward_mrr_monthly
                where {OPEN_MONTHS}
                group by horizon_months, month_start
                having sum(closing_mrr) > 0 and count(*) >= 10
            """,
            measures={
                "forward_change": "Forward MRR, above MRR",
                "scheduled_churn_share": "MRR that is set to end, of MRR",
                "signed_not_live_share": "MRR that is signed and not live, of MRR",
            },
            if_empty="No open month has ten partners with MRR.",
        ),
        rows_compared("partner_forward_mrr_monthly"),
    ),
)
