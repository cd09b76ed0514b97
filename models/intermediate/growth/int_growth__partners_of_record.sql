-- The partners of record of a customer on the days on which something of it has no subscription to be
-- attributed by: deals that are not live yet, deals decided, invoice lines without a subscription. Only
-- associations with the whole customer say anything then; what they leave is direct.
with

asked as (
    select
        customer_id,
        month_end as on_date
    from {{ ref('int_growth__signed_deals') }}
    union
    select
        customer_id,
        close_date
    from {{ ref('int_growth__decided_upsells') }}
    union
    select
        customer_id,
        revenue_date
    from {{ ref('int_growth__invoiced_lines') }}
    where subscription_id is null
),

{{ partners_of_record_of_asked() }}
