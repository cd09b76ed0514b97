"""Whether two plans are near enough to be compared, and reward what they say they do."""

from orchestration.suites import Frame, Suite, rows_compared

SUITE = Suite(
    table="incentive_plan_comparison_monthly",
    title="Paid on the deal or on lasting value",
    description=(
        "Both plans over all partners and months. At equal budget one plan is scaled; where that "
        "takes a large factor, or one partner gets most, the comparison says little."
    ),
    frames=(
        Frame(
            sql="""
                with partners as (
                    select
                        partner_id,
                        sum(deal_amount) as deal,
                        sum(deal_new_amount) as deal_new,
                        sum(lasting_amount) as lasting,
                        sum(lasting_new_amount) as lasting_new
                    from certified.incentive_plan_comparison_monthly
                    group by partner_id
                )

                select
                    'all partners' as subject,
                    sum(lasting) / nullif(sum(deal), 0) as budget_ratio,
                    sum(deal_new) / nullif(sum(deal), 0) as deal_new_share,
                    sum(lasting_new) / nullif(sum(lasting), 0) as lasting_new_share,
                    max(lasting) / nullif(sum(lasting), 0) as largest_share
                from partners
                having count(*) >= 10
            """,
            measures={
                "budget_ratio": "Cost of the plan for lasting value, over that of the other plan",
                "deal_new_share": "New customers' part of what the plan for the deal pays",
                "lasting_new_share": "New customers' part of what the plan for lasting value pays",
                "largest_share": "Part of the plan for lasting value that one partner gets",
            },
            if_empty="Fewer than ten partners are paid, or the plans are never both in force.",
        ),
        rows_compared("incentive_plan_comparison_monthly"),
    ),
)
