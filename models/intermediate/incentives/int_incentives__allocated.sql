-- What each lever pays, by customer and in whole cents. A rate falls on each customer's own base, an amount is shared by
-- the bases above nothing; the cents add up to what the partner gets. Without customers, or a base, the line is the
-- partner's own.
with

bases as (
    select * from {{ ref('int_incentives__bases') }}
),

accelerated as (
    select * from {{ ref('int_incentives__accelerated') }}
),

joined as (
    select
        accelerated.*,
        bases.customer_id,
        bases.base_amount as customer_base,
        bases.first_occurred_on,
        case when accelerated.is_proportional then bases.base_amount else greatest(bases.base_amount, cast(0 as {{ type_money() }})) end
            as weight
    from accelerated
    inner join bases
        on
            accelerated.program_version_id = bases.program_version_id
            and accelerated.lever_id = bases.lever_id
            and accelerated.partner_id = bases.partner_id
            and accelerated.period_start = bases.period_start
            and accelerated.variant_order = bases.variant_order
),

weighed as (
    select
        *,
        sum(weight) over (
            partition by program_version_id, lever_id, partner_id, period_start, variant_order
        ) as weight_of_all,
        sum(weight) over (
            partition by program_version_id, lever_id, partner_id, period_start, variant_order
            order by coalesce(customer_id, '')
            rows between unbounded preceding and current row
        ) as weight_so_far,
        {{ cents('amount') }} as payout
    from joined
),

of_customers as (
    select
        *,
        {{ allocated_cents('payout', 'weight', 'weight_so_far', 'weight_of_all') }} as customer_amount
    from weighed
),

-- nothing to share by: the amount is the partner's own
of_nobody as (
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        verification,
        variant_order,
        max(qualifying_value) as qualifying_value,
        max(rate) as rate,
        max(payout) as amount,
        period_start
    from weighed
    where weight_of_all = 0 and payout <> 0
    group by program_id, program_version_id, lever_id, partner_id, verification, variant_order, period_start
),

all_parts as (
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        customer_id,
        verification,
        customer_base as base_amount,
        qualifying_value,
        rate,
        customer_amount as amount,
        period_start,
        first_occurred_on
    from of_customers
    union all
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        verification,
        cast(0 as {{ type_money() }}) as base_amount,
        qualifying_value,
        rate,
        amount,
        period_start,
        cast(null as date) as first_occurred_on
    from of_nobody
)

-- a customer may be paid for by several variants of bands, such as renewals on time and late: then no single rate holds
select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    min(verification) as verification,
    {{ money('sum(base_amount)') }} as base_amount,
    case when min(qualifying_value) = max(qualifying_value) then max(qualifying_value) end as qualifying_value,
    case when min(rate) = max(rate) then max(rate) end as rate,
    cast(sum(amount) as {{ type_payout() }}) as amount,
    period_start,
    min(first_occurred_on) as first_occurred_on
from all_parts
group by program_id, program_version_id, lever_id, partner_id, customer_id, period_start
