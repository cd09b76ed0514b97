select
    'stripe' as source_name,
    'subscription' as table_name,
    count(*) as landed_rows,
    count(*) as accepted_rows,
    0 as quarantined_rows,
    0 as superseded_rows
from {{ source('stripe', 'subscription') }}
