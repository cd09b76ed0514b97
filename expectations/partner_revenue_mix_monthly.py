"""Whether recurring and one-off revenue stand in a proportion that the business can have."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_revenue_mix_monthly",
    title="Recurring and one-off revenue of each partner",
    description=(
        "All partners together, in open months. A product that loses its mark as hardware or "
        "service turns one-off revenue into recurring revenue, or the other way round."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        count(*) as partners,
                        sum(recurring_mrr) as recurring,
                        sum(one_off_revenue) as one_off,
                        sum(usage_mrr) as usage,
                        sum(pass_through_revenue) as pass_through
                    from certified.partner_revenue_mix_monthly
                    group by month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    one_off / recurring as one_off_share,
                    usage / recurring as usage_share,
                    pass_through / recurring as pass_through_share
                from months
                where recurring > 0 and partners >= 10 and {OPEN_MONTHS}
            """,
            measures={
                "one_off_share": "One-off revenue, for each unit of MRR",
                "usage_share": "Usage, for each unit of MRR",
                "pass_through_share": "Revenue passed through, for each unit of MRR",
            },
            if_empty="No open month has ten partners with MRR.",
        ),
        rows_compared("partner_revenue_mix_monthly"),
    ),
)
