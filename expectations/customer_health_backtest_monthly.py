"""Whether a low score warns of customers that leave."""

from orchestration.suites import Frame, Suite, rows_compared

SUITE = Suite(
    table="customer_health_backtest_monthly",
    title="What became of scores",
    description="All months whose horizon is over, together, where twenty customers left.",
    frames=(
        Frame(
            sql="""
                with months as (
                    select distinct
                        month_start,
                        horizon_months,
                        all_customers,
                        all_churned_customers
                    from certified.customer_health_backtest_monthly
                ),

                horizons as (
                    select
                        horizon_months,
                        sum(all_churned_customers) as churned,
                        sum(all_churned_customers) / sum(all_customers) as churn_rate
                    from months
                    group by horizon_months
                ),

                at_risk as (
                    select
                        horizon_months,
                        sum(churned_customers) / sum(customers) as churn_rate
                    from certified.customer_health_backtest_monthly
                    where health_band = 'at_risk'
                    group by horizon_months
                )

                select
                    'within ' || horizon_months || ' months' as subject,
                    at_risk.churn_rate / horizons.churn_rate as lift
                from at_risk
                inner join horizons using (horizon_months)
                where horizons.churned >= 20
            """,
            measures={"lift": "How much more often customers at risk left than all customers"},
            if_empty="No horizon is over in which twenty customers left.",
        ),
        rows_compared("customer_health_backtest_monthly"),
    ),
)
