with

versions as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
)

select
    {{ canonical_id('opportunity_id', 'salesforce') }} as opportunity_id,
    source_relation,
    stage_name,
    is_closed,
    is_won,
    version_started_at
from versions
where not is_deleted
