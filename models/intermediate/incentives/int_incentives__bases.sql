-- The base of each lever, partner, period and customer, by the variant of bands that applies to it: the first whose
-- condition and scope fit. Without one there is nothing to pay by, and the base stands with variant 0.
with

lines as (
    select * from {{ ref('int_incentives__base_lines') }}
),

bands as (
    select * from {{ ref('int_incentives__period_bands') }}
),

refusals as (
    select * from {{ ref('int_incentives__scope_refusals') }}
),

variants as (
    select distinct
        program_version_id,
        lever_id,
        condition_key,
        scope_id,
        variant_order,
        period_start
    from bands
),

summed as (
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        customer_id,
        condition_key,
        sum(base_amount) as base_amount,
        min(occurred_on) as first_occurred_on,
        period_start
    from lines
    group by program_id, program_version_id, lever_id, partner_id, customer_id, condition_key, period_start
),

fitting as (
    select
        summed.*,
        case
            when refused_partners.partner_id is null and refused_customers.customer_id is null then variants.variant_order
        end as variant_order
    from summed
    left join variants
        on
            summed.program_version_id = variants.program_version_id
            and summed.lever_id = variants.lever_id
            and summed.period_start = variants.period_start
            and (variants.condition_key is null or summed.condition_key = variants.condition_key)
    left join refusals as refused_partners
        on
            variants.program_version_id = refused_partners.program_version_id
            and variants.scope_id = refused_partners.scope_id
            and variants.period_start = refused_partners.period_start
            and summed.partner_id = refused_partners.partner_id
    left join refusals as refused_customers
        on
            variants.program_version_id = refused_customers.program_version_id
            and variants.scope_id = refused_customers.scope_id
            and variants.period_start = refused_customers.period_start
            and coalesce(summed.customer_id, 'none') = refused_customers.customer_id
),

chosen as (
    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        customer_id,
        condition_key,
        base_amount,
        coalesce(min(variant_order), 0) as variant_order,
        period_start,
        first_occurred_on
    from fitting
    group by
        program_id, program_version_id, lever_id, partner_id, customer_id, condition_key, base_amount, period_start,
        first_occurred_on
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    customer_id,
    variant_order,
    {{ money('sum(base_amount)') }} as base_amount,
    period_start,
    min(first_occurred_on) as first_occurred_on
from chosen
group by program_id, program_version_id, lever_id, partner_id, customer_id, variant_order, period_start
