-- Up to which month the figures are closed, and what was known when the last one was. While nothing is closed,
-- every month is open.
with

closings as (
    select * from {{ source('closed_months', 'closings') }}
),

last_closing as (
    select max(month_start) as last_closed_month
    from closings
)

select
    last_closing.last_closed_month,
    coalesce({{ add_months('last_closing.last_closed_month', 1) }}, cast('1900-01-01' as date)) as first_open_month,
    closings.inputs_as_of as closed_inputs_as_of
from last_closing
left join closings on last_closing.last_closed_month = closings.month_start
