{{ base_rows('stripe', 'subscription', parents=[
    {'column': 'customer_id', 'model': 'stg_stripe__customer', 'key': 'billing_account_id'},
    {
        'column': 'metadata', 'model': 'stg_salesforce__account', 'key': 'account_id', 'same_source': false,
        'match': json_text('typed.c_metadata', var('metadata_keys').end_customer)
    },
]) }}
