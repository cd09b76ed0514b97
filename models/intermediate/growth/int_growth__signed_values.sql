-- What is signed and not yet live at the end of each month, allocated to the customer's partners of record then.
with

deals as (
    select * from {{ ref('int_growth__signed_deals') }}
),

members as (
    select * from {{ ref('int_growth__partners_of_record') }}
)

select
    deals.opportunity_id,
    deals.customer_id,
    coalesce(members.partner_id, 'direct') as partner_id,
    {{ part_of_record('deals.annual_value', ['deals.opportunity_id', 'deals.service_date', 'deals.month_start']) }} as annual_value,
    deals.service_date,
    deals.month_start
from deals
left join members on deals.customer_id = members.customer_id and deals.month_end = members.on_date
