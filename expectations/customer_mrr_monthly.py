"""Whether customers hold what customers hold, and are valued at exchange rates that can be."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

# Sums this small are not judged: cents that were rounded would look like moving rates.
RATES = """
    select currency, month_start, sum(mrr) / sum(native_mrr) as rate
    from {schema}.customer_mrr_monthly
    where currency <> reporting_currency
    group by currency, month_start
    having sum(native_mrr) >= 1000
"""

SUITE = Suite(
    table="customer_mrr_monthly",
    title="MRR of each customer and product, by month",
    description=(
        "How MRR spreads over customers and products in open months with 50 customers or more, and "
        "the exchange rates that stand behind the amounts in reporting currency."
    ),
    frames=(
        Frame(
            sql=f"""
                with customers as (
                    select month_start, customer_id, sum(mrr) as mrr,
                        count(distinct product_id) as products
                    from certified.customer_mrr_monthly
                    group by month_start, customer_id
                ),

                months as (
                    select
                        month_start,
                        count(*) as customers,
                        max(mrr) / nullif(sum(mrr), 0) as largest_customer_share,
                        quantile_cont(mrr, 0.99) / nullif(median(mrr), 0) as spread,
                        median(mrr) as median_mrr,
                        avg(products) as products_per_customer
                    from customers
                    group by month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    largest_customer_share,
                    spread,
                    median_mrr / nullif(lag(median_mrr) over (order by month_start), 0) - 1
                        as median_mrr_change,
                    products_per_customer
                from months
                where customers >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "largest_customer_share": "MRR of the largest customer, of all MRR",
                "spread": "How many times the middle customer the largest hundredth is",
                "median_mrr_change": "Change of the middle customer's MRR within the month",
                "products_per_customer": "Products for each customer",
            },
            if_empty="No open month has 50 customers.",
        ),
        Frame(
            sql=f"""
                with rates as ({RATES.format(schema="certified")})

                select
                    currency || ', ' || strftime(month_start, '%Y-%m') as subject,
                    rate / lag(rate) over (partition by currency order by month_start) - 1
                        as rate_change
                from rates
                where {OPEN_MONTHS}
            """,
            measures={"rate_change": "Change of a currency's exchange rate within the month"},
            if_empty="No currency but the reporting currency has MRR of 1,000 in two open months.",
        ),
        Frame(
            sql=f"""
                with now as ({RATES.format(schema="certified")}),

                said as ({RATES.format(schema="before")})

                select
                    now.currency || ', ' || strftime(now.month_start, '%Y-%m') as subject,
                    now.rate / said.rate - 1 as restated_rate_change
                from now
                inner join said
                    on now.currency = said.currency and now.month_start = said.month_start
                where now.{OPEN_MONTHS}
            """,
            measures={
                "restated_rate_change": (
                    "Change of a month's exchange rate since the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
        Frame(
            sql="""
                with now as (
                    select count(*) as row_count, count(distinct customer_id) as customers
                    from certified.customer_mrr_monthly
                ),

                said as (
                    select count(*) as row_count, count(distinct customer_id) as customers
                    from before.customer_mrr_monthly
                )

                select
                    'the last publication' as subject,
                    now.row_count / said.row_count - 1 as rows_change,
                    now.customers / said.customers - 1 as customers_change
                from now
                cross join said
                where said.row_count > 0
            """,
            measures={
                "rows_change": "Change of the number of rows since the last publication",
                "customers_change": "Change of the number of customers since the last publication",
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
