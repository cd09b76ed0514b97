{{ config(schema='certified') }}
-- How long it took each partner from joining the program to its first registered deal, sale, renewal and certificate: a row a
-- partner. Where it joined before the data begins, nobody knows what was first.
{%- set steps = ['registered_deal', 'sale', 'renewal', 'certificate'] %}
with

partners as (
    select
        partner_id,
        {{ local_date('joined_at') }} as joined_on,
        {{ local_date('terminated_at') }} as left_on
    from {{ ref('input_partners') }}
),

data_begins as (
    select min(month_start) as first_day from {{ ref('int_months') }}
),

firsts as (
    select * from {{ ref('int_engagement__first_steps') }}
),

dated as (
    select
        partners.partner_id,
        partners.joined_on,
        partners.left_on,
        partners.joined_on < data_begins.first_day as joined_before_data,
    {%- for step in steps %}
        min(case when firsts.step = '{{ step }}' then firsts.first_on end) as first_{{ step }}_on{{ ',' if not loop.last }}
    {%- endfor %}
    from partners
    cross join data_begins
    left join firsts on partners.partner_id = firsts.partner_id
    group by partners.partner_id, partners.joined_on, partners.left_on, data_begins.first_day
),

judged as (
    select
        *,
    {%- for step in steps %}
        case
            when joined_on is null then 'join_date_unknown'
            when joined_before_data then 'joined_before_data'
            when first_{{ step }}_on is null and left_on is not null then 'left_without'
            when first_{{ step }}_on is null then 'not_yet'
            when first_{{ step }}_on < joined_on then 'before_joining'
        end as {{ step }}_null_reason{{ ',' if not loop.last }}
    {%- endfor %}
    from dated
)

select
    partner_id,
    {%- for step in steps %}
        {{ step }}_null_reason,
    {%- endfor %}
    {%- for step in steps %}
        case
            when {{ step }}_null_reason is null
                then cast({{ dbt.datediff('joined_on', 'first_' ~ step ~ '_on', 'day') }} as bigint)
        end as days_to_first_{{ step }},
    {%- endfor %}
    joined_on,
    left_on,
    first_registered_deal_on,
    first_sale_on,
    first_renewal_on,
    first_certificate_on
from judged
