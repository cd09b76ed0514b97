select max(_fivetran_synced) as as_of_at from {{ source('stripe', 'subscription') }}
