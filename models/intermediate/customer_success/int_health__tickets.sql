-- What the tickets of a customer looked like at the end of a month: how many were open, and what had happened to them in the
-- months before. A row a customer and month in which there is anything of it.
with

changes as (
    select
        *,
        {{ month_of('known_from') }} as known_month
    from {{ ref('int_health__ticket_changes') }}
),

months as (
    select * from {{ ref('int_months') }}
),

windows as (
    select
        max(case when component_id = 'urgent_tickets' then window_months else 0 end) as urgent_months,
        max(case when component_id = 'reopened_tickets' then window_months else 0 end) as reopened_months,
        max(case when component_id = 'sentiment' then window_months else 0 end) as rating_months
    from {{ ref('health_components') }}
),

open_at_end as (
    select
        changes.customer_id,
        changes.ticket_id,
        1 as open_tickets,
        0 as urgent_tickets,
        0 as reopenings,
        0 as ratings,
        0 as good_ratings,
        months.month_start
    from changes
    inner join months on changes.known_from <= months.month_end and changes.known_to > months.month_end
    where changes.is_open
),

recent as (
    select
        changes.customer_id,
        changes.ticket_id,
        0 as open_tickets,
        max(case
            when changes.is_urgent and months.month_start < {{ add_months('changes.known_month', 'windows.urgent_months') }}
                then 1
            else 0
        end) as urgent_tickets,
        sum(case
            when changes.is_reopened and months.month_start < {{ add_months('changes.known_month', 'windows.reopened_months') }}
                then 1
            else 0
        end) as reopenings,
        -- a rating that was changed by then counts as changed
        sum(case
            when
                changes.is_rating and changes.known_to > months.month_end
                and months.month_start < {{ add_months('changes.known_month', 'windows.rating_months') }}
                then 1
            else 0
        end) as ratings,
        sum(case
            when
                changes.is_rating and changes.known_to > months.month_end and changes.new_value = 'good'
                and months.month_start < {{ add_months('changes.known_month', 'windows.rating_months') }}
                then 1
            else 0
        end) as good_ratings,
        months.month_start
    from changes
    cross join windows
    inner join months
        on
            changes.known_month <= months.month_start
            and months.month_start < {{ add_months(
                'changes.known_month',
                'greatest(windows.urgent_months, windows.reopened_months, windows.rating_months)'
            ) }}
    where changes.is_urgent or changes.is_reopened or changes.is_rating
    group by changes.customer_id, changes.ticket_id, months.month_start
),

told as (
    select * from open_at_end
    union all
    select * from recent
)

select
    customer_id,
    cast(sum(open_tickets) as bigint) as open_tickets,
    cast(sum(urgent_tickets) as bigint) as urgent_tickets,
    cast(sum(reopenings) as bigint) as reopenings,
    cast(sum(ratings) as bigint) as ratings,
    cast(sum(good_ratings) as bigint) as good_ratings,
    month_start
from told
group by customer_id, month_start
