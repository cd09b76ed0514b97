-- Partners twelve months ago, in more conversation than the middle one of them and in less, and what became of them since: a
-- row an outcome, partner and month. A silent partner is in less. One with too few threads for an index is left out, and so is
-- every month whose window begins before the data does.
with

outcomes as (
    select * from {{ ref('int_engagement__partner_outcomes') }}
),

conversations as (
    select * from {{ ref('partner_conversation_monthly') }}
),

first_months as (
    select min(month_start) as first_month from {{ ref('int_months') }}
),

whole_windows as (
    select distinct partner_months.month_start
    from {{ ref('int_engagement__partner_months') }} as partner_months
    inner join first_months on partner_months.window_start >= first_months.first_month
),

middles as (
    select
        conversations.month_start,
        {{ median('conversations.conversation_index') }} as middle_index
    from conversations
    inner join whole_windows on conversations.month_start = whole_windows.month_start
    group by conversations.month_start
)

select
    'conversation' as exposure_id,
    'conversation' as exposure_kind,
    outcomes.outcome_id,
    'partner' as unit_kind,
    outcomes.partner_id as unit_id,
    outcomes.stratum,
    coalesce(conversations.conversation_index > middles.middle_index, false) as is_exposed,
    outcomes.outcome_numerator,
    outcomes.outcome_denominator,
    outcomes.month_start
from outcomes
inner join conversations
    on outcomes.partner_id = conversations.partner_id and outcomes.cohort_month = conversations.month_start
-- without any index there is nobody to compare with
inner join middles on conversations.month_start = middles.month_start and middles.middle_index is not null
where conversations.conversation_index is not null or conversations.stage = 'silent'
