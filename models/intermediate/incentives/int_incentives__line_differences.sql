-- What is owed as known today less what was posted for it: one row a line key where the two differ. Of a closed month the
-- difference is an adjustment in the first open one, with its cause; otherwise it is earned.
with

calculated as (
    select * from {{ ref('int_incentives__calculated_lines') }}
),

posted as (
    select * from {{ ref('int_incentives__posted_keys') }}
),

open_months as (
    select * from {{ ref('int_incentives__open_months') }}
),

owed as (
    select
        {% for column in line_columns() %}{{ column }},
        {% endfor -%}
        cast(metric_version as integer) as metric_version,
        metric_value,
        base_amount,
        rate,
        amount,
        is_complete,
        false as is_gone
    from calculated
    union all
    -- posted, and not calculated any more: nothing is owed
    select
        {% for column in line_columns() %}posted.{{ column }},
        {% endfor -%}
        posted.metric_version,
        cast(null as {{ type_money() }}) as metric_value,
        cast(null as {{ type_money() }}) as base_amount,
        cast(null as decimal(18, 6)) as rate,
        cast(0 as {{ type_payout() }}) as amount,
        true as is_complete,
        true as is_gone
    from posted
    left join calculated on posted.line_key = calculated.line_key
    where calculated.line_key is null
),

compared as (
    select
        owed.*,
        posted.first_line_id,
        coalesce(posted.earned_postings, 0) as earned_postings,
        coalesce(posted.adjusted_postings, 0) as adjusted_postings,
        owed.amount - coalesce(posted.posted_amount, 0) as difference,
        {{ add_months('owed.period_end', -1) }} as last_month,
        open_months.first_open_month,
        case
            when owed.is_gone then 'lost_deal'
            when owed.program_version_id <> posted.program_version_id then 'changed_rule'
            -- another rate on what did not change; where that changed too, it is data that came late
            when
                owed.rate <> posted.rate
                and coalesce(owed.base_amount, 0) = coalesce(posted.base_amount, 0)
                and coalesce(owed.metric_value, 0) = coalesce(posted.metric_value, 0)
                then 'changed_rule'
            else 'late_data'
        end as cause_if_closed
    from owed
    left join posted on owed.line_key = posted.line_key
    left join open_months on owed.program_id = open_months.program_id
),

told as (
    select
        *,
        coalesce(last_month < first_open_month, false) as is_closed
    from compared
    where difference <> 0
)

select
    case when is_closed then first_line_id end as related_line_id,
    {% for column in line_columns() %}{{ column }},
    {% endfor -%}
    case when is_closed then 'adjusted' else 'earned' end as entry,
    case when is_closed then cause_if_closed end as cause,
    metric_version,
    -- how many were posted before, so that each line has its own id
    case when is_closed then adjusted_postings else earned_postings end as postings_before,
    metric_value,
    base_amount,
    rate,
    cast(difference as {{ type_payout() }}) as amount,
    is_complete,
    case when is_closed then first_open_month else last_month end as posted_period,
    case when is_closed then last_month end as corrected_period
from told
