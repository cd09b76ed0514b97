-- How often a customer was in touch with anybody in the last months: a row a customer and month.
with

touches as (
    select
        customer_id,
        month_start,
        count(*) as touches
    from {{ ref('int_touches') }}
    group by customer_id, month_start
),

months as (
    select * from {{ ref('int_months') }}
),

windows as (
    select
        max(case when component_id = 'engagement' then window_months else 0 end) as engagement_months,
        max(case when component_id = 'renewal' then window_months else 0 end) as renewal_months
    from {{ ref('health_components') }}
)

select
    touches.customer_id,
    cast(sum(case
        when months.month_start < {{ add_months('touches.month_start', 'windows.engagement_months') }} then touches.touches
        else 0
    end) as bigint) as touches,
    cast(sum(case
        when months.month_start < {{ add_months('touches.month_start', 'windows.renewal_months') }} then touches.touches
        else 0
    end) as bigint) as renewal_touches,
    months.month_start
from touches
cross join windows
inner join months
    on
        touches.month_start <= months.month_start
        and months.month_start < {{ add_months(
            'touches.month_start', 'greatest(windows.engagement_months, windows.renewal_months)'
        ) }}
group by touches.customer_id, months.month_start
