{#- Each round pairs the best remaining end with the best remaining start. -#}
{%- set rounds = 3 -%}
-- Ends and starts that belong together: a plan swap, cancel and rebuy, migration, or renewal under a new
-- id. One end goes with one start, of the same customer and currency, within `link_days`; the same
-- product comes first, then the shorter gap.
with

intervals as (
    select * from {{ ref('int_mrr__intervals') }}
),

-- equal items that move together are paired in the order of their ids
ends as (
    select
        *,
        row_number() over (
            partition by customer_id, currency, product_id, to_date order by subscription_item_id
        ) as place
    from intervals
    where is_last and to_date < {{ open_end() }} and coalesce(ended_by, '') <> 'pause'
),

starts as (
    select
        *,
        row_number() over (
            partition by customer_id, currency, product_id, from_date order by subscription_item_id
        ) as place
    from intervals
    where interval_number = 1
),

candidates as (
    select
        ends.subscription_item_id as ended_item_id,
        ends.interval_number as ended_interval_number,
        starts.subscription_item_id as started_item_id,
        starts.from_date as started_date,
        case when ends.product_id = starts.product_id then 0 else 1 end as product_distance,
        {{ dbt.datediff('ends.to_date', 'starts.from_date', 'day') }} as gap_days,
        abs(ends.place - starts.place) as place_distance
    from ends
    inner join starts
        on
            ends.customer_id = starts.customer_id
            and ends.currency = starts.currency
            and ends.subscription_item_id <> starts.subscription_item_id
            and ends.to_date <= starts.from_date
            and starts.from_date <= {{ dbt.dateadd('day', var('link_days'), 'ends.to_date') }}
)
{%- for round in range(1, rounds + 1) %}
    ,

    remaining_{{ round }} as (
        select * from candidates
        {%- if round > 1 %}
            where
                ended_item_id not in (select matched.ended_item_id from matched_{{ round - 1 }} as matched)
                and started_item_id not in (select matched.started_item_id from matched_{{ round - 1 }} as matched)
        {%- endif %}
    ),

    ranked_{{ round }} as (
        select
            *,
            row_number() over (
                partition by ended_item_id order by product_distance, gap_days, place_distance, started_item_id
            ) as rank_of_start,
            row_number() over (
                partition by started_item_id order by product_distance, gap_days, place_distance, ended_item_id
            ) as rank_of_end
        from remaining_{{ round }}
    ),

    matched_{{ round }} as (
        select
            ended_item_id,
            ended_interval_number,
            started_item_id,
            started_date,
            gap_days
        from ranked_{{ round }}
        where rank_of_start = 1 and rank_of_end = 1
        {%- if round > 1 %}
            union all
            select * from matched_{{ round - 1 }}
        {%- endif %}
    )
{%- endfor %}

select * from matched_{{ rounds }}
