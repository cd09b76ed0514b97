"""Whether what was billed stands in a proportion to MRR that a business can have."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="partner_billed_revenue_monthly",
    title="What was billed through each partner",
    description=(
        "All partners together, in open months. Yearly terms bill once, so a single month swings; "
        "over a year what recurs and is billed cannot be far from MRR."
    ),
    frames=(
        Frame(
            sql=f"""
                with billed as (
                    select
                        month_start,
                        sum(billed_revenue) as billed,
                        sum(billed_revenue) filter (where revenue_kind = 'recurring') as recurring,
                        sum(billed_revenue) filter (where revenue_kind = 'other') as other,
                        sum(billed_revenue) filter (where product_id = 'none') as nameless
                    from certified.partner_billed_revenue_monthly
                    group by month_start
                ),

                years as (
                    select
                        summary.month_start,
                        summary.customers,
                        billed.billed,
                        billed.other,
                        billed.nameless,
                        sum(billed.recurring) over last_year as recurring_of_a_year,
                        sum(summary.closing_mrr) over last_year as mrr_of_a_year,
                        count(*) over last_year as months
                    from certified.vendor_summary_monthly as summary
                    left join billed on summary.month_start = billed.month_start
                    window last_year as (
                        order by summary.month_start rows between 11 preceding and current row
                    )
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    recurring_of_a_year / nullif(mrr_of_a_year, 0) as billed_for_each_mrr,
                    coalesce(other, 0) / nullif(billed, 0) as other_share,
                    coalesce(nameless, 0) / nullif(billed, 0) as nameless_share
                from years
                where months = 12 and customers >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "billed_for_each_mrr": "Recurring revenue billed in twelve months, over their MRR",
                "other_share": "Billed for something of no known kind, of all that was billed",
                "nameless_share": "Billed on lines without a product, of all that was billed",
            },
            if_empty="No open month has a year behind it and fifty customers.",
        ),
        Frame(
            sql=f"""
                with now as (
                    select month_start, sum(billed_revenue) as billed
                    from certified.partner_billed_revenue_monthly
                    group by month_start
                ),

                said as (
                    select month_start, sum(billed_revenue) as billed
                    from before.partner_billed_revenue_monthly
                    group by month_start
                )

                select
                    strftime(now.month_start, '%Y-%m') as subject,
                    (now.billed - said.billed) / nullif(said.billed, 0) as restated_billed_share
                from now
                inner join said on now.month_start = said.month_start
                where now.{OPEN_MONTHS} and now.month_start < (select max(month_start) from said)
            """,
            measures={
                "restated_billed_share": "Change of what was billed since the last publication",
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
