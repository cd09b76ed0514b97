-- Guards the work list: a reason code without an explanation, or a problem without its row, helps nobody.
select
    source_name,
    table_name,
    row_key,
    reason_code
from {{ ref('quarantine') }}
where explanation is null or what_to_do is null or raw_row is null
