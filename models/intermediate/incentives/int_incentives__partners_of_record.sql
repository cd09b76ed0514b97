-- The partners of record of a customer on the days on which service of a deal begins and something was invoiced without a
-- subscription. Only associations with the whole customer say anything then; what they leave is direct.
with

asked as (
    select
        customer_id,
        billed_on as on_date
    from {{ ref('int_incentives__billed_lines') }}
    where subscription_id is null
    union
    select
        customer_id,
        credited_on
    from {{ ref('int_incentives__won_deals') }}
),

{{ partners_of_record_of_asked() }}
