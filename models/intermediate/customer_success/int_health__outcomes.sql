-- Which customers with a band left within a horizon after the month, by the certified movements: a row a customer, month and
-- horizon that is over. A horizon is over `link_days` after its end; until then, who left may turn out to have changed over.
with

scores as (
    select
        customer_id,
        health_band,
        month_start
    from {{ ref('int_health__scores') }}
    where health_band is not null
),

horizons as (
    select * from {{ ref('health_horizons') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

churns as (
    select distinct
        customer_id,
        month_start
    from {{ ref('customer_mrr_movements') }}
    where movement = 'churn'
),

followed as (
    select
        scores.customer_id,
        scores.health_band,
        scores.month_start,
        horizons.horizon_months,
        horizons.is_churn_risk,
        {{ add_months('scores.month_start', 'horizons.horizon_months') }} as last_month
    from scores
    cross join horizons
    cross join as_of
    where {{ settled_on('scores.month_start', 'horizons.horizon_months') }} <= as_of.as_of_date
)

select
    followed.customer_id,
    followed.health_band,
    followed.horizon_months,
    count(churns.month_start) > 0 as is_lost,
    followed.is_churn_risk,
    followed.month_start
from followed
left join churns
    on
        followed.customer_id = churns.customer_id
        and followed.month_start < churns.month_start
        and followed.last_month >= churns.month_start
group by
    followed.customer_id, followed.health_band, followed.horizon_months, followed.is_churn_risk, followed.month_start
