-- What each lever pays after its accelerators. Effects on the rate come one after the other, in their order: added to,
-- multiplied or replaced. In sum they are a factor on the rated amount and a rate on its measure. Amounts are added last,
-- once for a partner and period.
{%- set most_steps = 6 %}
with

rated as (
    select * from {{ ref('int_incentives__rated') }}
),

accelerations as (
    select * from {{ ref('int_incentives__accelerations') }}
),

steps as (
    select
        program_version_id,
        lever_id,
        partner_id,
        period_start,
        min(verification) as verification,
        {%- for step in range(1, most_steps + 1) %}
            coalesce(max(case when step = {{ step }} then case effect when 'multiply' then value when 'replace_rate' then 0 end end), 1)
                as factor_{{ step }},
            coalesce(max(case when step = {{ step }} and effect in ('add_rate', 'replace_rate') then value end), 0)
                as rate_{{ step }},
        {%- endfor %}
        sum(case when effect = 'add_amount' then value else 0 end) as added_amount
    from accelerations
    group by program_version_id, lever_id, partner_id, period_start
),
{%- set ns = namespace(factor='cast(1 as decimal(18, 6))', rate='cast(0 as decimal(18, 6))') %}
{%- for step in range(1, most_steps + 1) %}
    {%- set ns.factor = 'cast(' ~ ns.factor ~ ' * cast(factor_' ~ step ~ ' as decimal(18, 6)) as decimal(18, 6))' %}
    {%- set ns.rate = 'cast(' ~ ns.rate ~ ' * cast(factor_' ~ step ~ ' as decimal(18, 6)) + cast(rate_' ~ step ~ ' as decimal(18, 6)) as decimal(18, 6))' %}
{%- endfor %}

effects as (
    select
        program_version_id,
        lever_id,
        partner_id,
        verification,
        {{ ns.factor }} as factor,
        {{ ns.rate }} as added_rate,
        cast(added_amount as {{ type_money() }}) as added_amount,
        period_start
    from steps
),

joined as (
    select
        rated.*,
        effects.verification as effect_verification,
        coalesce(effects.factor, 1) as factor,
        coalesce(effects.added_rate, 0) as added_rate,
        case when row_number() over (
            partition by rated.program_version_id, rated.lever_id, rated.period_start, rated.partner_id
            order by case when rated.rate_reason = 'rated' then 0 else 1 end, rated.variant_order
        ) = 1 then coalesce(effects.added_amount, 0) else 0 end as added_amount
    from rated
    left join effects
        on
            rated.program_version_id = effects.program_version_id
            and rated.lever_id = effects.lever_id
            and rated.partner_id = effects.partner_id
            and rated.period_start = effects.period_start
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    rate_reason,
    least(verification, coalesce(effect_verification, verification)) as verification,
    variant_order,
    band_order,
    base_amount,
    qualifying_value,
    cast(rate * factor + added_rate as decimal(18, 6)) as rate,
    amount as rated_amount,
    factor,
    added_rate,
    added_amount,
    {{ money(
        times('amount', 'factor', type_money()) ~ ' + '
        ~ "case when rate_reason = 'rated' then " ~ times('paid_measure', 'added_rate', type_money()) ~ ' + added_amount else 0 end'
    ) }} as amount,
    is_proportional and added_amount = 0 as is_proportional,
    period_start
from joined
