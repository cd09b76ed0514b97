-- Whether partners and the vendor talk with each other: the shares of all partners together, over the window that each
-- partner's conversation is judged by, and the vendor's upsell success. One row a measure and month.
{%- set shares = {
    'two_way_share': ['two_way_threads', 'threads', 'no_messages'],
    'started_by_partner_share': ['threads_by_partner', 'threads', 'no_messages'],
    'continuing_share': ['continuing_threads', 'threads', 'no_messages'],
    'answered_share': ['answered_by_partner', 'threads_by_vendor', 'none_started_by_vendor'],
    'vendor_answered_share': ['answered_by_vendor', 'threads_by_partner', 'none_started_by_partner'],
    'conversing_partners_share': ['conversing_partners', 'partners', 'messages_unknown'],
} %}
with

conversations as (
    select * from {{ ref('partner_conversation_monthly') }}
),

growth as (
    select * from {{ ref('vendor_growth_monthly') }}
),

summed as (
    select
        sum(threads) as threads,
        sum(threads_by_vendor) as threads_by_vendor,
        sum(threads_by_partner) as threads_by_partner,
        sum(answered_by_partner) as answered_by_partner,
        sum(answered_by_vendor) as answered_by_vendor,
        sum(two_way_threads) as two_way_threads,
        sum(continuing_threads) as continuing_threads,
        sum(case when stage in ('conversing', 'continuing') then 1 else 0 end) as conversing_partners,
        count(stage) as partners,
        month_start
    from conversations
    group by month_start
)

{% for measure, (part, whole, reason) in shares.items() %}
    select
        '{{ measure }}' as measure_id,
        case
            when partners = 0 then 'messages_unknown'
            when {{ whole }} = 0 then '{{ reason }}'
        end as value_null_reason,
        cast({{ divided(part, 'nullif(' ~ whole ~ ', 0)') }} as decimal(18, 6)) as value,
        month_start
    from summed
    union all
{% endfor %}
select
    'upsell_success_rate' as measure_id,
    upsell_success_null_reason as value_null_reason,
    upsell_success_rate as value,
    month_start
from growth
