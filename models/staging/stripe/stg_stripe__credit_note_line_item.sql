with

judged as (
    select * from {{ ref('base_stripe__credit_note_line_item') }}
)

select
    id as credit_note_line_id,
    source_relation,
    credit_note_id,
    type as line_type,
    {{ printable('description') }} as line_description,
    amount as amount_minor,
    quantity,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
