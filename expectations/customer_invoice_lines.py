"""Whether invoice lines name a customer and a period, so that amounts can be followed to them."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="customer_invoice_lines",
    title="Invoice lines",
    description="Lines of open months with fifty or more of them.",
    frames=(
        Frame(
            sql=f"""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    avg((customer_id is null)::int) as without_customer_share,
                    avg((period_to > period_from + interval 3 year)::int) as long_period_share
                from certified.customer_invoice_lines
                where {OPEN_MONTHS}
                group by month_start
                having count(*) >= 50
            """,
            measures={
                "without_customer_share": "Lines without a customer, of all lines",
                "long_period_share": "Lines for more than three years, of all lines",
            },
            if_empty="No open month has fifty invoice lines.",
        ),
    ),
)
