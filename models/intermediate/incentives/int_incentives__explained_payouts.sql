-- Why each payout is what it is today, step by step, with the rule of each step, who stands behind that rule, and the
-- figures. A payout is what a lever pays a partner for a period; a step is for all of its lines, or for those of a customer, bucket
-- or payee.
with

lines as (
    select distinct
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        period_start,
        period_end
    from {{ ref('int_incentives__calculated_lines') }}
),

base_lines as (
    select * from {{ ref('int_incentives__base_pieces') }}
),

share_steps as (
    select * from {{ ref('int_incentives__share_steps') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

rules as (
    select * from {{ ref('int_incentives__rules') }}
),

bases as (
    select
        program_version_id,
        lever_id,
        partner_id,
        'base' as step,
        10 as step_place,
        'levers' as rule_table,
        lever_id as rule_id,
        'What is paid on, in so many lines' as explanation,
        count(*) as measure,
        null as rule_value,
        sum(amount) as amount,
        period_start
    from base_lines
    group by program_version_id, lever_id, partner_id, period_start
),

-- of the lever's own periods
lever_period_steps as (
    select * from {{ ref('int_incentives__scope_steps') }}
    {%- set others = [
        'bases', ref('int_incentives__lever_steps'), ref('int_incentives__gate_steps'), ref('int_incentives__band_steps')
    ] %}
    {%- for relation in others %}
        union all
        select
            *,
            null as set_verification,
            null as set_source,
            null as set_source_date
        from {{ relation }}
    {%- endfor %}
),

steps as (
    select
        period_levers.program_id,
        lever_period_steps.program_version_id,
        lever_period_steps.lever_id,
        lever_period_steps.partner_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as {{ dbt.type_string() }}) as bucket,
        cast(null as {{ dbt.type_string() }}) as payee_id,
        lever_period_steps.step,
        lever_period_steps.step_place,
        lever_period_steps.rule_table,
        lever_period_steps.rule_id,
        lever_period_steps.explanation,
        lever_period_steps.measure,
        lever_period_steps.rule_value,
        lever_period_steps.amount,
        lever_period_steps.period_start,
        period_levers.period_end,
        lever_period_steps.set_verification,
        lever_period_steps.set_source,
        lever_period_steps.set_source_date
    from lever_period_steps
    inner join period_levers
        on
            lever_period_steps.program_version_id = period_levers.program_version_id
            and lever_period_steps.lever_id = period_levers.lever_id
            and lever_period_steps.period_start = period_levers.period_start
    union all
    select
        *,
        null as set_verification,
        null as set_source,
        null as set_source_date
    from share_steps
)

select
    steps.program_id,
    steps.program_version_id,
    steps.lever_id,
    steps.partner_id,
    steps.customer_id,
    steps.bucket,
    steps.payee_id,
    steps.step,
    steps.rule_table,
    steps.rule_id,
    steps.explanation,
    coalesce(rules.source, steps.set_source) as source,
    coalesce(rules.source_date, steps.set_source_date) as source_date,
    coalesce(rules.verification, steps.set_verification) as verification,
    row_number() over (
        partition by steps.program_id, steps.lever_id, steps.partner_id, steps.period_start, steps.period_end
        order by
            steps.step_place, steps.program_version_id, steps.customer_id, steps.bucket, steps.payee_id, steps.rule_id,
            steps.measure, steps.amount
    ) as step_order,
    cast(steps.measure as {{ type_money() }}) as measure,
    cast(steps.rule_value as {{ type_money() }}) as rule_value,
    cast(steps.amount as {{ type_money() }}) as amount,
    steps.period_start,
    steps.period_end
from steps
inner join lines
    on
        steps.program_id = lines.program_id
        and steps.program_version_id = lines.program_version_id
        and steps.lever_id = lines.lever_id
        and steps.partner_id = lines.partner_id
        and steps.period_start = lines.period_start
        and steps.period_end = lines.period_end
left join rules
    on
        steps.program_version_id = rules.program_version_id
        and steps.rule_table = rules.rule_table
        and steps.rule_id = rules.rule_id
        and (rules.valid_from is null or steps.period_start >= rules.valid_from)
        and (rules.valid_to is null or steps.period_start < rules.valid_to)
