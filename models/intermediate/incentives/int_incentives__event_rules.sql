-- The rules by which programs say when a milestone is reached and when a renewal is on time, and the standard ones
-- (`program_version_id` standard), by which the certified tables are computed. Rules that say the same have one
-- `rule_id`, made of what they say, so that each is computed once.
with

milestones as (
    select * from {{ ref('milestones') }}
),

renewals as (
    select * from {{ ref('renewal_rules') }}
),

said as (
    select
        program_version_id,
        'milestones_reached' as metric_id,
        event,
        milestone_id as rule_name,
        threshold,
        deadline_days,
        cast(null as integer) as days_before,
        cast(null as integer) as days_after,
        cast(null as integer) as won_back_days,
        cast(null as boolean) as is_incumbent_only,
        valid_from,
        recorded_on,
        superseded_on
    from milestones
    union all
    select
        program_version_id,
        'renewed_mrr' as metric_id,
        'renewal' as event,
        renewal_rule_id as rule_name,
        null as threshold,
        null as deadline_days,
        coalesce(on_time_days_before, 0) as days_before,
        coalesce(on_time_days_after, 0) as days_after,
        coalesce(won_back_days, 0) as won_back_days,
        coalesce(incumbent_only, false) as is_incumbent_only,
        valid_from,
        recorded_on,
        superseded_on
    from renewals
    {%- for event, threshold in {'adoption_reached': var('adoption_milestone'), 'first_use': 0}.items() %}
        union all
        select
            'standard' as program_version_id,
            'milestones_reached' as metric_id,
            '{{ event }}' as event,
            'standard' as rule_name,
            {{ threshold }} as threshold,
            null as deadline_days,
            null as days_before,
            null as days_after,
            null as won_back_days,
            null as is_incumbent_only,
            null as valid_from,
            cast('1900-01-01' as date) as recorded_on,
            null as superseded_on
    {%- endfor %}
    union all
    select
        'standard' as program_version_id,
        'renewed_mrr' as metric_id,
        'renewal' as event,
        'standard' as rule_name,
        null as threshold,
        null as deadline_days,
        {{ var('renewal_days_before') }} as days_before,
        {{ var('renewal_days_after') }} as days_after,
        {{ var('renewal_won_back_days') }} as won_back_days,
        false as is_incumbent_only,
        null as valid_from,
        cast('1900-01-01' as date) as recorded_on,
        null as superseded_on
)

select
    program_version_id,
    metric_id,
    event,
    rule_name,
    case
        when metric_id = 'milestones_reached'
            then
                event || ' ' || coalesce(cast(cast(threshold as decimal(18, 6)) as {{ dbt.type_string() }}), '-')
                || ' ' || coalesce(cast(deadline_days as {{ dbt.type_string() }}), '-')
        else
            'renewal ' || cast(days_before as {{ dbt.type_string() }}) || ' '
            || cast(days_after as {{ dbt.type_string() }}) || ' ' || cast(won_back_days as {{ dbt.type_string() }})
            || case when is_incumbent_only then ' incumbent' else '' end
    end as rule_id,
    cast(threshold as decimal(18, 6)) as threshold,
    deadline_days,
    days_before,
    days_after,
    won_back_days,
    is_incumbent_only,
    valid_from,
    recorded_on,
    superseded_on
from said
