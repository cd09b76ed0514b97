-- Guards honesty about the input: every landed row of every table is accepted, quarantined or superseded.
select
    source_name,
    table_name,
    landed_rows,
    accepted_rows,
    quarantined_rows,
    superseded_rows
from {{ ref('row_accounting') }}
where landed_rows <> accepted_rows + quarantined_rows + superseded_rows
