-- Guards the way of a payout from rate to payee: what a partner gets for a lever is the same in whole cents whether it is
-- counted before or after it falls to customers, parts and people.
{{ config(meta={'dagster': {'ref': {'name': 'int_incentives__allocated'}}}) }}
with

accelerated as (
    select
        program_version_id,
        lever_id,
        partner_id,
        period_start,
        sum(cast(round(amount, 2) as {{ type_payout() }})) as amount
    from {{ ref('int_incentives__accelerated') }}
    group by program_version_id, lever_id, partner_id, period_start
),

allocated as (
    select
        program_version_id,
        lever_id,
        partner_id,
        period_start,
        sum(amount) as amount
    from {{ ref('int_incentives__allocated') }}
    group by program_version_id, lever_id, partner_id, period_start
),

stages as (
    {%- for stage in ['limited', 'split_lines', 'payee_lines'] %}
        select
            '{{ stage }}' as stage,
            program_version_id,
            lever_id,
            partner_id,
            period_start,
            period_end,
            sum(amount) as amount
        from {{ ref('int_incentives__' ~ stage) }}
        group by program_version_id, lever_id, partner_id, period_start, period_end
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    'allocated' as stage,
    coalesce(accelerated.lever_id, allocated.lever_id) as lever_id,
    coalesce(accelerated.partner_id, allocated.partner_id) as partner_id,
    coalesce(accelerated.period_start, allocated.period_start) as period_start,
    accelerated.amount as amount_before,
    allocated.amount as amount_after
from accelerated
full outer join allocated
    on
        accelerated.program_version_id = allocated.program_version_id
        and accelerated.lever_id = allocated.lever_id
        and accelerated.partner_id = allocated.partner_id
        and accelerated.period_start = allocated.period_start
where coalesce(accelerated.amount, 0) <> coalesce(allocated.amount, 0)
union all
select
    max(stage) as stage,
    lever_id,
    partner_id,
    period_start,
    max(case when stage = 'limited' then amount else 0 end) as amount_before,
    max(case when stage = 'payee_lines' then amount else 0 end) as amount_after
from stages
group by program_version_id, lever_id, partner_id, period_start, period_end
having min(amount) <> max(amount) or (max(amount) <> 0 and count(*) < 3)
