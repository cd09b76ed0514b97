-- All opportunities of a month, each with the partners that serve the customer then. Estimated MRR is the partner's part,
-- so that the parts add up to the whole; the first month of the present run tells for how long it is known.
{%- set kinds = {
    'seats_near_limit': ref('int_opportunities__seats_near_limit'),
    'white_space': ref('int_opportunities__white_space'),
    'heavy_use': ref('int_opportunities__heavy_use'),
    'renewal_due': ref('int_opportunities__renewals_due'),
    'onboarding_stuck': ref('int_opportunities__onboarding_stuck'),
    'win_back': ref('int_opportunities__win_backs'),
} %}
with

of_customers as (
    {%- for kind, relation in kinds.items() %}
        select
            '{{ kind }}' as kind,
            customer_id,
            product_id,
            case when is_of_product then product_id else 'customer' end as held_as,
            evidence,
            measured_value,
            threshold,
            estimated_mrr,
            estimate_null_reason,
            {{ 'ends_on' if kind == 'renewal_due' else 'cast(null as date)' }} as due_on,
            month_start
        from {{ relation }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

certifications as (
    select * from {{ ref('int_opportunities__certifications') }}
),

members as (
    select * from {{ ref('int_opportunities__members') }}
),

of_partners as (
    select
        of_customers.kind || '|' || of_customers.customer_id || '|' || coalesce(of_customers.product_id, '')
            as opportunity_key,
        members.partner_id,
        of_customers.customer_id,
        of_customers.product_id,
        cast(null as {{ dbt.type_string() }}) as program_id,
        cast(null as {{ dbt.type_string() }}) as track,
        of_customers.kind,
        of_customers.evidence,
        of_customers.estimate_null_reason,
        of_customers.measured_value,
        of_customers.threshold,
        members.share as partner_share,
        {{ part_of_record(
            'of_customers.estimated_mrr',
            ['of_customers.kind', 'of_customers.customer_id', 'of_customers.product_id', 'of_customers.month_start'],
        ) }} as estimated_mrr,
        of_customers.due_on,
        of_customers.month_start
    from of_customers
    inner join members
        on
            of_customers.customer_id = members.customer_id
            and of_customers.held_as = members.held_as
            and of_customers.month_start = members.month_start
    union all
    select
        'certification_for_tier|' || program_id || '|' || track as opportunity_key,
        partner_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as {{ dbt.type_string() }}) as product_id,
        program_id,
        track,
        'certification_for_tier' as kind,
        evidence,
        'tier_value_unknown' as estimate_null_reason,
        measured_value,
        threshold,
        cast(null as decimal(18, 6)) as partner_share,
        cast(null as decimal(18, 6)) as estimated_mrr,
        cast(null as date) as due_on,
        month_start
    from certifications
),

begun as (
    select
        *,
        case
            when lag(month_start) over (
                partition by partner_id, opportunity_key order by month_start
            ) = {{ add_months('month_start', -1) }} then 0
            else 1
        end as is_first
    from of_partners
),

runs as (
    select
        *,
        sum(is_first) over (
            partition by partner_id, opportunity_key
            order by month_start
            rows between unbounded preceding and current row
        ) as run
    from begun
),

dated as (
    select
        *,
        min(month_start) over (partition by partner_id, opportunity_key, run) as first_shown_month
    from runs
)

select
    opportunity_key,
    partner_id,
    customer_id,
    product_id,
    program_id,
    track,
    kind,
    replace(
        evidence,
        '{since}',
        case when first_shown_month = month_start then 'in ' else 'since ' end
        || substring(cast(first_shown_month as {{ dbt.type_string() }}), 1, 7)
    ) as evidence,
    estimate_null_reason,
    {{ money('measured_value') }} as measured_value,
    {{ money('threshold') }} as threshold,
    partner_share,
    {{ money('estimated_mrr') }} as estimated_mrr,
    due_on,
    first_shown_month,
    month_start
from dated
