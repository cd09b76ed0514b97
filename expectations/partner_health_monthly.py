"""Whether the money at risk is that of a book of customers that one could have."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_health_monthly",
    title="Health of partners' customers",
    description="All partners together, in open months.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(customers) as customers,
                        sum(mrr) as mrr,
                        sum(scored_mrr) as scored,
                        sum(mrr_at_churn_risk) as at_churn_risk,
                        sum(expected_lost_mrr) as expected_lost
                    from certified.partner_health_monthly
                    group by month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    scored / nullif(mrr, 0) as scored_share,
                    at_churn_risk / nullif(mrr, 0) as at_churn_risk_share,
                    expected_lost / nullif(mrr, 0) as expected_loss_share
                from months
                where customers >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "scored_share": "MRR of customers with a score, of all MRR",
                "at_churn_risk_share": "MRR at churn risk, of all MRR",
                "expected_loss_share": "MRR expected to be lost within six months, of all MRR",
            },
            if_empty="No open month has fifty customers.",
        ),
        rows_compared("partner_health_monthly"),
    ),
)
