{{ base_rows('stripe', 'subscription', parents=[
    {'column': 'customer_id', 'model': 'stg_stripe__customer', 'key': 'billing_account_id'},
    {
        'column': 'metadata', 'model': 'input_customer_names', 'key': 'named_id', 'same_source': false,
        'match': json_text('typed.c_metadata', var('metadata_keys').end_customer)
    },
]) }}
