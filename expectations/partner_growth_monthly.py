"""Whether growth figures of partners are of this world, and not quotients of next to nothing."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="partner_growth_monthly",
    title="Growth of each partner, by month",
    description="Partners with 10 customers or more, in open months.",
    frames=(
        Frame(
            sql=f"""
                select
                    partner_id || ', ' || strftime(month_start, '%Y-%m') as subject,
                    customer_churn_rate,
                    carr / nullif(arr, 0) - 1 as signed_not_live_share,
                    ltv / nullif(arpa, 0) as ltv_months
                from certified.partner_growth_monthly
                where opening_customers >= 10 and {OPEN_MONTHS}
            """,
            measures={
                "customer_churn_rate": "Customers that churn in a month, of all customers",
                "signed_not_live_share": "ARR that is signed and not live, of ARR",
                "ltv_months": "Lifetime value, in months of average MRR",
            },
            if_empty="No partner opens an open month with 10 customers.",
        ),
        Frame(
            sql=f"""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    avg(is_ltv_capped::int) as capped_share,
                    avg((arpa is null)::int) as without_arpa_share
                from certified.partner_growth_monthly
                where {OPEN_MONTHS}
                group by month_start
                having count(*) >= 10
            """,
            measures={
                "capped_share": "Partners whose lifetime value meets the cap, of all partners",
                "without_arpa_share": "Partners without ARPA, of all partners",
            },
            if_empty="No open month has ten partners.",
        ),
        Frame(
            sql=f"""
                with now as (
                    select month_start, sum(signed_not_live_arr) as signed
                    from certified.partner_growth_monthly
                    group by month_start
                ),

                said as (
                    select month_start, sum(signed_not_live_arr) as signed, sum(arr) as arr
                    from before.partner_growth_monthly
                    group by month_start
                )

                select
                    strftime(now.month_start, '%Y-%m') as subject,
                    (now.signed - said.signed) / nullif(said.arr, 0) as restated_signed_share
                from now
                inner join said on now.month_start = said.month_start
                where now.{OPEN_MONTHS}
            """,
            measures={
                "restated_signed_share": (
                    "Change of signed ARR since the last publication, of all ARR"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
