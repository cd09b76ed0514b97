{{ config(schema='certified') }}
-- What each partner's people learn, and whose certificates are about to lapse: a row a partner and month of its time in the
-- program, and of later months in which a certificate of its people still counts.
with

months as (
    select * from {{ ref('int_months') }}
),

certified as (
    select * from {{ ref('int_engagement__certified_months') }}
),

present as (
    select
        partner_id,
        month_start
    from {{ ref('int_engagement__partner_months') }}
    union
    select
        partner_id,
        month_start
    from certified
),

partner_months as (
    select
        present.partner_id,
        months.month_end,
        months.month_start
    from present
    inner join months on present.month_start = months.month_start
),

trainings as (
    select
        partner_id,
        {{ local_date('enrolled_at') }} as enrolled_on,
        {{ local_date('completed_at') }} as completed_on
    from {{ ref('input_trainings') }}
),

learnt as (
    select
        partner_months.partner_id,
        partner_months.month_start,
        sum(case when trainings.enrolled_on >= partner_months.month_start then 1 else 0 end) as enrolled,
        sum(case
            when trainings.completed_on >= partner_months.month_start and trainings.completed_on <= partner_months.month_end then 1
            else 0
        end) as completed,
        sum(case when trainings.enrolled_on >= {{ add_months('partner_months.month_start', -11) }} then 1 else 0 end)
            as enrolled_12_months,
        sum(case
            when
                trainings.enrolled_on >= {{ add_months('partner_months.month_start', -11) }}
                and trainings.completed_on <= partner_months.month_end
                then 1
            else 0
        end) as completed_12_months
    from partner_months
    inner join trainings
        on partner_months.partner_id = trainings.partner_id and partner_months.month_end >= trainings.enrolled_on
    group by partner_months.partner_id, partner_months.month_start
)

select
    partner_months.partner_id,
    case when coalesce(learnt.enrolled_12_months, 0) = 0 then 'none_enrolled' end as completion_rate_null_reason,
    cast(coalesce(learnt.enrolled, 0) as bigint) as enrolled,
    cast(coalesce(learnt.completed, 0) as bigint) as completed,
    cast(coalesce(learnt.enrolled_12_months, 0) as bigint) as enrolled_12_months,
    cast(coalesce(learnt.completed_12_months, 0) as bigint) as completed_12_months,
    {{ share_of('learnt.completed_12_months', 'learnt.enrolled_12_months') }} as completion_rate,
    cast(coalesce(certified.certified_people, 0) as bigint) as certified_people,
    cast(coalesce(certified.certificates, 0) as bigint) as certificates,
    cast(coalesce(certified.lapsing_people, 0) as bigint) as lapsing_people,
    cast(coalesce(certified.lapsing_certificates, 0) as bigint) as lapsing_certificates,
    partner_months.month_start
from partner_months
left join learnt on partner_months.partner_id = learnt.partner_id and partner_months.month_start = learnt.month_start
left join certified on partner_months.partner_id = certified.partner_id and partner_months.month_start = certified.month_start
