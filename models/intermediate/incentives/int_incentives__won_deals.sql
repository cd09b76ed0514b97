-- Deals won, a row a line of the opportunity, at the rate of the end of the month in which they were won, with the
-- registration that protected the deal. The value is what was signed: all lines, recurring or not. What a deal is
-- worth that names no lines is its own amount. Renewals and downgrades sign nothing new. Partners of record often
-- begin with the service and not with the signature, so credit is asked for on the day on which service starts.
with

opportunities as (
    select * from {{ ref('input_opportunities') }}
    where is_closed and is_won and close_date is not null and customer_id is not null
),

kinds as (
    select * from {{ ref('opportunity_kinds') }}
    where is_signed_revenue
),

lines as (
    select
        opportunity_id,
        coalesce(product_id, 'none') as product_id,
        sum(total_price) as amount,
        max(service_date) as service_date
    from {{ ref('input_opportunity_lines') }}
    group by opportunity_id, coalesce(product_id, 'none')
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

-- of several registrations of one deal the first that was approved protects it
registrations as (
    select
        deal_registration_id,
        partner_id,
        person_id,
        opportunity_id,
        row_number() over (partition by opportunity_id order by decided_at, submitted_at, deal_registration_id) as place
    from {{ ref('input_deal_registrations') }}
    where opportunity_id is not null and registration_status in ('approved', 'won')
),

signed as (
    select
        opportunities.opportunity_id,
        opportunities.customer_id,
        kinds.opportunity_kind,
        coalesce(lines.product_id, 'none') as product_id,
        coalesce(opportunities.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(lines.amount, opportunities.amount) as amount,
        opportunities.close_date,
        greatest(opportunities.close_date, coalesce(lines.service_date, opportunities.close_date)) as credited_on
    from opportunities
    inner join kinds on lower(opportunities.opportunity_type) = kinds.opportunity_type
    left join lines on opportunities.opportunity_id = lines.opportunity_id
)

select
    signed.opportunity_id,
    signed.customer_id,
    signed.product_id,
    signed.opportunity_kind,
    registrations.deal_registration_id,
    registrations.partner_id as registered_partner_id,
    {{ in_reporting_currency('signed.amount', 'rates', type_money()) }} as amount,
    signed.close_date,
    signed.credited_on,
    rates.month_start
from signed
inner join rates on signed.currency = rates.currency and {{ month_of('signed.close_date') }} = rates.month_start
left join registrations on signed.opportunity_id = registrations.opportunity_id and registrations.place = 1
where signed.amount > 0
