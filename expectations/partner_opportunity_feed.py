"""Whether everybody has something to do, and no single estimate drowns the others."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="partner_opportunity_feed",
    title="Opportunities of partners, now",
    description="The feed of the last month, as partners read it.",
    frames=(
        Frame(
            sql="""
                with served as (
                    select count(distinct partner_id) as partners
                    from certified.partner_mrr_monthly
                    where
                        closing_mrr > 0
                        and month_start
                        = (select max(month_start) from certified.partner_mrr_monthly)
                )

                select
                    'the feed of the last month' as subject,
                    count(distinct feed.partner_id) filter (where feed.customer_id is not null)
                    / nullif(max(served.partners), 0) as served_partners_share,
                    max(feed.estimated_mrr) / nullif(sum(feed.estimated_mrr), 0)
                    as largest_estimate_share
                from certified.partner_opportunity_feed as feed
                cross join served
                having max(served.partners) >= 10
            """,
            measures={
                "served_partners_share": "Partners with MRR that have an opportunity at a customer",
                "largest_estimate_share": "Largest estimate, of all estimated MRR",
            },
            if_empty="Fewer than ten partners have MRR.",
        ),
    ),
)
