select * from {{ source('stripe', 'subscription') }}
