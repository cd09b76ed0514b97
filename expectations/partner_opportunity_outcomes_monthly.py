"""Whether the feed is answered as feeds are."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_opportunity_outcomes_monthly",
    title="How partners answer their feed, by month",
    description="All partners together, in open months.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(judged_opportunities) as judged,
                        sum(accepted_opportunities) as accepted,
                        sum(feed_decided_upsells) as feed_decided,
                        sum(other_decided_upsells) as other_decided
                    from certified.partner_opportunity_outcomes_monthly
                    group by month_start
                ),

                compared as (
                    select
                        *,
                        accepted / nullif(judged, 0) as rate,
                        lag(accepted / nullif(judged, 0)) over (order by month_start) as rate_before
                    from months
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    case when judged >= 100 then rate end as acceptance_rate,
                    case when judged >= 100 then rate - rate_before end as acceptance_rate_change,
                    case
                        when feed_decided + other_decided >= 50
                            then feed_decided / (feed_decided + other_decided)
                    end as feed_deals_share
                from compared
                where {OPEN_MONTHS}
            """,
            measures={
                "acceptance_rate": "Opportunities taken up in time, of those judged",
                "acceptance_rate_change": "Change of that rate in a month",
                "feed_deals_share": "Upsell deals that answer the feed, of all decided",
            },
            if_empty="No month is open.",
        ),
        rows_compared("partner_opportunity_outcomes_monthly"),
    ),
)
