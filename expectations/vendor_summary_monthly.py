"""Whether the whole channel's month looks like a business month, and like what was said before."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="vendor_summary_monthly",
    title="MRR of the whole channel, by month",
    description=(
        "Open months from the second year on that open with 50 customers or more: a younger or "
        "smaller book jumps for honest reasons."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        *,
                        lag(customers) over (order by month_start) as opening_customers,
                        row_number() over (order by month_start) as month_number
                    from certified.vendor_summary_monthly
                )
                select
                    strftime(month_start, '%Y-%m') as subject,
                    closing_mrr / opening_mrr - 1 as closing_change,
                    new_mrr / opening_mrr as new_share,
                    expansion_mrr / opening_mrr as expansion_share,
                    contraction_mrr / opening_mrr as contraction_share,
                    churn_mrr / opening_mrr as churn_share,
                    fx_mrr / opening_mrr as fx_share,
                    abs(correction_mrr) / opening_mrr as correction_share,
                    mrr_at_risk / nullif(closing_mrr, 0) as at_risk_share
                from months
                where opening_customers >= 50 and month_number > 12 and {OPEN_MONTHS}
            """,
            measures={
                "closing_change": "Change of closing MRR within the month",
                "new_share": "New MRR, of opening MRR",
                "expansion_share": "Expansion, of opening MRR",
                "contraction_share": "Contraction, of opening MRR",
                "churn_share": "Churn, of opening MRR",
                "fx_share": "Revaluation at new exchange rates, of opening MRR",
                "correction_share": "Corrections of closed months, of opening MRR",
                "at_risk_share": "MRR of customers that are past due, of closing MRR",
            },
            if_empty="No open month opens with 50 customers, a year of history behind it.",
        ),
        Frame(
            sql=f"""
                select
                    strftime(now.month_start, '%Y-%m') as subject,
                    now.closing_mrr / nullif(said.closing_mrr, 0) - 1 as restated_mrr_change,
                    now.customers / nullif(said.customers, 0) - 1 as restated_customers_change
                from certified.vendor_summary_monthly as now
                inner join before.vendor_summary_monthly as said
                    on now.month_start = said.month_start
                where now.{OPEN_MONTHS}
            """,
            measures={
                "restated_mrr_change": "Change of a month's closing MRR since the last publication",
                "restated_customers_change": (
                    "Change of a month's customers since the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
        Frame(
            sql="""
                select
                    'the last publication' as subject,
                    count(*) filter (where now.month_start is null) as lost_months,
                    count(*) filter (where said.month_start is null) as added_months
                from before.vendor_summary_monthly as said
                full outer join certified.vendor_summary_monthly as now
                    on said.month_start = now.month_start
                having count(said.month_start) > 0
            """,
            measures={
                "lost_months": "Months that the last publication had and this one has not",
                "added_months": "Months that this publication adds",
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
