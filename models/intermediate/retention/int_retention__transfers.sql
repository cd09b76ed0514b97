-- The months in which MRR of a customer came to a value of a level or left it, because its partners of record
-- changed. What passes between two partners of one tier on a day is no event of the tier.
with

events as (
    select * from {{ ref('int_mrr__partner_events') }}
    where movement in ('transfer_in', 'transfer_out')
),

partners as (
    select * from {{ ref('int_retention__partners') }}
)
{% for level, column in retention_levels('partner').items() %}
    select distinct
        '{{ level }}' as level,
        level_value,
        customer_id,
        month_start
    from (
        select
            partners.{{ column }} as level_value,
            events.customer_id,
            {{ month_of('events.movement_date') }} as month_start
        from events
        inner join partners on events.partner_id = partners.partner_id
        group by
            partners.{{ column }}, events.customer_id, events.subscription_item_id, events.currency,
            events.movement_date
        having sum(events.native_after - events.native_before) <> 0
    ) as net_of_the_day
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
