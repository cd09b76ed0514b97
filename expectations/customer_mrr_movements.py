"""Whether the movements of a month are many small events, as they are in life, and explained."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="customer_mrr_movements",
    title="Movements of MRR",
    description=(
        "Open months from the second year on that open with 50 customers or more. A rule that "
        "stops to link what belongs together shows as many movements that cancel each other."
    ),
    frames=(
        Frame(
            sql=f"""
                with books as (
                    select
                        month_start,
                        opening_mrr,
                        lag(customers) over (order by month_start) as opening_customers,
                        row_number() over (order by month_start) as month_number
                    from certified.vendor_summary_monthly
                ),

                movements as (
                    select
                        month_start,
                        count(*) filter (where movement <> 'fx') as movements,
                        max(abs(amount)) filter (where movement not like 'transfer%')
                            as largest,
                        sum(abs(amount)) filter (where movement not in ('fx', 'correction'))
                            as gross,
                        abs(sum(amount) filter (where movement not in ('fx', 'correction')))
                            as net,
                        count(*) filter (where movement <> 'fx' and product_id is null) as unnamed
                    from certified.customer_mrr_movements
                    group by month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    coalesce(movements, 0) as movements,
                    coalesce(movements, 0) / opening_customers as movements_per_customer,
                    largest / opening_mrr as largest_movement_share,
                    (gross - net) / 2 / opening_mrr as cancelling_share,
                    unnamed / nullif(movements, 0) as without_product_share
                from books
                left join movements using (month_start)
                where opening_customers >= 50 and month_number > 12 and {OPEN_MONTHS}
            """,
            measures={
                "movements": "Movements in the month, revaluation left out",
                "movements_per_customer": "Movements for each customer",
                "largest_movement_share": "The largest movement, of opening MRR",
                "cancelling_share": "Gains and losses that cancel within the month, of opening MRR",
                "without_product_share": "Movements without a product, of all movements",
            },
            if_empty="No open month opens with 50 customers, a year of history behind it.",
        ),
        Frame(
            sql=f"""
                with now as (
                    select month_start, count(*) as movements, sum(abs(amount)) as moved
                    from certified.customer_mrr_movements
                    group by month_start
                ),

                said as (
                    select month_start, count(*) as movements, sum(abs(amount)) as moved
                    from before.customer_mrr_movements
                    group by month_start
                )

                select
                    strftime(said.month_start, '%Y-%m') as subject,
                    coalesce(now.movements, 0) / said.movements - 1 as restated_movements_change,
                    coalesce(now.moved, 0) / nullif(said.moved, 0) - 1 as restated_moved_change
                from said
                left join now on said.month_start = now.month_start
                where said.movements >= 20 and said.{OPEN_MONTHS}
            """,
            measures={
                "restated_movements_change": (
                    "Change of a month's number of movements since the last publication"
                ),
                "restated_moved_change": (
                    "Change of the MRR that moved in a month since the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
