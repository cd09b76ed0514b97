"""Whether it is known of customers what they use, and whether that can be of what they bought."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="customer_usage_monthly",
    title="What customers use of what they bought",
    description="All customers with MRR at the end of a month, in open months.",
    frames=(
        Frame(
            sql=f"""
                with paying as (
                    select month_start, count(distinct customer_id) as customers
                    from certified.customer_mrr_monthly
                    group by month_start
                ),

                used as (
                    select
                        month_start,
                        count(distinct customer_id) as customers,
                        count(*) filter (where seats_used > seats_bought) / count(*)
                            as overused_share
                    from certified.customer_usage_monthly
                    group by month_start
                ),

                compared as (
                    select
                        used.month_start,
                        used.overused_share,
                        used.customers / paying.customers as known_share,
                        paying.customers as paying_customers,
                        lag(used.customers / paying.customers) over (order by used.month_start)
                            as known_before
                    from used
                    inner join paying on used.month_start = paying.month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    overused_share,
                    known_share - known_before as known_change
                from compared
                where paying_customers >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "overused_share": "Customers and products with more seats used than bought",
                "known_change": "Change in a month of the share of customers whose use is known",
            },
            if_empty="No open month has fifty paying customers whose use is known.",
        ),
        rows_compared("customer_usage_monthly"),
    ),
)
