-- The partners of record, on the last day of a month, of customers that have left: they have no MRR to read them from.
with

asked as (
    select distinct
        customer_id,
        month_end as on_date
    from {{ ref('int_opportunities__win_backs') }}
),

{{ partners_of_record_of_asked() }}
