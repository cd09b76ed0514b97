{{ config(schema='certified') }}
-- What the conversation index of each partner and month is made of: a row a part. A part that there was no occasion for
-- has no value and no points, and its weight falls to the others. Points sum to the index.
with

parts as (
    select * from {{ ref('conversation_parts') }}
),

conversations as (
    select * from {{ ref('int_engagement__conversation_months') }}
),

valued as (
    select
        conversations.partner_id,
        parts.part_id,
        parts.part_name,
        parts.weight,
        parts.full_at,
        case parts.measure
            {%- for measure in [
                'read_share', 'answered_share', 'vendor_answered_share', 'started_by_partner_share', 'two_way_share',
                'continuing_share', 'prompt_share'
            ] %}
                when '{{ measure }}' then conversations.{{ measure }}
            {%- endfor %}
        end as part_value,
        conversations.month_start
    from conversations
    cross join parts
),

weighed as (
    select
        *,
        sum(case when part_value is not null then weight end) over (partition by partner_id, month_start) as known_weight
    from valued
)

select
    partner_id,
    part_id,
    part_name,
    case when part_value is null then 'no_occasion' end as value_null_reason,
    part_value,
    full_at,
    weight,
    case
        when part_value is not null
            then cast({{ divided('100 * weight * least(part_value, full_at)', 'known_weight * full_at') }} as decimal(18, 6))
    end as points,
    month_start
from weighed
