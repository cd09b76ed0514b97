-- What somebody has to mend: one row a problem, with the value at fault, the row as it landed and what to do.
-- Rows refused by their contract, and rows that are held back later.
with

refused as (
    select * from {{ ref('quarantined_rows') }}
),

held as (
    select * from {{ ref('held_rows') }}
),

reasons as (
    select * from {{ ref('quarantine_reasons') }}
),

problems as (
    select
        *,
        'row' as held_back
    from refused
    union all
    select * from held
),

grouped as (
    select
        source_name,
        table_name,
        source_relation,
        row_key,
        reason_code,
        column_name,
        held_back,
        raw_row,
        count(*) as landed_rows,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from problems
    group by source_name, table_name, source_relation, row_key, reason_code, column_name, held_back, raw_row
)

select
    grouped.source_name,
    grouped.table_name,
    grouped.source_relation,
    grouped.row_key,
    grouped.reason_code,
    grouped.column_name,
    {{ json_text_by_column('grouped.raw_row', 'grouped.column_name') }} as value_at_fault,
    reasons.explanation,
    reasons.what_to_do,
    grouped.held_back,
    grouped.raw_row,
    grouped.landed_rows,
    grouped.first_seen_at,
    grouped.last_seen_at
from grouped
left join reasons on grouped.reason_code = reasons.reason_code
