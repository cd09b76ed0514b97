{{ config(materialized='table') }}
-- Ids that stand on several lines, as those of before 2019-12 may; most extracts have none. A table, because every
-- reader of the lines asks it.
with

lines as (
    select
        id,
        source_relation
    from {{ ref('base_stripe__invoice_line_item') }}
    where row_status = 'accepted'
)

select
    id as source_line_id,
    source_relation
from lines
group by id, source_relation
having count(*) > 1
