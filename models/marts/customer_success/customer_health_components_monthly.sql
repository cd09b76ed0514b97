{{ config(schema='certified') }}
-- Why a customer has the score that it has: a row a customer, month and component, with its value, its points and the reason
-- in words.
{%- set components = health_components() %}
with

scores as (
    select * from {{ ref('int_health__scores') }}
),

rules as (
    select * from {{ ref('health_components') }}
),

parts as (
    {%- for component in components %}
        select
            customer_id,
            '{{ component }}' as component_id,
            {{ component }}_null_reason as value_null_reason,
            {{ component }}_value as component_value,
            {{ component }}_points as points,
            month_start
        from scores
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

told as (
    select
        parts.*,
        rules.component_name,
        rules.sentence,
        rules.verification,
        rules.weight,
        case
            when rules.value_kind = 'share' then {{ number_text('100 * parts.component_value', 0) }} || ' %'
            when rules.value_kind = 'change' and parts.component_value >= 0
                then '+' || {{ number_text('100 * parts.component_value', 0) }} || ' %'
            when rules.value_kind = 'change' then {{ number_text('100 * parts.component_value', 0) }} || ' %'
            else {{ number_text('parts.component_value', 0) }}
        end as value_text
    from parts
    inner join rules on parts.component_id = rules.component_id
)

select
    customer_id,
    component_id,
    component_name,
    case
        when component_value is not null then replace(sentence, '{value}', value_text)
        when value_null_reason = 'no_usage' then 'No usage is known of this month'
        when value_null_reason = 'short_history' then 'Use is known of too few months'
        when value_null_reason = 'no_use_before' then 'Nobody used it in the months before'
        when value_null_reason = 'not_in_support' then 'The customer is not linked to the support system'
        when value_null_reason = 'no_ticket_history' then 'No history of tickets is known yet'
        when value_null_reason = 'no_ratings' then 'Nobody rated support'
        when value_null_reason = 'no_history' then 'Billing tells no history of its status'
        when value_null_reason = 'no_touches_recorded' then 'No touches are recorded of anybody yet'
        when value_null_reason = 'no_renewal_near' then 'No long term runs out soon'
    end as reason,
    value_null_reason,
    verification,
    cast(weight as decimal(18, 6)) as weight,
    component_value,
    points,
    month_start
from told
