-- Retention of the vendor and of every level between it and a partner, as today's data tells it.
with

level_months as (
    select * from {{ ref('int_retention__level_months') }}
)

select * from level_months
where level <> 'partner'
