"""Whether the partners' feed can be worked on, and its estimates are of this world."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_opportunity_feed_monthly",
    title="Opportunities of partners, by month",
    description="All partners together, in open months with fifty customers or more.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        count(*) filter (where customer_id is not null) as items,
                        sum(estimated_mrr) filter (where mrr_effect = 'adds') as adds,
                        sum(estimated_mrr) filter (where mrr_effect = 'keeps') as keeps,
                        avg((estimated_mrr is null)::int) filter (where estimate_basis is not null)
                        as without
                    from certified.partner_opportunity_feed_monthly
                    group by month_start
                )

                select
                    strftime(summary.month_start, '%Y-%m') as subject,
                    coalesce(months.items, 0) / summary.customers as items_per_customer,
                    coalesce(months.adds, 0) / nullif(summary.closing_mrr, 0) as added_share,
                    coalesce(months.keeps, 0) / nullif(summary.closing_mrr, 0) as kept_share,
                    months.without as without_estimate_share
                from certified.vendor_summary_monthly as summary
                left join months on summary.month_start = months.month_start
                where summary.customers >= 50 and summary.{OPEN_MONTHS}
            """,
            measures={
                "items_per_customer": "Opportunities for each customer",
                "added_share": "Estimated MRR that could be added, of MRR",
                "kept_share": "Estimated MRR that could be lost, of MRR",
                "without_estimate_share": "Opportunities without an estimate that has a basis",
            },
            if_empty="No open month has fifty customers.",
        ),
        rows_compared("partner_opportunity_feed_monthly"),
    ),
)
