{{ config(schema='certified') }}
-- Paid on the deal against paid on lasting value. Plans differ in generosity, which says nothing about what they reward; so
-- the plan that pays for the deal is also shown at equal budget: its total is set to that of the other plan, and falls to
-- partners and months as that plan pays. To the cent, both then cost the same.
with

payouts as (
    select * from {{ ref('int_incentives__compared_payouts') }}
),

partners as (
    select * from {{ ref('partners') }}
),

summed as (
    select
        partner_id,
        min(verification) as verification,
        {%- for plan in ['deal', 'lasting'] %}
            {{ money("sum(case when plan = '" ~ plan ~ "' then amount else 0 end)") }} as {{ plan }}_amount,
            {%- for rewarded in ['new', 'expansion', 'retention', 'adoption', 'enablement'] %}
                {{ money("sum(case when plan = '" ~ plan ~ "' and rewarded = '" ~ rewarded ~ "' then amount else 0 end)") }}
                    as {{ plan }}_{{ rewarded }}_amount,
            {%- endfor %}
        {%- endfor %}
        month_start
    from payouts
    group by partner_id, month_start
),

budgets as (
    select
        *,
        sum(lasting_amount) over () as budget,
        sum(deal_amount) over () as deal_total,
        sum(deal_amount) over (
            order by month_start, partner_id
            rows between unbounded preceding and current row
        ) as deal_so_far
    from summed
),

scaled as (
    select
        *,
        {{ money(allocated_cents('budget', 'deal_amount', 'deal_so_far', 'deal_total')) }} as deal_at_equal_budget
    from budgets
)

select
    scaled.partner_id,
    partners.partner_name,
    '{{ var("reporting_currency") }}' as reporting_currency,
    scaled.verification,
    case
        when scaled.lasting_amount > scaled.deal_at_equal_budget then 'lasting_value'
        when scaled.lasting_amount < scaled.deal_at_equal_budget then 'deal'
        else 'neither'
    end as gains_by,
    scaled.deal_amount,
    scaled.deal_new_amount,
    scaled.deal_expansion_amount,
    scaled.deal_retention_amount,
    scaled.deal_adoption_amount,
    scaled.deal_enablement_amount,
    scaled.lasting_amount,
    scaled.lasting_new_amount,
    scaled.lasting_expansion_amount,
    scaled.lasting_retention_amount,
    scaled.lasting_adoption_amount,
    scaled.lasting_enablement_amount,
    scaled.deal_at_equal_budget,
    {{ money('scaled.lasting_amount - scaled.deal_at_equal_budget') }} as gain_at_equal_budget,
    scaled.month_start
from scaled
left join partners on scaled.partner_id = partners.partner_id
