"""Whether growth figures of the whole channel are of this world."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="vendor_growth_monthly",
    title="Growth of the whole channel, by month",
    description="Open months from the second year on that open with 50 customers or more.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select *, row_number() over (order by month_start) as month_number
                    from certified.vendor_growth_monthly
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    quick_ratio,
                    customer_churn_rate,
                    arpa / nullif(lag(arpa) over (order by month_start), 0) - 1 as arpa_change,
                    carr / nullif(arr, 0) - 1 as signed_not_live_share,
                    ltv / nullif(arpa, 0) as ltv_months,
                    expansion_incidence,
                    upsell_success_rate
                from months
                where opening_customers >= 50 and month_number > 12 and {OPEN_MONTHS}
            """,
            measures={
                "quick_ratio": "Quick ratio",
                "customer_churn_rate": "Customers that churn in a month, of all customers",
                "arpa_change": "Change of ARPA within the month",
                "signed_not_live_share": "ARR that is signed and not live, of ARR",
                "ltv_months": "Lifetime value, in months of average MRR",
                "expansion_incidence": "Customers that expand in a month, of all customers",
                "upsell_success_rate": "Upsell deals that are won, of those decided",
            },
            if_empty="No open month opens with 50 customers, a year of history behind it.",
        ),
    ),
)
