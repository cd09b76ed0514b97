with

judged as (
    select * from {{ ref('base_zendesk__ticket_tag') }}
)

select
    ticket_id,
    source_relation,
    tag,
    _fivetran_synced as synced_at
from judged
where row_status = 'accepted'
