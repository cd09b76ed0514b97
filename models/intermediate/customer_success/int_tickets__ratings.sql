-- How customers rated support: a row a ticket and month in which it was rated, with the last rating of the month. A
-- rating that was taken back is none.
with

ratings as (
    select
        ticket_id,
        case
            when new_value like 'good%' then 'good'
            when new_value like 'bad%' then 'bad'
        end as satisfaction,
        changed_at,
        {{ month_of(local_date('changed_at')) }} as month_start
    from {{ ref('input_ticket_events') }}
    where field_name = 'satisfaction_score'
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

ranked as (
    select
        ratings.*,
        row_number() over (
            partition by ratings.ticket_id, ratings.month_start
            order by ratings.changed_at desc
        ) as place_in_month,
        row_number() over (partition by ratings.ticket_id order by ratings.changed_at desc) as place
    from ratings
    cross join as_of
    where ratings.changed_at <= as_of.as_of_at
)

select
    ticket_id,
    satisfaction,
    place = 1 as is_last,
    {{ local_date('changed_at') }} as rated_on,
    month_start
from ranked
where place_in_month = 1 and satisfaction is not null
