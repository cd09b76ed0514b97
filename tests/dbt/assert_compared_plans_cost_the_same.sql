-- Guards the comparison of plans: at equal budget the plan that pays for the deal costs what the other one costs, in whole
-- cents, and each plan's total is made of what it rewards.
with

totals as (
    select
        sum(lasting_amount) as lasting_amount,
        sum(deal_amount) as deal_amount,
        sum(deal_at_equal_budget) as deal_at_equal_budget,
        sum(
            deal_new_amount + deal_expansion_amount + deal_retention_amount + deal_adoption_amount + deal_enablement_amount
        ) as deal_parts,
        sum(
            lasting_new_amount + lasting_expansion_amount + lasting_retention_amount + lasting_adoption_amount
            + lasting_enablement_amount
        ) as lasting_parts
    from {{ ref('incentive_plan_comparison_monthly') }}
)

select *
from totals
where
    deal_parts <> deal_amount
    or lasting_parts <> lasting_amount
    or (deal_amount <> 0 and deal_at_equal_budget <> round(lasting_amount, 2))
